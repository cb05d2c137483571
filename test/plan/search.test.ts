/** Goal: the search's running count never drifts from a fresh one, whatever changes are made. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureFamily, makeInstance } from '../../sim-core/plan/index.ts'
import { applyExchange, applyTrade, exchangeDelta, searchState, snapshot, tradeDelta } from '../../sim-core/plan/search-state.ts'

describe('search state', () => {
  it.each([2, 5])('after any exchanges and trades at depth %i, excess and loads are those of a fresh state', depth => {
    const instance = makeInstance([1, 2, 1, 3, 1], [4, 1, 3, 3, 2, 1], failureFamily(5, 2, [[0, 3]]))
    const limits = { depth, before: [2, 4, 2, 6, 2], after: [4, 8, 4, 12, 4] }
    const start = instance.shares.map((_, v) => [0, 1, 2, 3, 4].map(b => (b + v) % 5))
    const step = fc.record({ trade: fc.boolean(), vip: fc.nat(5), other: fc.nat(5), from: fc.nat(4), to: fc.nat(4) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const state = searchState(instance, start, limits)
        for (const { trade, vip, other, from, to } of steps) {
          const was = state.excess
          if (trade && vip !== other) {
            const delta = tradeDelta(state, vip, other)
            applyTrade(state, vip, other)
            expect(state.excess).toBe(was + delta)
          } else if (from < to) {
            const delta = exchangeDelta(state, vip, from, to)
            applyExchange(state, vip, from, to)
            expect(state.excess).toBe(was + delta)
          }
        }
        const fresh = searchState(instance, snapshot(state), limits)
        expect([state.excess, state.load, state.owner]).toEqual([fresh.excess, fresh.load, fresh.owner])
      }),
    )
  })
})
