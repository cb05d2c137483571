/** Goal: the solver's thread answers every question, one after another, and no question waits for ever. */
import { describe, expect, it } from 'vitest'
import { highsSolver } from '../../cli/solver.ts'
import { equalInstance, planProgram } from '../../sim-core/plan/index.ts'

/** 6 VIPs on 3 balancers with at most `limit` on each, whatever is lost. */
function program(limit: number) {
  const limits = new Array<number>(3).fill(limit)
  return planProgram(equalInstance(3, 6, 1), limits, limits, false)!
}

describe('the solver’s thread', () => {
  it('answers one question after another', async () => {
    const solver = highsSolver()
    const answers = []
    for (const limit of [3, 2, 3, 2, 4]) answers.push((await solver.solve(program(limit), { timeLimitS: 30 })).status)
    expect(answers).toEqual(['feasible', 'infeasible', 'feasible', 'infeasible', 'feasible'])
  })

  it('gives up when asked to stop, and answers the next question with a new thread', async () => {
    let stopped = true
    const solver = highsSolver({ stop: () => stopped })
    const asked = solver.solve(program(3), { timeLimitS: 30 })
    // It may be answered before the first look; then the answer must be the truth.
    expect(['time-limit', 'feasible']).toContain((await asked).status)
    stopped = false
    expect((await solver.solve(program(2), { timeLimitS: 30 })).status).toBe('infeasible')
  })

  it('a program that HiGHS cannot read proves nothing, and the next is answered', async () => {
    const solver = highsSolver()
    const broken = { upper: [Number.NaN], rows: [{ columns: [0], coefficients: [Number.NaN], sense: '<=' as const, right: 1 }] }
    expect((await solver.solve(broken, { timeLimitS: 30 })).status).toBe('time-limit')
    expect((await solver.solve(program(3), { timeLimitS: 30 })).status).toBe('feasible')
  })
})
