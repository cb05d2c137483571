/**
 * What instances watch: vrrp_script, vrrp_track_process, track_file, and the track_* lists that name them.
 * Tested in test/config/keepalived-vrrp.test.ts.
 */
import { asSeconds, type Duration, MILLISECOND_NS, SECOND_NS, seconds } from '../../base/units.ts'
import { Fields, type Handlers, INT_MAX } from './fields.ts'
import type { Report } from './report.ts'
import type { Statement } from './tree.ts'
import type { Tracked, VrrpScript, VrrpTrackFile, VrrpTrackProcess } from './types.ts'
import { commandWords, type Word } from './words.ts'

/** Weights of scripts and interfaces; of files and processes one more. */
export const WEIGHT_MAX = 253
export const FILE_WEIGHT_MAX = 254
const NONE = 0 as Duration
/** 2³² µs in whole seconds. */
const INTERVAL_MAX_S = 4294
const MILLISECONDS_PER_S = 1000

type Draft<T> = { -readonly [K in keyof T]?: T[K] }

/** `weight N [reverse]` in a block. */
function weightOf(f: Fields, s: Statement, max: number): { weight?: number; reverse: boolean } {
  const words = f.words(s, 1, 2)
  if (words === undefined) return { reverse: false }
  const weight = f.number(words[0], f.name(s), -max, max)
  const reverse = words[1] !== undefined && f.oneOf(words[1], f.name(s), ['reverse', 'noreverse']) === 'reverse'
  return { ...(weight === undefined ? {} : { weight }), reverse }
}

export function readScript(s: Statement, name: string, report: Report): VrrpScript {
  const f = new Fields(report, `vrrp_script ${name}`)
  const d: Draft<VrrpScript> = {}
  const handlers: Handlers = {
    script: st => void (d.command = f.command(st)),
    interval: st => void (d.intervalNs = scriptTime(f, st)),
    timeout: st => void (d.timeoutNs = scriptTime(f, st)),
    weight: st => void Object.assign(d, weightOf(f, st, WEIGHT_MAX)),
    rise: st => void (d.rise = f.unsigned(st, 1, INT_MAX)),
    fall: st => void (d.fall = f.unsigned(st, 1, INT_MAX)),
    user: st =>
      void (d.user = f
        .words(st, 1, 2)
        ?.map(w => w.text)
        .join(' ')),
    init_fail: st => void (d.initFail = f.flag(st)),
  }
  const where = f.read(s, handlers, [])
  if (d.command === undefined)
    report.warn(
      s.keyword.at,
      'field-missing',
      `${f.block}: script is missing; keepalived removes the block`,
      'add script "/path/to/check.sh"',
    )
  const intervalNs = d.intervalNs ?? seconds(1)
  return {
    at: s.keyword.at,
    name,
    where,
    command: d.command ?? '',
    intervalNs,
    timeoutNs: d.timeoutNs ?? intervalNs,
    weight: d.weight ?? 0,
    reverse: d.reverse ?? false,
    rise: d.rise ?? 1,
    fall: d.fall ?? 1,
    initFail: d.initFail ?? false,
    ...(d.user === undefined ? {} : { user: d.user }),
  }
}

/**
 * interval and timeout: 2.2.7 takes the whole part of a fraction, since 2.3.2 milliseconds count; 0 becomes 1 s (seen in
 * both programs' own dumps).
 */
function scriptTime(f: Fields, s: Statement): Duration | undefined {
  const written = f.timer(s, 0, INTERVAL_MAX_S)
  if (written === undefined) return undefined
  const { later } = f.report
  const unit = later ? MILLISECOND_NS : SECOND_NS
  const counted = (later ? Math.round(written / unit) : Math.floor(written / unit)) * unit
  const used = (counted || SECOND_NS) as Duration
  if (used !== written) {
    const why = later ? 'it counts in milliseconds, and 0 is none' : 'this keepalived counts in whole seconds, and 0 is none'
    const remedy = later
      ? `write at least 1/${MILLISECONDS_PER_S} of a second`
      : 'write whole seconds; since 2.3.2 (keepalived: 2.3+) fractions count'
    f.report.warn(s.args[0].at, 'value-corrected', `${f.name(s)} ${s.args[0].text} becomes ${asSeconds(used)} s: ${why}`, remedy)
  }
  return used
}

