/** Goal: the comparison with ns-3 says "agrees" and "differs" where Welch's test does. Worked out by hand. */
import { beforeAll, describe, expect, it } from 'vitest'
import { compareWithTruth, TRUTH, welchTest } from '../../bench/truth.ts'
import { directorLine } from '../../bench/workloads/director-line.ts'
import { WORKLOADS } from '../../bench/workloads/index.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import { loadStatistics } from '../../sim-core/sweep/statistics.ts'

beforeAll(loadStatistics)

describe("Welch's test", () => {
  it('equal errors of ten runs each: 18 degrees of freedom, limit 2.101', () => {
    const a = { mean: 20, error: 1, n: 10 }
    const near = welchTest(a, { mean: 22.9, error: 1, n: 10 })
    expect(near.t).toBeCloseTo(-2.9 / Math.SQRT2, 12)
    expect(near.degrees_of_freedom).toBeCloseTo(18, 12)
    expect(near.agrees).toBe(true)
    expect(welchTest(a, { mean: 23, error: 1, n: 10 }).agrees).toBe(false)
  })

  it('errors of 1 and 2 of 5 and 20 runs: (1 + 4)² / (1/4 + 16/19) = 22.9 degrees of freedom', () => {
    const { degrees_of_freedom } = welchTest({ mean: 0, error: 1, n: 5 }, { mean: 0, error: 2, n: 20 })
    expect(degrees_of_freedom).toBeCloseTo(25 / (1 / 4 + 16 / 19), 12)
  })
})

describe('the comparison of W2 with ns-3', () => {
  it('knows workloads that exist', () => {
    for (const { workload } of TRUTH) expect(WORKLOADS.map(w => w.name)).toContain(workload)
  })

  it('what does not vary is compared as it is, to 0.1 us', () => {
    const exact = (mean: number) => ({ mean, standard_error: 0 })
    const figures = { wait_mean_us: exact(2.09), wait_p99_us: exact(4.2), drops: exact(0) }
    expect(compareWithTruth('W2-constant-1.0', 1, figures).map(a => a.agrees)).toEqual([true, false, true])
  })

  it('constant arrivals: a packet of path 2 comes 8 us after one of path 1, and every other one waits 4 us', () => {
    const simulation = new Simulation(directorLine({ arrivals: 'constant', seed: 1, seconds: 6, gbitPerPath: 0.5, directorLost: true }))
    simulation.run()
    const { measurements } = simulation.result()
    const waits = measurements.links.find(l => l.name === 'a→d1')?.waits.flatMap(h => (h === null || h === undefined ? [] : [h])) ?? []
    expect(waits.reduce((n, h) => n + h.count, 0)).toBeGreaterThan(41_000)
    for (const h of waits) expect([h.min, h.max]).toEqual([4000, 4000])
  })
})
