/**
 * Goal: what is concluded from runs. Method: Student's t against a printed table, summaries and judgements by hand, and a
 * small sweep whose runs are written down here.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import type { Comparison } from '../../sim-core/expect/index.ts'
import {
  judgeInterval,
  loadStatistics,
  makeBundle,
  measuresOf,
  type Replicate,
  replicationsUsed,
  studentT,
  summarise,
  type SweepDesign,
  sweepResult,
  worstPhases,
} from '../../sim-core/sweep/index.ts'

beforeAll(loadStatistics)

describe('statistics', () => {
  it('Student’s t, two-sided 95 % (table in any textbook)', () => {
    const table = [
      [1, 12.706],
      [2, 4.303],
      [4, 2.776],
      [9, 2.262],
      [29, 2.045],
      [120, 1.98],
    ]
    for (const [df, t] of table) expect(studentT(df)).toBeCloseTo(t, 3)
  })
  it('mean and interval by hand: 1, 2, 3, 4 have deviation √(5/3) and half width 3.182 × that / 2', () => {
    const s = summarise([1, 2, 3, 4])
    expect([s.mean, s.min, s.max]).toEqual([2.5, 1, 4])
    expect(s.deviation).toBeCloseTo(Math.sqrt(5 / 3), 12)
    expect(s.halfWidth).toBeCloseTo((3.182446 * Math.sqrt(5 / 3)) / 2, 5)
  })
  it('equal values have exactly that mean and no width; one value has an unknown one', () => {
    expect(summarise([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, halfWidth: 0 })
    expect(summarise([7]).halfWidth).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('an interval against what is expected', () => {
  const at = (op: '<' | '<=' | '>' | '>=' | '==' | '!=', value: number): Comparison => ({ kind: 'compare', op, value })
  const near: Comparison = { kind: 'near', value: 10, tolerance: 1 }
  it.each<[Comparison, number, number, string]>([
    [at('<=', 5), 4, 5, 'held'],
    [at('<=', 5), 4, 5.1, 'inconclusive'],
    [at('<=', 5), 5.1, 6, 'failed'],
    [at('<', 5), 4, 4.9, 'held'],
    [at('<', 5), 5, 6, 'failed'],
    [at('>=', 5), 5, 6, 'held'],
    [at('>=', 5), 4, 6, 'inconclusive'],
    [at('>', 5), 4, 5, 'failed'],
    [at('==', 0), 0, 0, 'held'],
    [at('==', 0), -1, 1, 'inconclusive'],
    [at('==', 0), 1, 2, 'failed'],
    [at('!=', 0), 1, 2, 'held'],
    [at('!=', 0), 0, 0, 'failed'],
    [at('!=', 0), -1, 1, 'inconclusive'],
    [near, 9, 11, 'held'],
    [near, 8.9, 9.1, 'inconclusive'],
    [near, 11.1, 12, 'failed'],
    [{ kind: 'between', from: 1, to: 2 }, 0.5, 3, 'inconclusive'],
  ])('%j in [%d, %d]: %s', (is, from, to, conclusion) => expect(judgeInterval(is, from, to)).toBe(conclusion))
})

const SCENARIO = `scenario: two hosts
duration: 2s
hosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }
traffic: { t: { from: a, to: 10.0.0.2:5000, start: 0s, udp: { rate: 1Mbit } } }
events: [{ at: 1s, link_down: b }]
expect:
  - { metric: traffic.loss, of: t, is: "<= 10 %" }
  - { metric: window.verdict, is: HOLDS }
`

function design(seedsMax: number, precision?: number): SweepDesign {
  const { model } = makeBundle('s.yaml', mapFiles({ 's.yaml': SCENARIO }), { set: [] })
  if (model === undefined) throw new Error('the scenario of this test is wrong')
  const phases = ['0ms', '100ms']
  return {
    ...{ file: 's.yaml', title: model.title, axes: [{ path: 'phase', kind: 'phase', values: phases }], seedFirst: 11, seedsMax },
    ...(precision === undefined ? {} : { precision }),
    points: phases.map(v => ({ values: [v], key: `phase=${v}`, hash: v, measures: measuresOf(model), set: [`phase=${v}`] })),
  }
}
const run = (loss: number | null, verdict = 'HOLDS'): Replicate => ({
  values: [loss, verdict],
  held: [loss !== null && loss <= 0.1, verdict === 'HOLDS'],
})
const runs = (...list: Replicate[]) => new Map(list.map((r, i) => [i + 1, r]))

describe('the result of a sweep', () => {
  it('numbers hold by their interval; names when they were so in every run', () => {
    const { points, conclusion } = sweepResult(design(3), [
      runs(run(0.01), run(0.02), run(0.03)),
      runs(run(0.09), run(0.1), run(0.12), run(99)),
    ])
    expect(points.map(p => p.measures.map(m => m.conclusion))).toEqual([
      ['held', 'held'],
      ['inconclusive', 'held'],
    ])
    expect(points[1].measures[0]).toMatchObject({
      held: 2,
      brokenBy: 13,
      highest: { value: 0.12, seed: 13 },
      lowest: { value: 0.09, seed: 11 },
    })
    expect([conclusion, points[1].replications]).toEqual(['inconclusive', 3])
  })
  it('one broken promise of a name fails, and says with which seed', () => {
    const [point] = sweepResult(design(2), [runs(run(0), run(0, 'OUTAGE')), runs(run(0), run(0))]).points
    expect(point.measures[1]).toMatchObject({
      conclusion: 'failed',
      held: 1,
      brokenBy: 12,
      names: [
        { value: 'HOLDS', times: 1 },
        { value: 'OUTAGE', times: 1 },
      ],
    })
  })
  it('a value that is missing fails what is expected of it', () => {
    const [point] = sweepResult(design(2), [runs(run(0), run(null)), runs()]).points
    expect(point.measures[0]).toMatchObject({ conclusion: 'failed', missing: 1, summary: { n: 1 } })
  })
  it('runs after a gap are not used: the result is that of the first seeds', () => {
    const gap = new Map([
      [1, run(0)],
      [3, run(0.5)],
    ])
    const result = sweepResult(design(3), [gap, runs(run(0), run(0), run(0))])
    expect([result.complete, result.points[0].complete, result.points[0].replications]).toEqual([false, false, 1])
  })
  it('runs that ended early are told of', () => {
    const early = { ...run(null), stopped: 'the limit of 10 events was reached' }
    const [point] = sweepResult(design(2), [runs(run(0), early), runs()]).points
    expect([point.stopped, point.conclusion]).toEqual([{ times: 1, why: 'the limit of 10 events was reached' }, 'failed'])
  })
  it('of all phases the worst is found, with its seed', () => {
    const result = sweepResult(design(2), [runs(run(0.01), run(0.02)), runs(run(0.3), run(0.2))])
    expect(worstPhases(result)).toMatchObject([
      {
        most: { phase: '100ms', seed: 11, value: 0.3, point: 1 },
        least: { phase: '0ms', seed: 11, value: 0.01 },
        worst: { phase: '100ms' },
      },
    ])
  })
})

describe('until it is precise', () => {
  const wide = Array.from({ length: 40 }, (_, i) => run(i % 2 === 0 ? 0.5 : 1.5))
  const [point] = design(1).points
  it('ends at the first number of runs at which the half width is small enough, whatever was run beyond', () => {
    // Deviation of n alternating values about √(n/(n−1))/2, so t·s/√n ≤ 0.2 × mean 1 first holds at n = 28 (t = 2.052, s = 0.509).
    const d = design(40, 0.2)
    expect(replicationsUsed(d, point, wide)).toBe(28)
    expect(replicationsUsed(d, point, wide.slice(0, 28))).toBe(28)
    expect(replicationsUsed(d, point, wide.slice(0, 27))).toBeUndefined()
  })
  it('ends at the cap when it does not get there, and says so', () => {
    const d = design(20, 0.01)
    expect(replicationsUsed(d, point, wide)).toBe(20)
    const result = sweepResult(d, [runs(...wide), runs(...wide)])
    expect(result.points.map(p => [p.replications, p.complete, p.precise])).toEqual([
      [20, true, false],
      [20, true, false],
    ])
  })
  it('never before the tenth run, though the first be equal', () => {
    const same = Array.from({ length: 12 }, () => run(0))
    expect([replicationsUsed(design(40, 0.2), point, same.slice(0, 9)), replicationsUsed(design(40, 0.2), point, same)]).toEqual([
      undefined,
      10,
    ])
  })
})
