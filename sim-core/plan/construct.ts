/**
 * Plans made without a solver: MASTERs first, then one rank of backups after the other.
 *
 * Why rank by rank works (equal shares, no failure groups): in a set of k losses, a VIP whose first k balancers are
 * not exactly the lost ones is owned by one of them, and a VIP whose first k are exactly the lost ones may go to
 * anybody. So the (k+1)-th places of different failure sets do not meet, and only the first k places must be found so
 * that nobody is above its limit yet; filling up the rest then succeeds whenever the survivors' limits hold the total.
 * - k = 1: only MASTERs must be chosen, and ⌈V/(n−1)⌉ ≥ ⌈V/n⌉: the counting bound is always reached, worst link
 *   before and after at once.
 * - k = 2: only MASTERs and first backups; pairs.ts writes them down.
 * - k > 2: search.ts looks for the first k places.
 * With unequal shares or groups: pack.ts, or the search over whole orders.
 *
 * Tested in test/plan/construct.test.ts and by the table of optima (test/plan/table.test.ts).
 */
import { boundAfter, boundBefore, roomForFirstBackups } from './bound.ts'
import type { Instance, Orders } from './instance.ts'
import { equalLinks, equalShares, hasGroups, limitsAt, nextRatio } from './instance.ts'
import type { Recount } from './loads.ts'
import { recount } from './loads.ts'
import { packOrders } from './pack.ts'
import { writePairs } from './pairs.ts'
import { polish } from './polish.ts'
import { compareRecounts, isClose } from './objective.ts'
import { searchOrders } from './search.ts'
import { fillRank, fillTail } from './tail.ts'

/** How many ratios above the bound are tried with a search each. */
const RATIOS_TRIED = 6
/** Work of each search for the first places of three losses or more: more rarely finds more. */
const DEEP_WORK = 2e6
/** Work of each search over whole orders. */
const GENERAL_WORK = 8e6

export function construct(instance: Instance): Orders {
  if (hasGroups(instance) || !equalShares(instance)) return constructGeneral(instance)
  return constructRanked(instance)
}

/** Equal shares, no groups: MASTERs and k − 1 backups by search, the next by filling up, the tail evenly. */
function constructRanked(instance: Instance): Orders {
  let after = boundAfter(instance).ratio
  let prefixes = findPrefixes(instance, after, after)
  for (let tried = 1; prefixes === undefined && tried < RATIOS_TRIED; tried++) {
    after = nextRatio(after, instance.capacities)
    prefixes = findPrefixes(instance, after, after)
  }
  if (prefixes === undefined) return constructGeneral(instance)
  let before = boundBefore(instance, after).ratio
  for (let tried = 1; before < after && tried < RATIOS_TRIED; tried++) {
    const better = findPrefixes(instance, after, before)
    if (better !== undefined) {
      prefixes = better
      break
    }
    before = nextRatio(before, instance.capacities)
  }
  return finishPrefixes(instance, prefixes, after, Math.min(before, after))
}

/** From orders whose first k places respect the limits: even them out, fill up the rank that decides, then the tail. */
export function finishPrefixes(instance: Instance, prefixes: Orders, after: number, before: number): Orders {
  const k = instance.family.survive
  const limits = { after: limitsAt(after, instance.capacities), before: limitsAt(before, instance.capacities) }
  const polished = k === 0 ? prefixes : polish(instance, prefixes, { depth: k, ...limits })
  const decided = k === 0 ? polished.map(order => order.slice(0, 1)) : fillRank(instance, polished, k, limits.after)
  return fillTail(instance, decided)
}

