/**
 * A scenario file → a frozen Model, or every problem of it and of the files it names, in one go. Values that the
 * schema refuses are taken out and the rest is still checked, so a typo in a rate does not hide a wrong host name.
 * Never throws for what a user wrote. Tested in test/scenario and, with forty wrong inputs, test/cli/bad-inputs.
 */
import { formatIpv4 } from '../base/address.ts'
import type { FileSource } from '../base/files.ts'
import { hasErrors, type Position, type Problem } from '../base/problem.ts'
import { pathText, readYaml, type YamlFile, type YamlPath } from '../config/index.ts'
import { MEMBERSHIP_NS } from '../net/index.ts'
import { checkExpectation, checkMeasure, type Expectation, type Measure } from '../expect/index.ts'
import { checkAddresses, checkTrunks, checkVips, lanNames } from './checks.ts'
import type { Draft } from './draft.ts'
import { isDirector } from './draft.ts'
import { buildEvents } from './events.ts'
import { deepFreeze } from './freeze.ts'
import { buildHosts, draftHosts } from './hosts.ts'
import { reportIssues, valueAt } from './issues.ts'
import { KeepalivedFiles } from './keepalived-files.ts'
import { LinkTable } from './links.ts'
import type { LanModel, Model } from './model.ts'
import { applyOverride, type Override, readOverride } from './overrides.ts'
import { cycleIn, prune } from './prune.ts'
import { Reporter, sortProblems } from './reporter.ts'
import { type RawScenario, scenarioSchema } from './schema.ts'
import { vipsOf } from './services.ts'
import { buildTraffic } from './traffic.ts'
import { buildWindows } from './windows.ts'
import { checkWork } from './work.ts'

export interface LoadOptions {
  /** `--set`, each `path=value`. */
  readonly set?: readonly string[]
  readonly seed?: number
  /** Looked at besides what is expected: they follow the expectations and cannot fail. */
  readonly measures?: readonly Measure[]
  /** All events come so much later; so does `after` of an expectation that names the instant of one. Windows stay. */
  readonly shiftEventsNs?: number
  /** VIPs of the file that this variant of it lacks: what is expected of them is left out. */
  readonly withoutVips?: readonly string[]
}

export interface Loaded {
  /** Undefined when a problem is an error. */
  readonly model?: Model
  readonly problems: readonly Problem[]
}

const DEFAULT_SEED = 1
const DEFAULT_HZ = 250
const DEFAULT_MAC_AGEING_NS = 300e9
const LIMITS = { events: 1_000_000_000, happenings: 200_000, packetRows: 1_000_000 }

export function loadScenario(file: string, files: FileSource, options: LoadOptions = {}): Loaded {
  const at: Position = { file, line: 1, column: 1 }
  const found = files.read(file)
  if (!found.ok)
    return {
      problems: [
        {
          at,
          severity: 'error',
          code: 'file-missing',
          message: `"${file}" cannot be read: ${found.reason}`,
          remedy: 'give the path of a scenario, such as scenarios/capacity/three-vips.yaml',
        },
      ],
    }
  const yaml = readYaml(file, found.text)
  if (yaml.value === undefined) return { problems: yaml.problems }
  if (yaml.value === null || typeof yaml.value !== 'object' || Array.isArray(yaml.value))
    return {
      problems: [
        {
          at: yaml.locate([]),
          severity: 'error',
          code: 'form',
          message: 'the file is not a scenario',
          remedy:
            'write a map with the keys scenario, duration, hosts …; `lvsim init FOLDER` writes one for the keepalived.conf files of a folder',
        },
      ],
    }
  const cycle = cycleIn(yaml.value)
  if (cycle !== undefined)
    return {
      problems: [
        {
          at: yaml.locateKey(cycle),
          severity: 'error',
          code: 'yaml-alias',
          message: `${pathText(cycle)}: the alias contains itself`,
          remedy: 'write the value out',
        },
      ],
    }
  const { value, overrides, problems } = override(yaml.value, options.set ?? [])
  const reporter = new Reporter(placesOf(yaml, overrides))
  reporter.take([...yaml.problems, ...problems])
  const model = build(file, files, found.text, value, reporter, options)
  const sorted = sortProblems(reporter.problems, [file])
  return model === undefined || hasErrors(sorted)
    ? { problems: sorted }
    : { model: deepFreeze({ ...model, problems: sorted }), problems: sorted }
}

