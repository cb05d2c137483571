/** Goal: the timers of semantics.md §2.2 (keepalived's integer arithmetic), and settings that keep a wanted takeover time. */
import { describe, expect, it } from 'vitest'
import { defaultFailover, downTimerUs, prioritiesFor, solveFailover } from '../../sim-core/plan/index.ts'
import { modelOf } from './questions.ts'

const solved = (balancers: number, survive: number, withinS: number) => {
  const answer = solveFailover(balancers, survive, withinS)
  if (!answer.ok) throw new Error(answer.problem.message)
  return answer.failover
}

describe('master down timer', () => {
  it.each([
    [2, 1, 100, 3_609_375],
    [2, 1, 200, 3_218_750],
    [2, 1, 50, 3_804_687],
    [2, 2, 100, 6_609_375],
    [3, 2, 100, 7_218_750],
    [3, 0.1, 150, 341_406],
    [3, 0.1, 254, 300_781],
  ] as const)('version %i, advert_int %d s, priority %i: %i µs', (version, advertS, priority, us) => {
    expect(downTimerUs(version, priority, advertS * 1_000_000)).toBe(us)
  })
})

describe('a wanted takeover time', () => {
  it('1 s needs version 3; by hand: 0.31 s × (3 + 56/256) = 0.998 s, 0.32 s would be 1.03 s', () => {
    expect(solved(3, 1, 1)).toMatchObject({
      version: 3,
      advertIntS: 0.31,
      priorities: [250, 200, 150],
      priorityStep: 50,
      firstLossS: { most: 0.997812 },
    })
  })

  it('4 s is what version 2 does with adverts every second', () => {
    expect(solved(3, 1, 4)).toMatchObject({ version: 2, advertIntS: 1, firstLossS: { least: 2.21875, most: 3.21875 }, stopS: 0.21875 })
  })

  it('a smaller step between priorities is tried before giving up version 2', () => {
    expect(solved(3, 1, 3.1)).toMatchObject({ version: 2, advertIntS: 1, priorities: [250, 240, 230] })
  })

  it('two losses at once wait for the second backup', () => {
    const failover = solved(4, 2, 1)
    expect(failover.worstLossS.most).toBeLessThanOrEqual(1)
    expect(failover.worstLossS.most).toBeGreaterThan(failover.firstLossS.most)
  })

  it('holds for any time that any advert_int can keep, with steps of 10 or more', () => {
    for (let balancers = 2; balancers <= 12; balancers++) {
      for (const withinS of [0.05, 0.2, 0.5, 1, 2, 3, 3.3, 5, 10, 60]) {
        const failover = solved(balancers, 1, withinS)
        expect(failover.worstLossS.most).toBeLessThanOrEqual(withinS)
        expect(failover.priorityStep).toBeGreaterThanOrEqual(10)
        expect(failover.marginS).toBeGreaterThan(0)
      }
    }
  })

  it('0.02 s is refused, with the shortest there is', () => {
    const answer = solveFailover(3, 1, 0.02)
    expect(answer).toMatchObject({ ok: false, problem: { code: 'failover-too-fast', remedy: expect.stringContaining('0.030625 s') } })
  })

  it('at most 25 balancers of an instance get a priority: 250, 240 … 10', () => {
    expect(prioritiesFor(40).priorities).toHaveLength(25)
    expect(prioritiesFor(40).priorities.at(-1)).toBe(10)
    expect(defaultFailover(modelOf())).toMatchObject({ version: 2, advertIntS: 1, priorities: [250, 200, 150] })
  })
})