/** Orders whose first k places keep every link at or below `after` (k losses) and `before` (none), if found; balanced MASTERs first. */
function findPrefixes(instance: Instance, after: number, before: number): Orders | undefined {
  const limits = { after: limitsAt(after, instance.capacities), before: limitsAt(Math.min(before, after), instance.capacities) }
  const masters = spreadMasters(instance, limits.before)
  if (masters === undefined) return undefined
  const cyclic = masters.map((master, v) => cyclicOrder(instance.capacities.length, master, v))
  const start =
    instance.family.survive > 2
      ? fillTail(
          instance,
          masters.map(master => [master]),
        )
      : cyclic
  if (instance.family.survive <= 1) return start
  const even = limits.before.map((_, b) => masters.filter(master => master === b).length * instance.shares[0])
  for (const most of [even, ...lopsided(instance, limits.before), limits.before]) {
    const found = findBackups(instance, start, { after: limits.after, before: most })
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Two losses, equal links: one balancer at the limit and the others below, fewest VIPs moved first. When balanced MASTERs leave no
 * room for backups, these move fewer VIPs in the worst failure set than any at the limit throughout.
 */
function lopsided(instance: Instance, limits: readonly number[]): number[][] {
  const unit = instance.shares[0]
  const vips = instance.shares.length
  if (instance.family.survive !== 2 || !equalLinks(instance)) return []
  const out: number[][] = []
  for (let rest = Math.floor(limits[0] / unit) - 1; rest >= 1 && limits[0] + (limits.length - 1) * rest * unit >= vips * unit; rest--) {
    out.unshift(limits.map((limit, b) => (b === 0 ? limit : rest * unit)))
  }
  return out
}

/** Two losses or more: written down when possible, else searched for. */
function findBackups(instance: Instance, start: Orders, limits: Limits): Orders | undefined {
  if (!roomForFirstBackups(instance, limits.after, limits.before)) return undefined
  const depth = instance.family.survive
  if (depth === 2) {
    const n = instance.capacities.length
    const inVips = (loads: readonly number[]): number[] => loads.map(load => Math.floor(load / instance.shares[0]))
    const pairs = writePairs({ vips: instance.shares.length, after: inVips(limits.after), masters: inVips(limits.before) })
    if (pairs !== undefined) return pairs.map(pair => [...pair, ...others(n, pair)])
  }
  const found = searchOrders(instance, start, { depth, ...limits }, depth > 2 ? DEEP_WORK : undefined)
  return found.excess === 0 ? found.orders : undefined
}

/** Load that each balancer may carry after any k losses and before. */
interface Limits {
  readonly after: readonly number[]
  readonly before: readonly number[]
}

/** A MASTER for each VIP, as even a number each as `limits` allow; undefined when they hold fewer than V. */
function spreadMasters(instance: Instance, limits: readonly number[]): number[] | undefined {
  const counts = new Array<number>(limits.length).fill(0)
  const unit = instance.shares[0]
  for (let v = 0; v < instance.shares.length; v++) {
    let best = -1
    for (let b = 0; b < counts.length; b++) {
      if ((counts[b] + 1) * unit > limits[b]) continue
      if (best < 0 || counts[b] < counts[best] || (counts[b] === counts[best] && roomier(limits, b, best))) best = b
    }
    if (best < 0) return undefined
    counts[best]++
  }
  const masters: number[] = []
  for (let round = 0; masters.length < instance.shares.length; round++) {
    for (let b = 0; b < counts.length; b++) if (counts[b] > round) masters.push(b)
  }
  return masters
}

const roomier = (limits: readonly number[], b: number, than: number): boolean => limits[b] > limits[than]

/** `master`, then the others cyclically, starting one further for each round of VIPs. */
function cyclicOrder(n: number, master: number, vip: number): number[] {
  const offset = n > 1 ? Math.floor(vip / n) % (n - 1) : 0
  const order = [master]
  for (let i = 0; i < n - 1; i++) order.push((master + 1 + ((offset + i) % (n - 1))) % n)
  return order
}

const others = (n: number, without: readonly number[]): number[] => Array.from({ length: n }, (_, b) => b).filter(b => !without.includes(b))

/**
 * Unequal shares or groups: a packed plan, then searches over whole orders towards ratios between the bound and the
 * plan in hand; first for the worst link after, then, with that kept, for the worst before.
 */
function constructGeneral(instance: Instance): Orders {
  const start = finish(instance, packOrders(instance))
  const after = lower(instance, { orders: start, count: recount(instance, start) }, 'worstAfter')
  return lower(instance, after, 'worstBefore').orders
}

interface Counted {
  readonly orders: Orders
  readonly count: Recount
}

function lower(instance: Instance, from: Counted, tier: 'worstAfter' | 'worstBefore'): Counted {
  let best = from
  const kept = from.count.worstAfter.ratio
  let low = tier === 'worstAfter' ? boundAfter(instance).ratio : boundBefore(instance, kept).ratio
  for (let tried = 0; tried < RATIOS_TRIED && !isClose(instance, best.count[tier].ratio, low); tried++) {
    const goal = tried === 0 ? low : (low + best.count[tier].ratio) / 2
    const before = limitsAt(goal, instance.capacities)
    const after = tier === 'worstAfter' ? before : limitsAt(kept, instance.capacities)
    const found = searchOrders(instance, best.orders, { depth: before.length, before, after }, GENERAL_WORK)
    const orders = finish(instance, found.orders)
    const count = recount(instance, orders)
    if (compareRecounts(instance, count, best.count) < 0) best = { orders, count }
    if (found.excess > 0) low = goal
  }
  return best
}

/** Cuts orders to the places that failure sets reach and fills up the rest evenly. */
const finish = (instance: Instance, orders: Orders): Orders =>
  fillTail(
    instance,
    orders.map(order => neededPlaces(instance, order)),
  )

/** The places of an order that some failure set of the family can reach. */
function neededPlaces(instance: Instance, order: readonly number[]): readonly number[] {
  let needed = 1
  for (const set of instance.family.all) needed = Math.max(needed, 1 + order.findIndex(b => set.down[b] === 0))
  return order.slice(0, needed)
}
