/**
 * Expectations over time, as they are written:
 *
 *     { metric: vip.masters, of: 10.10.1.10, never: "> 1", longer_than: 1s }
 *     { metric: vip.owner,   of: 10.10.1.10, window: after, always: b2 }
 *     { metric: traffic.loss, of: ingress, after: 20s, within: 4s, is: 0 }     # recovered after 4 s, and stays so
 */
import { hasCourse, type Metric, METRICS } from '../metrics/index.ts'
import { showDuration } from '../metrics/index.ts'
import type { KnownNames, Report } from './check.ts'
import type { RawExpectation } from './schema.ts'
import type { OverTime } from './types.ts'

/** The comparison of an expectation, under whichever key it stands. */
export function comparisonOf(raw: RawExpectation): {
  readonly key: 'is' | 'always' | 'never'
  readonly value: string | number | undefined
} {
  if (raw.always !== undefined) return { key: 'always', value: raw.always }
  return raw.never !== undefined ? { key: 'never', value: raw.never } : { key: 'is', value: raw.is }
}

/** `never > 1 for longer than 100 ms` */
export function overTimeText(raw: RawExpectation): string {
  const { key, value } = comparisonOf(raw)
  const longer = raw.longer_than === undefined ? '' : ` for longer than ${showDuration(raw.longer_than)}`
  if (key !== 'is') return `${key} ${value}${longer}`
  return raw.within === undefined ? String(value) : `within ${showDuration(raw.within)} after ${showDuration(raw.after ?? 0)}: ${value}`
}

export function checkOverTime(raw: RawExpectation, metric: Metric, names: KnownNames, report: Report): OverTime | undefined {
  const given = (['is', 'always', 'never'] as const).filter(key => raw[key] !== undefined)
  if (given.length > 1)
    report(given[1], 'label', `\`${given[0]}\` and \`${given[1]}\` exclude each other`, 'write an expectation for each of them')
  const never = raw.never !== undefined
  if (raw.longer_than !== undefined && !never)
    report('longer_than', 'label', 'it belongs to `never`', 'write never: and what may hold for so long at most')
  if (raw.within === undefined && raw.after !== undefined)
    report('after', 'label', 'it belongs to `within`', 'write within: and how long it may take')
  if (raw.within !== undefined) {
    if (raw.is === undefined) report('within', 'label', 'it belongs to `is`', 'write is: and what holds by then')
    if (raw.after === undefined) report('within', 'key-missing', 'after what?', 'write after: and a time, such as after: 20s')
    else if (raw.after + raw.within >= names.durationNs)
      report('within', 'after-end', 'that lies after the end of the run', 'write a shorter time, or a longer `duration`')
  }
  if (!never && raw.always === undefined && raw.within === undefined) return undefined
  checkCourse(raw, metric, report)
  if (never) return { kind: 'never', longerThanNs: raw.longer_than ?? 0 }
  return raw.within === undefined ? { kind: 'always' } : { kind: 'within', afterNs: raw.after ?? 0, withinNs: raw.within }
}

function checkCourse(raw: RawExpectation, metric: Metric, report: Report): void {
  const key = raw.within === undefined ? comparisonOf(raw).key : 'within'
  if (raw.at !== undefined) report('at', 'label', `\`at\` is one instant, \`${key}\` is about all of them`, 'leave one of them out')
  if (hasCourse(metric)) return
  const others = METRICS.filter(m => m.of === metric.of && hasCourse(m)).map(m => m.name)
  const why = metric.at === 'must' ? 'is only known at the instants that are asked for' : 'is one number for a window'
  report(
    key,
    'label',
    `${metric.name} ${why}`,
    others.length === 0 ? 'write is: with at:' : `write is: instead; over time there are ${others.join(', ')}`,
  )
}
