/**
 * A written expectation → an Expectation, or every problem it has. A metric, label, window or statistic that does not
 * exist is an error with the name that was probably meant: an expectation that nothing can break is worse than none.
 */
import { nearest, type Position, type Problem } from '../base/problem.ts'
import { BIN_NS, type Metric, metricLike, metricNamed, METRICS, type MetricLabel, splitDirectorLabel, type Stat } from '../metrics/index.ts'
import { readComparison } from './grammar.ts'
import { checkOverTime, comparisonOf, overTimeText } from './over-time.ts'
import type { RawExpectation } from './schema.ts'
import type { Expectation } from './types.ts'

/** What the scenario has that expectations can name. */
export interface KnownNames {
  readonly link: readonly string[]
  readonly traffic: readonly string[]
  readonly vip: readonly string[]
  readonly director: readonly string[]
  readonly windows: readonly string[]
  readonly durationNs: number
  /** The flow level answers (`model: rates`). */
  readonly inRates?: boolean
}

/** `switch->b2` → `switch→b2`. */
export const canonicalLink = (text: string): string => text.replace(/\s*(->|→)\s*/, '→')

const BIN_MIN_NS = 1_000_000

export function checkExpectation(
  raw: RawExpectation,
  path: string,
  locate: (key: string) => Position,
  names: KnownNames,
): { readonly expectation?: Expectation; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const report = (key: keyof RawExpectation, code: string, message: string, remedy: string) =>
    problems.push({ at: locate(key), severity: 'error', code, message: `${path}.${key}: ${message}`, remedy })
  const metric = metricNamed(raw.metric)
  if (metric === undefined) {
    const meant = metricLike(raw.metric)
    const list = METRICS.map(m => m.name).join(', ')
    report(
      'metric',
      'unknown-metric',
      `there is no metric "${raw.metric}"`,
      meant === undefined ? `metrics are: ${list}` : `did you mean "${meant}"? metrics are: ${list}`,
    )
    return { problems }
  }
  if (names.inRates === true && metric.notInRates !== undefined)
    problems.push(untold(locate('metric'), `${path}.metric: model: rates cannot tell ${metric.name}: ${metric.notInRates}`))
  const of = checkLabel(raw, metric, names, report)
  const window = raw.window ?? 'run'
  if (!names.windows.includes(window))
    report('window', 'unknown-window', `there is no window "${window}"`, suggestion(window, names.windows, 'windows'))
  checkTimes(raw, metric, names, report)
  const stat = checkStat(raw, metric, report)
  const over = checkOverTime(raw, metric, names, report)
  const written = comparisonOf(raw)
  const is = readComparison(written.value, metric.unit)
  if (written.value === undefined)
    report('is', 'key-missing', 'is missing', 'write is: and a comparison, or always:, or never:, such as is: 0')
  else if (!is.ok) report(written.key, 'comparison', is.reason, is.remedy)
  if (problems.some(p => p.severity === 'error') || !is.ok) return { problems }
  const when = raw.at !== undefined ? { atNs: raw.at } : {}
  const binNs = raw.bin ?? BIN_NS
  const expectation: Expectation = {
    at: locate('metric'),
    text: textOf(raw, of),
    metric: metric.name,
    of,
    window,
    ...when,
    stat,
    binNs,
    is: is.value,
    ...(over === undefined ? {} : { over }),
  }
  return { expectation, problems }
}

/** A warning: the same file may be run packet by packet, where it is answered. */
const untold = (at: Position, message: string): Problem => ({
  ...{ at, severity: 'warning', code: 'not-in-rates', message },
  remedy: 'run the scenario with model: packets, or leave the expectation out; it fails as it is',
})

export type Report = (key: keyof RawExpectation, code: string, message: string, remedy: string) => void

const LABEL_WORDS: Readonly<Record<Exclude<MetricLabel, 'none'>, string>> = {
  link: 'links',
  traffic: 'traffic sources',
  vip: 'VIPs',
  director: 'directors',
}

function checkLabel(raw: RawExpectation, metric: Metric, names: KnownNames, report: Report): string {
  if (metric.of === 'none') {
    if (raw.of !== undefined) report('of', 'label', `${metric.name} is not about one thing`, 'leave `of` out')
    return ''
  }
  const known = names[metric.of]
  const list = `${LABEL_WORDS[metric.of]} are: ${known.join(', ')}`
  if (raw.of === undefined) {
    if (known.length === 1) return known[0]
    report(
      'of',
      'key-missing',
      `${metric.name} needs to know of which ${metric.of}`,
      known.length === 0 ? `the scenario has no ${LABEL_WORDS[metric.of]}` : `write of: one of ${known.join(', ')}`,
    )
    return ''
  }
  const label = metric.of === 'link' ? canonicalLink(raw.of) : raw.of
  const head = metric.of === 'director' ? splitDirectorLabel(label).host : label
  if (!known.includes(head)) {
    const meant = nearest(head, known)
    report(
      'of',
      `unknown-${metric.of}`,
      `there is no ${metric.of} "${head}"`,
      meant === undefined ? list : `did you mean "${meant}"? ${list}`,
    )
  }
  return label
}

function checkTimes(raw: RawExpectation, metric: Metric, names: KnownNames, report: Report): void {
  if (metric.at === 'must' && raw.at === undefined)
    report('at', 'key-missing', `${metric.name} is read at an instant`, 'write at: and a time, such as at: 30s')
  if (metric.at === 'never' && raw.at !== undefined)
    report(
      'at',
      'label',
      `${metric.name} is about a window, not an instant`,
      'write window: and a name, or leave `at` out for the whole run',
    )
  if (raw.at !== undefined && raw.window !== undefined)
    report('window', 'label', '`at` and `window` exclude each other', 'keep one of them')
  if (raw.at !== undefined && raw.at > names.durationNs)
    report('at', 'after-end', 'it lies after the end of the run', 'write an earlier time, or a longer `duration`')
  if (raw.bin !== undefined && raw.bin < BIN_MIN_NS) report('bin', 'bin', 'bins are shorter than 1 ms', 'write bin: 1ms or longer')
}

function checkStat(raw: RawExpectation, metric: Metric, report: Report): Stat {
  if (raw.stat === undefined) return metric.stats[0] ?? 'total'
  if (metric.stats.length === 0) report('stat', 'label', `${metric.name} is one value, it has no statistics`, 'leave `stat` out')
  else if (!metric.stats.includes(raw.stat))
    report('stat', 'label', `${metric.name} has no ${raw.stat}`, `write one of ${metric.stats.join(', ')}`)
  return raw.stat
}

function suggestion(word: string, known: readonly string[], what: string): string {
  const meant = nearest(word, known)
  return `${meant === undefined ? '' : `did you mean "${meant}"? `}${what} are: ${known.join(', ')}`
}

function textOf(raw: RawExpectation, of: string): string {
  const parts = [`${raw.metric}${of === '' ? '' : ` of ${of}`}`]
  if (raw.at !== undefined) parts.push(`at ${raw.at / 1e9} s`)
  if (raw.window !== undefined) parts.push(`window ${raw.window}`)
  if (raw.stat !== undefined) parts.push(raw.stat)
  return `${parts.join(', ')}: ${overTimeText(raw)}`
}