export function readTrackProcess(s: Statement, name: string, report: Report): VrrpTrackProcess {
  const f = new Fields(report, `vrrp_track_process ${name}`)
  const d: Draft<VrrpTrackProcess> = {}
  const delay = (st: Statement) => f.timer(st, 0.000001, 3600)
  const handlers: Handlers = {
    process: st => void (d.process = f.command(st)),
    weight: st => void Object.assign(d, weightOf(f, st, FILE_WEIGHT_MAX)),
    quorum: st => void (d.quorum = f.unsigned(st, 1, 65_535)),
    quorum_max: st => void (d.quorumMax = f.unsigned(st, 0, 65_535)),
    fork_delay: st => void (d.forkDelayNs = delay(st)),
    terminate_delay: st => void (d.terminateDelayNs = delay(st)),
    delay: st => void (d.forkDelayNs = d.terminateDelayNs = delay(st)),
  }
  const where = f.read(s, handlers, ['param_match', 'full_command'])
  if (d.process === undefined)
    report.warn(s.keyword.at, 'field-missing', `${f.block}: process is missing; keepalived removes the block`, 'add process NAME')
  return {
    at: s.keyword.at,
    name,
    where,
    process: d.process ?? '',
    weight: d.weight ?? 0,
    reverse: d.reverse ?? false,
    quorum: d.quorum ?? 1,
    ...(d.quorumMax === undefined ? {} : { quorumMax: d.quorumMax }),
    forkDelayNs: d.forkDelayNs ?? NONE,
    terminateDelayNs: d.terminateDelayNs ?? NONE,
  }
}

export function readTrackFile(s: Statement, name: string, report: Report): VrrpTrackFile {
  const f = new Fields(report, `track_file ${name}`)
  const d: Draft<VrrpTrackFile> = {}
  const handlers: Handlers = {
    file: st => void (d.file = commandWords(st.line)[1]?.text ?? f.text(st)),
    weight: st => void Object.assign(d, weightOf(f, st, INT_MAX)),
    init_file: st => {
      const words = f.words(st, 0, 2) ?? []
      const value = words.find(w => w.text !== 'overwrite')
      d.initValue = value === undefined ? 0 : f.number(value, f.name(st), -INT_MAX, INT_MAX)
    },
  }
  const where = f.read(s, handlers, [])
  if (d.file === undefined)
    report.warn(s.keyword.at, 'field-missing', `${f.block}: file is missing; keepalived removes the block`, 'add file "/path"')
  return {
    at: s.keyword.at,
    name,
    where,
    file: d.file ?? '',
    weight: d.weight ?? 1,
    reverse: d.reverse ?? false,
    ...(d.initValue === undefined ? {} : { initValue: d.initValue }),
  }
}

/** What a track_* list may name, with the weight that counts where the list gives none. */
export type Trackable = ReadonlyMap<string, { readonly weight: number; readonly reverse: boolean }>

/** track_interface names interfaces of the host, so `known` is undefined for it. */
export function readTracked(f: Fields, owner: Statement, max: number, known: Trackable | undefined): Tracked[] {
  const out: Tracked[] = []
  for (const [first, ...rest] of f.lines(owner)) {
    const name = `${f.name(owner)} ${first.text}`
    if (out.some(t => t.name === first.text)) {
      f.report.warn(first.at, 'tracked-twice', `${name} is listed twice; the first counts`, 'remove one of the two')
      continue
    }
    const own = known?.get(first.text)
    if (known !== undefined && own === undefined) {
      const remedy = f.report.suggest(first.text, known.keys(), 'define it in a block of its own')
      f.report.warn(first.at, 'tracked-unknown', `${name} is not defined; keepalived ignores it`, remedy)
      continue
    }
    const given = trackedOptions(f, rest, name, max)
    out.push({ at: first.at, name: first.text, weight: given.weight ?? own?.weight ?? 0, reverse: given.reverse ?? own?.reverse ?? false })
  }
  return out
}

function trackedOptions(f: Fields, words: readonly Word[], name: string, max: number): { weight?: number; reverse?: boolean } {
  const out: { weight?: number; reverse?: boolean } = {}
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    if (word.text === 'reverse') out.reverse = true
    else if (word.text === 'noreverse' || word.text === 'no_reverse') out.reverse = false
    else if (word.text === 'weight' && words[i + 1] !== undefined) out.weight = f.number(words[++i], `${name} weight`, -max, max)
    else {
      f.report.error(
        word.at,
        'value-malformed',
        `${name}: "${word.text}" is neither weight nor reverse`,
        'write one name a line, as NAME weight N [reverse]',
      )
      break
    }
  }
  return out
}
