/**
 * A first plan when shares are unequal or balancers die in groups.
 *
 * Any k or groups: MASTERs by largest share first, each to the balancer with most room; tail.ts adds the backups.
 *
 * One loss, no groups: a lost balancer's few large VIPs must fit into what the others have left, and if all are
 * equally full there is room nowhere for a whole VIP. So some balancers (the light ones) are filled less and inherit,
 * the rest are filled to the ratio aimed at. Every number of light balancers and a few ratios above the bound are
 * tried; the objective picks. Tested in test/plan/construct.test.ts.
 */
import { boundAfter } from './bound.ts'
import type { Instance, Orders } from './instance.ts'
import { hasGroups, sum } from './instance.ts'
import { levelAbove } from './objective.ts'

const RATIOS_ABOVE_BOUND = [0, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5]
const SWAPS_MAX = 400

/** Orders of one place (MASTER) or two (MASTER, first backup). */
export function packOrders(instance: Instance): Orders {
  const byShare = instance.shares.map((_, v) => v).sort((a, b) => instance.shares[b] - instance.shares[a] || a - b)
  if (instance.family.survive !== 1 || hasGroups(instance) || instance.capacities.length < 3) {
    return packMasters(instance, byShare, evenTargets(instance)).map(master => [master])
  }
  return packLight(instance, byShare)
}

interface Packed {
  readonly orders: number[][]
  readonly after: number
  readonly before: number
  readonly idle: number
}

function packLight(instance: Instance, byShare: readonly number[]): Orders {
  const n = instance.capacities.length
  const bound = boundAfter(instance).ratio
  let best: Packed | undefined
  for (let light = 1; light <= n; light = light === n ? n + 1 : Math.min(n, Math.ceil(light * 1.4 + 0.5))) {
    for (const above of RATIOS_ABOVE_BOUND) {
      const targets = lightTargets(instance, light, bound * (1 + above))
      const packed = withHeirs(instance, byShare, packMasters(instance, byShare, targets), bound * (1 + above))
      if (best === undefined || isBetter(packed, best, bound)) best = packed
    }
  }
  return best === undefined ? packMasters(instance, byShare, evenTargets(instance)).map(master => [master]) : best.orders
}

function isBetter(a: Packed, b: Packed, bound: number): boolean {
  const after = levelAbove(bound, a.after) - levelAbove(bound, b.after)
  const before = levelAbove(bound, a.before) - levelAbove(bound, b.before)
  return (after || before || a.idle - b.idle || a.after - b.after) < 0
}

const evenTargets = (instance: Instance): number[] => {
  const ratio = sum(instance.shares) / sum(instance.capacities)
  return instance.capacities.map(capacity => ratio * capacity)
}

/** Loads to fill up to: `ratio` for most, less for the `light` largest links, which together keep all the room there is. */
function lightTargets(instance: Instance, light: number, ratio: number): number[] {
  const chosen = instance.capacities
    .map((_, b) => b)
    .sort((a, b) => instance.capacities[b] - instance.capacities[a] || b - a)
    .slice(0, light)
  const room = ratio * sum(instance.capacities) - sum(instance.shares)
  const lightRoom = ratio * sum(chosen.map(b => instance.capacities[b]))
  const left = Math.max(0, 1 - room / lightRoom)
  const others = (sum(instance.shares) - left * lightRoom) / (sum(instance.capacities) - lightRoom / ratio)
  return instance.capacities.map((capacity, b) => capacity * (chosen.includes(b) ? left * ratio : Math.min(ratio, others)))
}

/** Largest share first to the balancer with most left of its target, then exchanges that lower the largest surplus. */
function packMasters(instance: Instance, byShare: readonly number[], targets: readonly number[]): number[] {
  const left = Array.from(targets)
  const masters = new Array<number>(byShare.length).fill(0)
  for (const v of byShare) {
    let best = 0
    for (let b = 1; b < left.length; b++) if (left[b] > left[best]) best = b
    masters[v] = best
    left[best] -= instance.shares[v]
  }
  for (let swap = 0; swap < SWAPS_MAX; swap++) if (!levelOut(instance, masters, left)) break
  return masters
}

/** Moves a VIP off the fullest balancer, or exchanges it for a smaller one, if that lowers the larger surplus of the two. */
function levelOut(instance: Instance, masters: number[], left: number[]): boolean {
  let full = 0
  for (let b = 1; b < left.length; b++) if (left[b] < left[full]) full = b
  let best = { gain: 0, v: -1, w: -1, to: -1 }
  for (let v = 0; v < masters.length; v++) {
    if (masters[v] !== full) continue
    const consider = (to: number, w: number): void => {
      const shift = instance.shares[v] - (w < 0 ? 0 : instance.shares[w])
      const gain = Math.min(left[full] + shift, left[to] - shift) - left[full]
      if (shift > 0 && gain > best.gain) best = { gain, v, w, to }
    }
    for (let to = 0; to < left.length; to++) if (to !== full) consider(to, -1)
    for (let w = 0; w < masters.length; w++) if (masters[w] !== full) consider(masters[w], w)
  }
  if (best.v < 0) return false
  const shift = instance.shares[best.v] - (best.w < 0 ? 0 : instance.shares[best.w])
  masters[best.v] = best.to
  if (best.w >= 0) masters[best.w] = full
  left[full] += shift
  left[best.to] -= shift
  return true
}

/** First backups: each balancer's VIPs, largest first, to the survivor with most room below `ratio`. */
function withHeirs(instance: Instance, byShare: readonly number[], masters: readonly number[], ratio: number): Packed {
  const n = instance.capacities.length
  const loads = new Array<number>(n).fill(0)
  for (let v = 0; v < masters.length; v++) loads[masters[v]] += instance.shares[v]
  const orders = masters.map(master => [master])
  let after = 0
  for (let lost = 0; lost < n; lost++) {
    const carried = Array.from(loads)
    for (const v of byShare) {
      if (masters[v] !== lost) continue
      let best = -1
      const room = (b: number): number => ratio * instance.capacities[b] - carried[b]
      for (let b = 0; b < n; b++) if (b !== lost && (best < 0 || room(b) > room(best))) best = b
      carried[best] += instance.shares[v]
      orders[v].push(best)
    }
    for (let b = 0; b < n; b++) if (b !== lost) after = Math.max(after, carried[b] / instance.capacities[b])
  }
  const before = Math.max(...loads.map((load, b) => load / instance.capacities[b]))
  return { orders, after, before, idle: loads.filter(load => load === 0).length }
}