function override(start: unknown, texts: readonly string[]): { value: unknown; overrides: Override[]; problems: Problem[] } {
  let value = start
  const overrides: Override[] = []
  const problems: Problem[] = []
  for (const text of texts) {
    const read = readOverride(text)
    const applied = 'severity' in read ? read : applyOverride(value, read)
    if ('severity' in applied) problems.push(applied)
    else {
      value = applied.value
      overrides.push(read as Override)
    }
  }
  return { value, overrides, problems }
}

/** Places in the file, except of what `--set` replaced or brought in. */
function placesOf(yaml: YamlFile, overrides: readonly Override[]) {
  const begins = (whole: YamlPath, start: YamlPath) =>
    start.length <= whole.length && start.every((part, i) => String(whole[i]) === String(part))
  const overridden = (path: YamlPath) =>
    overrides
      .filter(o => begins(path, o.path) || (valueAt(yaml.value, path) === undefined && path.length > 0 && begins(o.path, path)))
      .pop()
  return {
    locate: (path: YamlPath) => overridden(path)?.at ?? yaml.locate(path),
    locateKey: (path: YamlPath) => overridden(path)?.at ?? yaml.locateKey(path),
  }
}

function build(
  file: string,
  files: FileSource,
  text: string,
  value: unknown,
  reporter: Reporter,
  options: LoadOptions,
): Omit<Model, 'problems'> | undefined {
  const parsed = scenarioSchema.safeParse(value)
  if (!parsed.success) reportIssues(parsed.error.issues, scenarioSchema, value, reporter)
  const usable = parsed.success ? { value: parsed.data, indexes: {} } : prune(scenarioSchema, value)
  if (usable === undefined) return undefined
  const indexes: Readonly<Record<string, readonly number[]>> = usable.indexes
  const raw = shiftEvents(usable.value, options.shiftEventsNs ?? 0)
  const given = (value as { hosts?: unknown }).hosts
  const hostNames = given !== null && typeof given === 'object' ? Object.keys(given).sort() : []
  const draft: Draft = {
    file,
    files,
    raw,
    reporter,
    hostNames,
    given: path => valueAt(value, path),
    indexOf: (list, i) => indexes[list]?.[i] ?? i,
  }
  if (hostNames.length === 0 && parsed.success)
    reporter.errorAtKey(['hosts'], 'key-missing', 'there are no hosts', 'write at least one, such as b1: { address: 10.10.1.1/24 }')
  return assemble(draft, text, options)
}

