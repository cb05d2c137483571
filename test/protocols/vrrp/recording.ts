/**
 * A case of test/conformance/vrrp replayed on the test LAN and compared as the recordings' README says: the same
 * events in the same order for each host and instance, times within 1 ms; within 0.1 ms there is no order.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { parseKeepalived } from '../../../sim-core/config/keepalived/index.ts'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { type KeepalivedProcessConfig, processConfigOf } from '../../../sim-core/daemons/keepalived/index.ts'
import { Lan, type Seen } from './lan.ts'

const FOLDER = new URL('../../conformance/vrrp/', import.meta.url)
const TOLERANCE_S = 0.001
const SIMULTANEOUS_S = 0.0001
/** From starting keepalived to its first state, when no line says it. */
const START_TAKES_S = 0.000034

interface Action {
  readonly t: number
  readonly do: string
  readonly host: string
  readonly ready_t?: number
  readonly if?: string
  readonly keepalived?: string
  readonly groups?: readonly (readonly string[])[]
}

interface Case {
  readonly id: string
  readonly hosts: Readonly<
    Record<string, { readonly address: string; readonly keepalived: string; readonly interfaces?: Readonly<Record<string, string>> }>
  >
  readonly actions: readonly Action[]
  readonly duration_s: number
}

export const recordedCases = (): string[] => readdirSync(FOLDER).filter(f => /^v\d/.test(f))

const read = (path: string): string => readFileSync(new URL(path, FOLDER), 'utf8')
const bare = (cidr: string): string => cidr.split('/')[0]
const toNs = (s: number): number => Math.round(s * 1e9)

export function observedOf(id: string): Seen[] {
  return read(`${id}/observed.jsonl`)
    .trim()
    .split('\n')
    .map(line => {
      const e = JSON.parse(line)
      const to = e.dst === undefined ? '' : ` to ${e.dst}`
      const forms: Record<string, [string, string]> = {
        advert: [
          `${e.src} v${e.version} vrid ${e.vrid} prio ${e.prio} int ${e.adv_int_s} ${(e.vips ?? []).join(',')}${to}`,
          `advert ${e.if ?? 'eth0'} ${e.vrid}`,
        ],
        garp: [e.ip, `garp ${e.ip}`],
        state: [`${e.instance} ${e.state}${e.init ? ' init' : ''}`, `state ${e.instance}`],
        vip: [`${e.ip} ${e.present}`, `vip ${e.ip}`],
      }
      const [what, stream] = forms[e.kind]
      return { t: e.t, host: e.host, kind: e.kind, what, stream }
    })
}

export function replay(id: string): Lan {
  const c: Case = JSON.parse(read(`${id}/case.json`))
  const conf = (file: string): KeepalivedProcessConfig =>
    processConfigOf(parseKeepalived(file, mapFiles({ [file]: read(`${id}/${file}`) })).config)
  const lan = new Lan(
    inOrderOfStart(c).map(([name, h]) => ({
      name,
      interfaces: { eth0: bare(h.address), ...Object.fromEntries(Object.entries(h.interfaces ?? {}).map(([k, v]) => [k, bare(v)])) },
      config: conf(h.keepalived),
    })),
  )
  // The scripts test for a file that is not there until script_ok makes it.
  for (const name of Object.keys(c.hosts)) lan.at(0, () => lan.input(name, { kind: 'script', script: null, ok: false }))
  for (const a of c.actions) lan.at(toNs(beginOf(a)), () => act(lan, a, conf))
  lan.run(toNs(c.duration_s))
  return lan
}

/** Processes that one frame wakes run in the order in which they were started (v28a: b1 before b2; v28b: b3 before b1). */
function inOrderOfStart(c: Case) {
  const startOf = (host: string) => c.actions.find(a => a.host === host && a.do === 'start')?.t ?? c.duration_s
  return Object.entries(c.hosts).sort(([a], [b]) => startOf(a) - startOf(b) || (a < b ? -1 : 1))
}

