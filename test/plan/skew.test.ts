/** Goal: probabilities agree with what can be worked out by hand, and a seed repeats them. */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../sim-core/base/random.ts'
import type { Skew, SkewOptions } from '../../sim-core/plan/index.ts'
import { constructPlan, instanceOf, skew, wilson } from '../../sim-core/plan/index.ts'
import { modelOf } from './questions.ts'

function skewOf(trafficBps: number, vips: number, options: Omit<SkewOptions, 'random'>): Skew {
  const model = modelOf({ trafficBps, layer: 'wire' })
  const stream = randomStream(1, 'skew')
  return skew(model, constructPlan(instanceOf(model, vips)).orders, { ...options, random: () => stream.next() })
}

describe('resolver skew', () => {
  it('two resolvers, two VIPs: with probability 1/2 both choose the same one, and a link is overloaded', () => {
    const { overloadAfter, overloadBefore } = skewOf(1.5e9, 2, { resolvers: 2, zipf: 0, draws: 4000 })
    expect(overloadAfter.low).toBeLessThan(0.5)
    expect(overloadAfter.high).toBeGreaterThan(0.5)
    expect(overloadBefore).toEqual(overloadAfter)
  })

  it('many equal resolvers even out; a heavy tail does not', () => {
    const even = skewOf(1.5e9, 6, { zipf: 0, resolvers: 5000, draws: 300 })
    const heavy = skewOf(1.5e9, 6, { zipf: 1, resolvers: 5000, draws: 300 })
    expect(even.overloadAfter.estimate).toBe(0)
    expect(even.worstAfter.p50).toBeGreaterThan(0.75)
    expect(even.worstAfter.p99).toBeLessThan(0.85)
    expect(heavy.worstAfter.p99).toBeGreaterThan(even.worstAfter.p99)
    expect(heavy.overloadAfter.estimate).toBeGreaterThanOrEqual(heavy.overloadBefore.estimate)
  })

  it('the same seed gives the same figures', () => {
    expect(skewOf(1.5e9, 4, { draws: 50 })).toEqual(skewOf(1.5e9, 4, { draws: 50 }))
  })
})

describe("Wilson's interval", () => {
  it('agrees with worked values', () => {
    // 10 of 100: centre (0.1 + 1.9207/100)/1.038415 = 0.11480, half 1.95996·√(0.0009 + 0.000096)/1.038415 = 0.05957.
    expect(wilson(10, 100).low).toBeCloseTo(0.05523, 4)
    expect(wilson(10, 100).high).toBeCloseTo(0.17437, 4)
  })

  it('at no hits it still leaves room above', () => {
    expect(wilson(0, 1000)).toMatchObject({ estimate: 0, low: 0 })
    expect(wilson(0, 1000).high).toBeCloseTo(0.00383, 5)
  })
})