function assemble(draft: Draft, text: string, options: LoadOptions): Omit<Model, 'problems'> {
  const { raw } = draft
  const configs = new KeepalivedFiles(draft, raw.keepalived)
  const links = new LinkTable(draft)
  const drafts = draftHosts(draft, links, configs)
  const lans = lanNames(draft, drafts)
  const trunks = (raw.trunks ?? []).map(t => links.trunk(t.between[0], t.between[1], t.link))
  checkTrunks(draft, trunks, lans)
  if (raw.model === 'rates' && raw.jitter !== undefined)
    draft.reporter.warning(
      ['jitter'],
      'not-in-rates',
      'model: rates lets no timer run late: what depends on who is first is decided by priority and address alone',
      'run the scenario with model: packets, or leave jitter out',
    )
  links.reportUnused()
  checkAddresses(draft, drafts)
  checkVips(draft, drafts)
  const hosts = buildHosts(draft, drafts)
  const vips = vipsOf(drafts)
  const traffic = buildTraffic(draft, hosts, vips)
  const events = buildEvents({ draft, hosts, linkNames: links.names, lanNames: lans, configs, durationNs: raw.duration })
  const windows = buildWindows(draft)
  const directors = drafts.filter(isDirector).map(h => h.name)
  const names = {
    link: links.names.slice().sort(),
    traffic: Object.keys(raw.traffic ?? {}).sort(),
    vip: vips.map(formatIpv4),
    director: directors,
    windows: windows.map(w => w.name),
  }
  const model = {
    title: raw.scenario,
    file: draft.file,
    about: leadingComment(text),
    ...(raw.model === undefined ? {} : { model: raw.model }),
    seed: options.seed ?? raw.seed ?? DEFAULT_SEED,
    durationNs: raw.duration,
    hz: raw.hz ?? DEFAULT_HZ,
    ...(raw.keepalived === undefined ? {} : { keepalivedRelease: raw.keepalived }),
    ...(raw.kernel === undefined ? {} : { kernelRelease: raw.kernel }),
    ...(raw.jitter === undefined ? {} : { jitterNs: raw.jitter }),
    jiffiesAtStart: raw.jiffies ?? initialJiffies(raw.hz ?? DEFAULT_HZ),
    lans: lans.map(name => lanOf(name, raw.lans?.[name])),
    trunks,
    hosts,
    traffic,
    events,
    windows,
    expectations: expectationsOf(draft, { ...names, durationNs: raw.duration, inRates: raw.model === 'rates' }, options),
    limits: {
      events: raw.limits?.events ?? LIMITS.events,
      happenings: raw.limits?.happenings ?? LIMITS.happenings,
      packetRows: raw.limits?.packet_rows ?? LIMITS.packetRows,
    },
    ignored: configs.ignored,
  }
  checkWork(draft, model)
  return model
}

function lanOf(name: string, raw: NonNullable<RawScenario['lans']>[string] | undefined): LanModel {
  const igmp = raw?.igmp_snooping
  const snooping = igmp && { querier: igmp.querier, membershipNs: igmp.membership ?? MEMBERSHIP_NS }
  return { name, macAgeingNs: raw?.mac_ageing ?? DEFAULT_MAC_AGEING_NS, ...(snooping === undefined ? {} : { snooping }) }
}

/** A scenario in which everything happens later. */
function shiftEvents(raw: RawScenario, byNs: number): RawScenario {
  if (byNs === 0 || raw.events === undefined) return raw
  const instants = new Set<number>(raw.events.map(e => e.at))
  const later = <T extends number>(t: T): T => (t + byNs) as T
  const expect = raw.expect?.map(e => (e.after !== undefined && instants.has(e.after) ? { ...e, after: later(e.after) } : e))
  return { ...raw, events: raw.events.map(e => ({ ...e, at: later(e.at) })), ...(expect === undefined ? {} : { expect }) }
}

function expectationsOf(draft: Draft, names: Parameters<typeof checkExpectation>[3], options: LoadOptions): Expectation[] {
  const { measures = [], withoutVips = [] } = options
  const measured = measures.flatMap(measure => {
    if (measure.of !== undefined && withoutVips.includes(measure.of)) return []
    const checked = checkMeasure(measure, names)
    draft.reporter.take(checked.problems)
    return checked.expectation === undefined ? [] : [checked.expectation]
  })
  const expected = (draft.raw.expect ?? []).flatMap((raw, i) => {
    if (raw.of !== undefined && withoutVips.includes(raw.of)) return []
    const index = draft.indexOf('expect', i)
    const checked = checkExpectation(raw, `expect[${index}]`, key => draft.reporter.places.locate(['expect', index, key]), names)
    draft.reporter.take(checked.problems)
    return checked.expectation === undefined ? [] : [checked.expectation]
  })
  return [...expected, ...measured]
}

/** Linux starts its jiffies 300 s before they wrap (include/linux/jiffies.h INITIAL_JIFFIES): the run begins at boot. */
const initialJiffies = (hz: number): number => 2 ** 32 - 300 * hz

/** The comment at the head of the file, without its marks and without the line for editors. */
function leadingComment(text: string): string {
  const lines: string[] = []
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith('#')) break
    if (!line.includes('yaml-language-server')) lines.push(line.replace(/^# ?/, ''))
  }
  return lines.join('\n').trim()
}
