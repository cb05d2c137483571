/**
 * A metric that is only looked at: `name[:of[:window[:stat]]]`, as `lvsim sweep --metric` takes it. It is checked like
 * an expectation and stands among them, with a comparison that everything meets.
 */
import type { Position, Problem } from '../base/problem.ts'
import { readInstant } from '../config/index.ts'
import { metricNamed, type MetricUnit, STATS, type Stat } from '../metrics/index.ts'
import { checkExpectation, type KnownNames } from './check.ts'
import type { RawExpectation } from './schema.ts'
import type { Comparison, Expectation } from './types.ts'

export interface Measure {
  /** As it was typed. */
  readonly text: string
  readonly metric: string
  readonly of?: string
  readonly window?: string
  readonly stat?: string
  /** `@30s` in the place of a window. */
  readonly at?: number
}

const placeOf = (text: string): Position => ({ file: `--metric ${text}`, line: 1, column: 1 })

/** `link.offered:switch→b2:after:max`, `ipvs.inactive:b1/10.0.0.11:80@30s`; what a part says is checked later. */
export function readMeasure(text: string): Measure | Problem {
  const [before, at, ...more] = text.split('@')
  const wrong = (message: string): Problem => ({
    at: placeOf(text),
    severity: 'error',
    code: 'metric',
    message,
    remedy: 'write name[:of[:window[:stat]]], such as link.offered:switch→b2:after:max, or name[:of]@time; lvsim metrics lists the names',
  })
  const parts = partsOf(before)
  const [metric, of, window, stat] = parts
  if (metric === '') return wrong('there is no name of a metric')
  if (parts.length > 4 || more.length > 0) return wrong('it has too many parts')
  const instant = at === undefined ? undefined : readInstant(at)
  if (instant?.ok === false) return wrong(instant.reason)
  const given = (key: string, value: string | undefined) => (value === undefined || value === '' ? {} : { [key]: value })
  return {
    ...{ text, metric, ...given('of', of), ...given('window', window), ...given('stat', stat) },
    ...(instant === undefined ? {} : { at: instant.value }),
  }
}

/** At colons, but not at the one between address and port of `b1/10.0.0.11:80`. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  for (const part of text.split(':').map(p => p.trim())) {
    const last = parts[parts.length - 1]
    if (last !== undefined && /\/(\d+\.){3}\d+$/.test(last) && /^\d+$/.test(part)) parts[parts.length - 1] = `${last}:${part}`
    else parts.push(part)
  }
  return parts
}

export function checkMeasure(
  measure: Measure,
  names: KnownNames,
): { readonly expectation?: Expectation; readonly problems: readonly Problem[] } {
  const unit = metricNamed(measure.metric)?.unit ?? 's'
  const { text, metric, of, window, stat, at } = measure
  const raw = {
    ...{ metric, is: MET_BY_MOST[unit] ?? '>= 0' },
    ...(of === undefined ? {} : { of }),
    ...(window === undefined ? {} : { window }),
    ...(at === undefined ? {} : { at }),
    ...(stat === undefined ? {} : { stat: STATS.find(s => s === stat) ?? (stat as Stat) }),
  } as RawExpectation
  const checked = checkExpectation(raw, text, () => placeOf(text), names)
  if (checked.expectation === undefined) return checked
  const expectation = {
    ...checked.expectation,
    text: checked.expectation.text.replace(/: [^:]*$/, ''),
    is: anything(unit),
    measured: true as const,
  }
  return { expectation, problems: checked.problems }
}

/** What the grammar of comparisons accepts for the unit; `anything` takes its place. */
const MET_BY_MOST: Readonly<Partial<Record<MetricUnit, string>>> = { s: '>= 0s', name: '!= nobody' }

const anything = (unit: MetricUnit): Comparison =>
  unit === 'name' ? { kind: 'name', not: true, anyOf: [] } : { kind: 'between', from: -Number.MAX_VALUE, to: Number.MAX_VALUE }
