/**
 * What is known of a quantity after some independent replications: its mean, and the interval that covers the true mean
 * in `confidence` of all such experiments (Student's t with n − 1 degrees of freedom; Law, Simulation Modeling and
 * Analysis, §4.5). Values are summed in the order of replications, so the result does not depend on who finished first.
 *
 * That the intervals cover what they promise is tested on a model with a known answer (test/sweep/coverage.test.ts).
 */
import type { JStat } from 'jstat'
import { assert } from '../base/assert.ts'

export const CONFIDENCE = 0.95

export interface Summary {
  readonly n: number
  readonly mean: number
  /** Sample standard deviation; 0 for one value. */
  readonly deviation: number
  /** Of the confidence interval; Infinity for one value, of which nothing more is known. */
  readonly halfWidth: number
  readonly min: number
  readonly max: number
}

/** Of one value or more, all finite. */
export function summarise(values: readonly number[]): Summary {
  const n = values.length
  const min = Math.min(...values)
  const max = Math.max(...values)
  // Equal values have no spread; their sum over n may be a last bit away from them.
  const mean = min === max ? min : values.reduce((sum, x) => sum + x, 0) / n
  const squares = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0)
  const deviation = n < 2 || min === max ? 0 : Math.sqrt(squares / (n - 1))
  return { n, mean, deviation, halfWidth: n < 2 ? Number.POSITIVE_INFINITY : (studentT(n - 1) * deviation) / Math.sqrt(n), min, max }
}

/** Whether the interval's half width is at most `precision` of the mean. */
export const isPrecise = ({ halfWidth, mean }: Summary, precision: number): boolean => halfWidth <= precision * Math.abs(mean)

let jstat: JStat | undefined

/** Before anything is summarised: the library is large, and no other command needs it. */
export async function loadStatistics(): Promise<void> {
  jstat = (await import('jstat')).default
}

const known = new Map<number, number>()

/** Two-sided quantile of Student's t at `CONFIDENCE`. */
export function studentT(degreesOfFreedom: number): number {
  let t = known.get(degreesOfFreedom)
  if (t === undefined) {
    assert(jstat !== undefined, 'studentT: loadStatistics() comes first')
    t = jstat.studentt.inv(1 - (1 - CONFIDENCE) / 2, degreesOfFreedom)
    known.set(degreesOfFreedom, t)
  }
  return t
}
