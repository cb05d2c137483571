/**
 * What a sweep consists of, and when a point of it has enough replications.
 *
 * Replication r of every point has the seed first + r − 1: common random numbers, so that points differ by what was
 * varied and not by luck. With a wanted precision a point ends at the first n from `LEAST_FOR_PRECISION` on at which
 * all its intervals are narrow enough. That n follows from the values alone, in the order of seeds: runs that happened to
 * be done beyond it are not used, so the result does not depend on how many ran at once.
 */
import type { Axis } from './axis.ts'
import type { Point } from './points.ts'
import type { Replicate, SweepMeasure } from './replicate.ts'
import { isPrecise, summarise } from './statistics.ts'

export interface SweepPoint extends Point {
  /** Of all that decides its runs: files, values, measures. */
  readonly hash: string
  readonly measures: readonly SweepMeasure[]
  /** What `lvsim run` needs to repeat it, besides the seed: `path=value`. */
  readonly set: readonly string[]
}

export interface SweepDesign {
  readonly file: string
  readonly title: string
  readonly axes: readonly Axis[]
  readonly points: readonly SweepPoint[]
  readonly seedFirst: number
  /** Replications of a point at most. */
  readonly seedsMax: number
  /** Wanted half width of every interval over its mean; undefined: always `seedsMax` replications. */
  readonly precision?: number
}

/** An interval of few values is itself uncertain: stopping as soon as it happens to be narrow would promise too much. */
export const LEAST_FOR_PRECISION = 10

export const seedOf = (design: SweepDesign, replication: number): number => design.seedFirst + replication - 1

/**
 * Replications that the result uses, given those that are there from the first on; undefined: more are needed. So many as
 * `notEnough` are known not to suffice.
 */
export function replicationsUsed(design: SweepDesign, point: SweepPoint, done: readonly Replicate[], notEnough = 0): number | undefined {
  const { seedsMax, precision } = design
  if (precision === undefined) return done.length >= seedsMax ? seedsMax : undefined
  for (let n = Math.max(notEnough + 1, Math.min(LEAST_FOR_PRECISION, seedsMax)); n <= Math.min(done.length, seedsMax); n++)
    if (n === seedsMax || isEnough(point, done.slice(0, n), precision)) return n
  return undefined
}

const isEnough = (point: SweepPoint, done: readonly Replicate[], precision: number): boolean =>
  point.measures.every((measure, i) => {
    const values = numbersOf(measure, done, i)
    return values.length === 0 || isPrecise(summarise(values), precision)
  })

export const numbersOf = (measure: SweepMeasure, done: readonly Replicate[], index: number): number[] =>
  measure.numeric ? done.flatMap(r => (typeof r.values[index] === 'number' ? [r.values[index]] : [])) : []
