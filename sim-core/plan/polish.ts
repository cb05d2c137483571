/**
 * Evens out a plan that already keeps its limits: balancers MASTER of nothing, VIPs moved, spread of backups.
 *
 * Takes every exchange of two places that keeps all limits and lowers MASTERS · Σ m² + Σ c², where m counts the VIPs
 * of a MASTER and c those of a (MASTER, first backup) pair, until none is left. Tested in test/plan/construct.test.ts.
 */
import type { Instance, Orders } from './instance.ts'
import type { SearchLimits } from './search-state.ts'
import { applyExchange, exchangeDelta, searchState } from './search-state.ts'

/** The MASTERs' evenness outweighs any change of pairs: one VIP's move changes Σ c² by less than 4 V. */
const mastersWeight = (vips: number): number => 4 * vips + 4
const SWEEPS_MAX = 30
/** Exchanges looked at times failure sets, over all sweeps; a large plan is evened out less. */
const WORK_MAX = 1e7

export function polish(instance: Instance, orders: Orders, goal: SearchLimits): Orders {
  const n = instance.capacities.length
  if (goal.depth < 2) return orders
  const state = searchState(instance, orders, goal)
  const masters = new Int32Array(n)
  const pairs = new Int32Array(n * n)
  for (const [master, backup] of state.orders) {
    masters[master]++
    pairs[master * n + backup]++
  }
  const weight = mastersWeight(orders.length)
  /** The change of the sum if one VIP's (MASTER, first backup) became another; counts are left changed when it improves. */
  const improves = (from: readonly [number, number], to: readonly [number, number]): boolean => {
    const sumOf = (): number => {
      let total = weight * (masters[from[0]] ** 2 + (to[0] === from[0] ? 0 : masters[to[0]] ** 2))
      total += pairs[from[0] * n + from[1]] ** 2 + pairs[to[0] * n + to[1]] ** 2
      return total
    }
    const was = sumOf()
    count(from, -1)
    count(to, 1)
    if (sumOf() < was) return true
    count(to, -1)
    count(from, 1)
    return false
  }
  const count = (pair: readonly [number, number], by: number): void => {
    masters[pair[0]] += by
    pairs[pair[0] * n + pair[1]] += by
  }
  const sweeps = Math.min(SWEEPS_MAX, Math.ceil(WORK_MAX / (orders.length * 2 * n * state.sets.length)))
  for (let sweep = 0, changed = true; changed && sweep < sweeps; sweep++) {
    changed = false
    for (let vip = 0; vip < orders.length; vip++) {
      for (let from = 0; from < 2; from++) {
        for (let to = from + 1; to < n; to++) {
          const order = state.orders[vip]
          if (exchangeDelta(state, vip, from, to) > 0) continue
          const after: readonly [number, number] = from === 0 ? [order[to], to === 1 ? order[0] : order[1]] : [order[0], order[to]]
          if (!improves([order[0], order[1]], after)) continue
          applyExchange(state, vip, from, to)
          changed = true
        }
      }
    }
  }
  return state.orders.map(order => Array.from(order))
}
