/**
 * Resolvers do not split evenly: how likely is a link to be overloaded by a plan that fits on average?
 *
 * DNS hands out every VIP equally often, but to resolvers, and a resolver stands for one client or for a whole
 * provider. A draw sends each of `resolvers` resolvers to one VIP, all equally likely; the r-th largest resolver
 * weighs r^−zipf (0: all alike; 1: the usual heavy tail). The VIPs' shares follow, and the plan's worst link before and
 * after any k losses is counted with them. Randomness comes from the generator passed in, so a seed repeats it.
 * Tested in test/plan/skew.test.ts.
 */
import { assert } from '../base/assert.ts'
import { pow } from '../base/math.ts'
import type { Orders } from './instance.ts'
import { ownerOf } from './loads.ts'
import type { PlanModel } from './model.ts'

export interface SkewOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly draws?: number
  readonly resolvers?: number
  readonly zipf?: number
}

export interface Probability {
  readonly estimate: number
  /** 95 % confidence interval (Wilson's score interval). */
  readonly low: number
  readonly high: number
}

export interface Skew {
  readonly draws: number
  readonly resolvers: number
  readonly zipf: number
  /** That some link exceeds the limit while all live. */
  readonly overloadBefore: Probability
  /** That some link exceeds the limit in the worst set of k losses. */
  readonly overloadAfter: Probability
  /** Worst link after k losses, utilisation of the wire: median, 95th and 99th percentile over the draws. */
  readonly worstAfter: { readonly p50: number; readonly p95: number; readonly p99: number }
}

const DRAWS = 2_000
const RESOLVERS = 1_000

export function skew(model: PlanModel, orders: Orders, options: SkewOptions): Skew {
  const { random, draws = DRAWS, resolvers = RESOLVERS, zipf = 1 } = options
  assert(draws > 0 && resolvers > 0 && orders.length > 0, 'skew: needs draws, resolvers and VIPs')
  const weights = Float64Array.from({ length: resolvers }, (_, r) => 1 / pow(r + 1, zipf))
  const total = weights.reduce((all, w) => all + w, 0)
  const everybody = [new Uint8Array(model.names.length)]
  const before = ownersOf(orders, everybody)
  const after =
    model.family.survive === 0
      ? before
      : ownersOf(
          orders,
          model.family.worst.map(set => set.down),
        )
  const links = model.capacities.map(capacity => (capacity * model.capacityUnitBps * total) / model.trafficWireBps)
  const shares = new Float64Array(orders.length)
  const worst: number[] = []
  let overBefore = 0
  let overAfter = 0
  for (let draw = 0; draw < draws; draw++) {
    shares.fill(0)
    for (let r = 0; r < resolvers; r++) shares[Math.floor(random() * orders.length)] += weights[r]
    const busiest = worstLink(after, shares, links)
    if (worstLink(before, shares, links) > model.limit) overBefore++
    if (busiest > model.limit) overAfter++
    worst.push(busiest)
  }
  worst.sort((a, b) => a - b)
  const percentile = (p: number): number => worst[Math.min(draws - 1, Math.ceil(p * draws) - 1)]
  return {
    draws,
    resolvers,
    zipf,
    overloadBefore: wilson(overBefore, draws),
    overloadAfter: wilson(overAfter, draws),
    worstAfter: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
  }
}

/** The normal distribution's 97.5 % point. */
const Z95 = 1.959963984540054

/** Wilson's score interval for `hits` of `trials`: stays within 0 … 1 and is not empty at 0 hits. */
export function wilson(hits: number, trials: number): Probability {
  const p = hits / trials
  const z2 = (Z95 * Z95) / trials
  const centre = (p + z2 / 2) / (1 + z2)
  const half = (Z95 * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials))) / (1 + z2)
  return { estimate: p, low: hits === 0 ? 0 : centre - half, high: hits === trials ? 1 : centre + half }
}

const ownersOf = (orders: Orders, sets: readonly Uint8Array[]): Int32Array[] =>
  sets.map(down => Int32Array.from(orders, order => ownerOf(order, down)))

function worstLink(owners: readonly Int32Array[], shares: Float64Array, links: readonly number[]): number {
  const loads = new Float64Array(links.length)
  let worst = 0
  for (const set of owners) {
    loads.fill(0)
    for (let v = 0; v < shares.length; v++) loads[set[v]] += shares[v]
    for (let b = 0; b < links.length; b++) worst = Math.max(worst, loads[b] / links[b])
  }
  return worst
}
