/**
 * The state of the local search: every order, and for each failure set who owns each VIP and how much each balancer
 * carries over its limit; with the effect of a change known without recounting. Hot: typed arrays, no allocation in
 * the deltas. test/plan/search.test.ts compares the running excess with a fresh count.
 */
import type { FailureSet } from './failures.ts'
import type { Instance, Orders } from './instance.ts'

export interface SearchLimits {
  /** Places of each order that count, ≥ 1: a VIP whose first `depth` balancers are all lost weighs nothing. */
  readonly depth: number
  /** Load each balancer may carry while all live. */
  readonly before: readonly number[]
  /** Load each balancer may carry in any set of `instance.family.worst`. */
  readonly after: readonly number[]
}

export interface SearchState {
  readonly instance: Instance
  readonly depth: number
  readonly orders: Int32Array[]
  readonly sets: readonly FailureSet[]
  /** By set and balancer. */
  readonly limit: Float64Array
  readonly load: Float64Array
  /** By set and VIP; −1 when its first `depth` balancers are lost. */
  readonly owner: Int32Array
  readonly scratch: Int32Array
  excess: number
}

/** The change of excess if `vip` exchanged places `from` and `to`. */
export function exchangeDelta(state: SearchState, vip: number, from: number, to: number): number {
  const order = state.orders[vip]
  exchange(order, from, to)
  const n = state.instance.capacities.length
  const share = state.instance.shares[vip]
  let delta = 0
  for (let f = 0; f < state.sets.length; f++) {
    const old = state.owner[f * state.orders.length + vip]
    const now = ownerWithin(order, state.sets[f].down, state.depth)
    state.scratch[f] = now
    if (now === old) continue
    if (old >= 0) delta += overLimit(state, f * n + old, -share)
    if (now >= 0) delta += overLimit(state, f * n + now, share)
  }
  exchange(order, from, to)
  return delta
}

export function applyExchange(state: SearchState, vip: number, from: number, to: number): void {
  const n = state.instance.capacities.length
  const share = state.instance.shares[vip]
  state.excess += exchangeDelta(state, vip, from, to)
  exchange(state.orders[vip], from, to)
  for (let f = 0; f < state.sets.length; f++) {
    const old = state.owner[f * state.orders.length + vip]
    const now = state.scratch[f]
    if (now === old) continue
    if (old >= 0) state.load[f * n + old] -= share
    if (now >= 0) state.load[f * n + now] += share
    state.owner[f * state.orders.length + vip] = now
  }
}

/** The change of excess if two VIPs traded their orders. */
export function tradeDelta(state: SearchState, vip: number, other: number): number {
  const n = state.instance.capacities.length
  const vips = state.orders.length
  const gain = state.instance.shares[other] - state.instance.shares[vip]
  let delta = 0
  for (let f = 0; f < state.sets.length; f++) {
    const a = state.owner[f * vips + vip]
    const b = state.owner[f * vips + other]
    if (a === b) continue
    if (a >= 0) delta += overLimit(state, f * n + a, gain)
    if (b >= 0) delta += overLimit(state, f * n + b, -gain)
  }
  return delta
}

export function applyTrade(state: SearchState, vip: number, other: number): void {
  const n = state.instance.capacities.length
  const vips = state.orders.length
  const gain = state.instance.shares[other] - state.instance.shares[vip]
  state.excess += tradeDelta(state, vip, other)
  for (let f = 0; f < state.sets.length; f++) {
    const a = state.owner[f * vips + vip]
    const b = state.owner[f * vips + other]
    if (a === b) continue
    if (a >= 0) state.load[f * n + a] += gain
    if (b >= 0) state.load[f * n + b] -= gain
    state.owner[f * vips + vip] = b
    state.owner[f * vips + other] = a
  }
  const kept = state.orders[vip]
  state.orders[vip] = state.orders[other]
  state.orders[other] = kept
}

/** The change of one link's excess when its load changes by `by`. */
function overLimit(state: SearchState, cell: number, by: number): number {
  const over = state.load[cell] - state.limit[cell]
  return Math.max(0, over + by) - Math.max(0, over)
}

export function searchState(instance: Instance, start: Orders, goal: SearchLimits): SearchState {
  const n = instance.capacities.length
  const everybody: FailureSet = { lost: [], down: new Uint8Array(n) }
  const sets = [everybody, ...instance.family.worst.filter(set => set.lost.length > 0)]
  const state: SearchState = {
    instance,
    depth: goal.depth,
    orders: start.map(order => Int32Array.from(order)),
    sets,
    limit: new Float64Array(sets.length * n),
    load: new Float64Array(sets.length * n),
    owner: new Int32Array(sets.length * start.length),
    scratch: new Int32Array(sets.length),
    excess: 0,
  }
  for (let f = 0; f < sets.length; f++) {
    for (let b = 0; b < n; b++) state.limit[f * n + b] = f === 0 ? Math.min(goal.before[b], goal.after[b]) : goal.after[b]
    for (let vip = 0; vip < start.length; vip++) {
      const owner = ownerWithin(state.orders[vip], sets[f].down, goal.depth)
      state.owner[f * start.length + vip] = owner
      if (owner >= 0) state.load[f * n + owner] += instance.shares[vip]
    }
  }
  for (let cell = 0; cell < state.load.length; cell++) state.excess += Math.max(0, state.load[cell] - state.limit[cell])
  return state
}

function ownerWithin(order: Int32Array, down: Uint8Array, depth: number): number {
  for (let place = 0; place < depth; place++) if (down[order[place]] === 0) return order[place]
  return -1
}

function exchange(order: Int32Array, from: number, to: number): void {
  const kept = order[from]
  order[from] = order[to]
  order[to] = kept
}

export const snapshot = (state: SearchState): number[][] => state.orders.map(order => Array.from(order))
