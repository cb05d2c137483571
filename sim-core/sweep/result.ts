/**
 * Runs of a sweep → what is known at each point. A pure function of the runs in the order of points and seeds; who ran
 * them, in which order and where, leaves no trace. Tested in test/sweep/result.test.ts.
 */
import { numbersOf, replicationsUsed, seedOf, type SweepDesign, type SweepPoint } from './design.ts'
import { badness, type Conclusion, judgeInterval } from './judge.ts'
import type { Replicate, SweepMeasure } from './replicate.ts'
import { isPrecise, type Summary, summarise } from './statistics.ts'

/** One run's value. */
export interface Extreme {
  readonly value: number
  readonly seed: number
}

export interface MeasureResult {
  readonly measure: SweepMeasure
  /** Of numeric measures with at least one value. */
  readonly summary?: Summary
  /** Undefined for a metric that is only looked at. */
  readonly conclusion?: Conclusion
  /** Replications in which it was as expected. */
  readonly held: number
  /** Replications without a value. */
  readonly missing: number
  readonly lowest?: Extreme
  readonly highest?: Extreme
  /** Furthest from what is expected; the highest where nothing is. */
  readonly worst?: Extreme
  /** The first that was not as expected. */
  readonly brokenBy?: number
  /** Of measures without numbers: each value with how often it came, the commonest first. */
  readonly names: readonly { readonly value: string; readonly times: number }[]
  readonly values: readonly (number | string | null)[]
}

export interface PointResult {
  readonly point: SweepPoint
  readonly replications: number
  /** Whether it has all the replications that were wanted. */
  readonly complete: boolean
  /** Whether all intervals are as narrow as was wanted; undefined when that was not asked. */
  readonly precise?: boolean
  readonly measures: readonly MeasureResult[]
  /** Runs that ended early, and why the first did. */
  readonly stopped?: { readonly times: number; readonly why: string }
  /** Of all that is expected together; undefined when nothing is. */
  readonly conclusion?: Conclusion
}

export interface SweepResult {
  readonly design: SweepDesign
  readonly points: readonly PointResult[]
  readonly complete: boolean
  readonly conclusion?: Conclusion
}

/** `runs[p]`: the replications of point p that are there, by number from 1. */
export function sweepResult(design: SweepDesign, runs: readonly ReadonlyMap<number, Replicate>[]): SweepResult {
  const points = design.points.map((point, p) => pointResult(design, point, inOrder(runs[p])))
  return {
    design,
    points,
    complete: points.every(p => p.complete),
    ...together(points.map(p => p.conclusion)),
  }
}

/** From the first on, as far as none is missing. */
export function inOrder(runs: ReadonlyMap<number, Replicate>): Replicate[] {
  const out: Replicate[] = []
  for (let r = 1; runs.has(r); r++) out.push(runs.get(r) as Replicate)
  return out
}

function pointResult(design: SweepDesign, point: SweepPoint, there: readonly Replicate[]): PointResult {
  const used = replicationsUsed(design, point, there)
  const runs = there.slice(0, used ?? there.length)
  const measures = point.measures.map((measure, i) => measureResult(design, measure, runs, i))
  const { precision } = design
  const stopped = runs.flatMap(r => r.stopped ?? [])
  return {
    point,
    replications: runs.length,
    complete: used !== undefined,
    ...(precision === undefined ? {} : { precise: measures.every(m => m.summary === undefined || isPrecise(m.summary, precision)) }),
    measures,
    ...(stopped.length === 0 ? {} : { stopped: { times: stopped.length, why: stopped[0] } }),
    ...(runs.length === 0 ? {} : together(measures.map(m => m.conclusion))),
  }
}

/** Failed when one failed, held when all held. */
function together(conclusions: readonly (Conclusion | undefined)[]): { readonly conclusion?: Conclusion } {
  const all = new Set(conclusions)
  const conclusion = (['failed', 'inconclusive', 'held'] as const).find(j => all.has(j))
  return conclusion === undefined ? {} : { conclusion }
}

function measureResult(design: SweepDesign, measure: SweepMeasure, runs: readonly Replicate[], index: number): MeasureResult {
  const values = runs.map(r => r.values[index] ?? null)
  const numbers = numbersOf(measure, runs, index)
  const summary = numbers.length === 0 ? undefined : summarise(numbers)
  const brokenAt = runs.findIndex(r => !r.held[index])
  const missing = values.filter(v => v === null).length
  const base = { measure, missing, held: runs.filter(r => r.held[index]).length, values, names: measure.numeric ? [] : countNames(values) }
  const { is, measured } = measure.expectation
  const seed = (i: number) => seedOf(design, i + 1)
  return {
    ...base,
    ...(summary === undefined ? {} : { summary, ...extremes(values, seed, value => badness(is, value)) }),
    ...(measured || runs.length === 0 ? {} : { conclusion: judge(measure, summary, base.held, missing, runs.length) }),
    ...(measured || brokenAt < 0 ? {} : { brokenBy: seed(brokenAt) }),
  }
}

/** Numbers by their interval; what is kept or broken holds when it was kept in every run. */
function judge(measure: SweepMeasure, summary: Summary | undefined, held: number, missing: number, runs: number): Conclusion {
  if (!measure.numeric || summary === undefined || missing > 0) return held === runs ? 'held' : 'failed'
  // One value has no interval: it is taken for what it is, as `lvsim run` does.
  const half = summary.n === 1 ? 0 : summary.halfWidth
  return judgeInterval(measure.expectation.is, summary.mean - half, summary.mean + half)
}

function extremes(values: readonly (number | string | null)[], seed: (i: number) => number, bad: (value: number) => number) {
  const pick = (more: (a: number, b: number) => boolean): Extreme => {
    let best = -1
    values.forEach((v, i) => {
      if (typeof v === 'number' && (best < 0 || more(v, values[best] as number))) best = i
    })
    return { value: values[best] as number, seed: seed(best) }
  }
  return { lowest: pick((a, b) => a < b), highest: pick((a, b) => a > b), worst: pick((a, b) => bad(a) > bad(b)) }
}

function countNames(values: readonly (number | string | null)[]): { value: string; times: number }[] {
  const counts = new Map<string, number>()
  for (const v of values) counts.set(v === null ? 'nothing' : String(v), (counts.get(v === null ? 'nothing' : String(v)) ?? 0) + 1)
  return [...counts].map(([value, times]) => ({ value, times })).sort((a, b) => b.times - a.times || (a.value < b.value ? -1 : 1))
}
