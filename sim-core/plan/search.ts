/**
 * Deterministic local search over orders: changes them one at a time until no link exceeds its limit.
 *
 * A step takes a link above its limit and, among the VIPs on it, makes the change that removes most excess: two
 * places of one order exchanged or, with unequal shares, two VIPs' orders traded. What it moved stays put for a while
 * (tabu), so that plateaus are crossed. Ties follow a fixed linear congruential sequence, never Math.random; effort is
 * counted in work, never in time, so that every machine finds the same plan.
 * Tested in test/plan/search.test.ts; what it returns is recounted.
 */
import type { Instance, Orders } from './instance.ts'
import { equalShares } from './instance.ts'
import type { SearchLimits, SearchState } from './search-state.ts'
import { applyExchange, applyTrade, exchangeDelta, searchState, snapshot, tradeDelta } from './search-state.ts'

export interface SearchResult {
  readonly orders: number[][]
  /** Load units above the limits, summed over links and failure sets; 0 when the goal is reached. */
  readonly excess: number
}

/** Effort of one search: changes looked at, times failure sets. About a quarter of a second. */
const WORK = 1e7
const STEPS_MAX = 3_000
const TENURE = 4

export function searchOrders(instance: Instance, start: Orders, limits: SearchLimits, work = WORK): SearchResult {
  const state = searchState(instance, start, limits)
  const search: Search = {
    state,
    places: placesThatMatter(instance, limits.depth),
    trades: !equalShares(instance),
    tabu: new Int32Array(start.length * instance.capacities.length),
    work,
  }
  let best = snapshot(state)
  let bestExcess = state.excess
  let random = 1
  for (let step = 1; step <= STEPS_MAX && bestExcess > 0 && search.work > 0; step++) {
    random = (Math.imul(random, 1664525) + 1013904223) | 0
    const move = bestMove(search, step, bestExcess, random >>> 8)
    if (move === undefined) break
    const n = instance.capacities.length
    const until = step + TENURE + ((random >>> 5) & 7)
    search.tabu[move.vip * n + state.orders[move.vip][move.kind === 'exchange' ? move.from : 0]] = until
    if (move.kind === 'exchange') applyExchange(state, move.vip, move.from, move.to)
    else applyTrade(state, move.vip, move.other)
    if (state.excess < bestExcess) {
      bestExcess = state.excess
      best = snapshot(state)
    }
  }
  return { orders: best, excess: bestExcess }
}

interface Search {
  readonly state: SearchState
  /** Exchanges start within this many places. */
  readonly places: number
  readonly trades: boolean
  /** By VIP and balancer: the step until which the VIP does not return to it. */
  readonly tabu: Int32Array
  work: number
}

type Move =
  | { readonly kind: 'exchange'; readonly vip: number; readonly from: number; readonly to: number }
  | { readonly kind: 'trade'; readonly vip: number; readonly other: number }

/** The change that leaves the least excess among those of the VIPs on one link above its limit. */
function bestMove(search: Search, step: number, bestExcess: number, random: number): Move | undefined {
  const { state, tabu } = search
  const n = state.instance.capacities.length
  const vips = state.orders.length
  const cell = crowdedCell(state, random)
  if (cell < 0) return undefined
  const set = Math.floor(cell / n)
  let best: Move | undefined
  let bestDelta = Number.POSITIVE_INFINITY
  let ties = 0
  const isBetter = (delta: number, vip: number, to: number): boolean => {
    if (delta > bestDelta || (tabu[vip * n + to] > step && state.excess + delta >= bestExcess)) return false
    ties = delta === bestDelta ? ties + 1 : 1
    if (delta === bestDelta && random % ties !== 0) return false
    bestDelta = delta
    return true
  }
  for (let vip = 0; vip < vips; vip++) {
    if (state.owner[set * vips + vip] !== cell % n) continue
    search.work -= state.sets.length * search.places * n
    for (let from = 0; from < Math.min(search.places, n - 1); from++) {
      for (let to = from + 1; to < n; to++) {
        if (isBetter(exchangeDelta(state, vip, from, to), vip, state.orders[vip][to])) best = { kind: 'exchange', vip, from, to }
      }
    }
    if (!search.trades) continue
    search.work -= state.sets.length * vips
    for (let other = 0; other < vips; other++) {
      if (state.instance.shares[other] === state.instance.shares[vip]) continue
      if (isBetter(tradeDelta(state, vip, other), vip, state.orders[other][0])) best = { kind: 'trade', vip, other }
    }
  }
  return best
}

/** A link above its limit: the first one at or after a place that changes from step to step; −1 when there is none. */
function crowdedCell(state: SearchState, random: number): number {
  const cells = state.load.length
  const start = random % cells
  for (let i = 0; i < cells; i++) {
    const cell = start + i < cells ? start + i : start + i - cells
    if (state.load[cell] > state.limit[cell]) return cell
  }
  return -1
}

/** Later places than this are reached by no failure set. */
function placesThatMatter(instance: Instance, depth: number): number {
  let most = 1
  for (const set of instance.family.worst) most = Math.max(most, 1 + set.lost.length)
  return Math.min(most, depth)
}