/** A start counts from its first "(init)" line; a ready_t long after the start is some later line. */
function beginOf(a: Action): number {
  if (a.do !== 'start' && a.do !== 'boot') return a.t
  return a.ready_t !== undefined && a.ready_t - a.t < TOLERANCE_S ? a.ready_t : a.t + START_TAKES_S
}

function act(lan: Lan, a: Action, conf: (file: string) => KeepalivedProcessConfig): void {
  const h = a.host
  const verbs: Record<string, () => void> = {
    start: () => lan.input(h, { kind: 'start' }),
    stop: () => lan.input(h, { kind: 'stop' }),
    kill: () => lan.input(h, { kind: 'kill' }),
    crash: () => lan.crash(h),
    boot: () => lan.boot(h),
    link_down: () => lan.link(h, a.if, false),
    link_up: () => lan.link(h, a.if, true),
    partition: () => lan.attach(h, a.if, false),
    heal: () => lan.attach(h, a.if, true),
    mute: () => void (lan.host(h).muted = true),
    unmute: () => void (lan.host(h).muted = false),
    deaf: () => void (lan.host(h).deaf = true),
    undeaf: () => void (lan.host(h).deaf = false),
    freeze: () => lan.input(h, { kind: 'freeze' }),
    thaw: () => lan.input(h, { kind: 'thaw' }),
    reload: () => lan.reload(h, conf(a.keepalived as string)),
    script_fail: () => lan.input(h, { kind: 'script', script: null, ok: false }),
    script_ok: () => lan.input(h, { kind: 'script', script: null, ok: true }),
    split: () => lan.split(a.groups ?? []),
    join: () => lan.join(),
  }
  if (verbs[a.do] === undefined) throw new Error(`unknown verb ${a.do}`)
  verbs[a.do]()
}

export interface Comparison {
  readonly matched: number
  readonly total: number
  /** In words, or null when everything agrees. */
  readonly firstDifference: string | null
  readonly worstErrorS: number
}

export function compare(observed: readonly Seen[], simulated: readonly Seen[]): Comparison {
  const streams = new Set([...observed, ...simulated].map(e => `${e.host} ${e.stream}`))
  const pairs: { o: Seen; s: Seen }[] = []
  let first: { t: number; text: string } | null = null
  const differ = (t: number, text: string) => {
    if (first === null || t < first.t) first = { t, text }
  }
  for (const stream of streams) {
    const o = observed.filter(e => `${e.host} ${e.stream}` === stream)
    const s = simulated.filter(e => `${e.host} ${e.stream}` === stream)
    for (let i = 0; i < Math.max(o.length, s.length); i++) {
      if (o[i] !== undefined && s[i]?.what === o[i].what && Math.abs(s[i].t - o[i].t) <= TOLERANCE_S) {
        pairs.push({ o: o[i], s: s[i] })
        continue
      }
      const say = (e: Seen | undefined) => (e === undefined ? 'nothing more' : `${e.t.toFixed(6)} ${e.kind} ${e.what}`)
      differ(
        Math.min(o[i]?.t ?? Number.POSITIVE_INFINITY, s[i]?.t ?? Number.POSITIVE_INFINITY),
        `${stream}: expected ${say(o[i])}, got ${say(s[i])}`,
      )
    }
  }
  pairs.sort((a, b) => a.o.t - b.o.t)
  for (const host of new Set(pairs.map(p => p.o.host))) {
    const own = pairs.filter(p => p.o.host === host)
    let latest = own[0]
    for (const p of own) {
      if (p.o.t - latest.o.t > SIMULTANEOUS_S && p.s.t < latest.s.t) differ(p.o.t, `${host}: ${p.o.what} comes before ${latest.o.what}`)
      if (p.s.t > latest.s.t) latest = p
    }
  }
  return {
    matched: pairs.length,
    total: observed.length,
    firstDifference: (first as { text: string } | null)?.text ?? null,
    worstErrorS: pairs.reduce((worst, p) => Math.max(worst, Math.abs(p.s.t - p.o.t)), 0),
  }
}
