/** Goal: shares are max-min fair. Method: the property itself, on random networks: nobody can have more unless somebody with no more had less. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Claim, maxMinShares } from '../../sim-core/rates/max-min.ts'

const claim = (demand: number, weight: number, ...links: [number, number][]): Claim => ({
  demand,
  weight,
  links: Int32Array.from(links, l => l[0]),
  costs: Float64Array.from(links, l => l[1]),
})

describe('max-min fair shares', () => {
  it('of one link are equal, and what one does not want goes to the others', () => {
    const all = Number.POSITIVE_INFINITY
    expect([...maxMinShares([claim(all, 1, [0, 1]), claim(all, 1, [0, 1])], Float64Array.of(10))]).toEqual([5, 5])
    expect([...maxMinShares([claim(2, 1, [0, 1]), claim(all, 1, [0, 1]), claim(all, 1, [0, 1])], Float64Array.of(10))]).toEqual([2, 4, 4])
  })

  it('go by weight', () => {
    const all = Number.POSITIVE_INFINITY
    expect([...maxMinShares([claim(all, 3, [0, 1]), claim(all, 1, [0, 1])], Float64Array.of(8))]).toEqual([6, 2])
  })

  it('of the parking lot: who crosses both links has what the fuller one leaves', () => {
    const all = Number.POSITIVE_INFINITY
    const [long, first, second] = maxMinShares(
      [claim(all, 1, [0, 1], [1, 1]), claim(all, 1, [0, 1]), claim(all, 1, [1, 1])],
      Float64Array.of(10, 4),
    )
    expect([long, first, second]).toEqual([2, 8, 2])
  })

  it('of a full link are nothing', () => {
    expect([...maxMinShares([claim(5, 1, [0, 1])], Float64Array.of(0))]).toEqual([0])
  })

  it('cannot be improved but at the cost of somebody with less', () => {
    const claims = fc.array(
      fc.record({
        demand: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 50 })),
        weight: fc.integer({ min: 1, max: 5 }),
        links: fc.uniqueArray(fc.record({ link: fc.integer({ min: 0, max: 4 }), cost: fc.integer({ min: 1, max: 3 }) }), {
          minLength: 1,
          maxLength: 4,
          selector: l => l.link,
        }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(claims, fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 5, maxLength: 5 }), (wanted, free) => {
        const all = wanted.map(w => claim(w.demand, w.weight, ...w.links.map((l): [number, number] => [l.link, l.cost])))
        const rates = maxMinShares(all, Float64Array.from(free))
        const load = free.map((_, l) => all.reduce((sum, c, i) => sum + rates[i] * (c.costs[c.links.indexOf(l)] ?? 0), 0))
        load.forEach((sum, l) => {
          expect(sum).toBeLessThanOrEqual(free[l] * (1 + 1e-6))
        })
        all.forEach((c, i) => {
          if (rates[i] >= c.demand * (1 - 1e-6)) return
          // It is held up by a full link on which nobody gets more for their weight.
          const held = Array.from(c.links).some(
            l =>
              load[l] >= free[l] * (1 - 1e-6) &&
              all.every((other, j) => !other.links.includes(l) || rates[j] / other.weight <= (rates[i] / c.weight) * (1 + 1e-6)),
          )
          expect(held).toBe(true)
        })
      }),
      { numRuns: 200, seed: 1 },
    )
  })
})
