/**
 * What no plan can beat: lower bounds on the worst link, with the argument in words.
 *
 * Counting. After k losses the n − k survivors carry all V equal VIPs in whole VIPs, so one of them carries at least
 * ⌈V/(n−k)⌉. With unequal links or shares: the smallest ratio ρ at which Σ ⌊ρ·cₕ⌋ over the survivors holds the
 * total, for every failure set.
 *
 * First backups (two losses or more, equal shares). Let m be the VIPs of which balancer x is MASTER, and u ≥ v the
 * most and second most that any MASTER leaves to x as first backup. Losing those two leaves x with m + u + v, so
 * m + u + v ≤ L, its limit. All V VIPs have a first backup, and x is first backup of at most u + (n−2)·v; so the
 * limits must leave room for Σ m ≥ V and Σ (u + (n−2)·v) ≥ V at once. For equal links this refuses L = 1 as soon as
 * V > n/2 (5 balancers, 3 VIPs, 2 losses: 2/3 of the traffic, not 1/3) and nothing else: construct.ts reaches it.
 * For k > 2, lose k − 2 balancers first and apply it to the rest.
 *
 * Largest shares. The j·m + 1 largest VIPs on m survivors put j + 1 of them on one.
 *
 * Tested in test/plan/bound.test.ts against exhaustive enumeration and the solver.
 */
import type { FailureSet } from './failures.ts'
import type { Instance } from './instance.ts'
import { equalLinks, equalShares, hasGroups, limitsAt, nextRatio, ratioFrom, sum } from './instance.ts'

export interface Bound {
  /** No plan's worst link has a smaller load over capacity. */
  readonly ratio: number
  readonly by: 'counting' | 'first-backups' | 'largest-shares'
  /** The reasoning, a sentence each. */
  readonly argument: readonly string[]
}

/** The bound on the worst link after any k losses. */
export function boundAfter(instance: Instance): Bound {
  const counting = countingRatio(instance, instance.family.worst)
  let best: Bound = { ratio: counting, by: 'counting', argument: countingArgument(instance, counting) }
  if (!equalShares(instance)) {
    const packed = largestShares(instance, instance.family.worst)
    if (packed.ratio > best.ratio) best = packed
  }
  if (appliesFirstBackups(instance)) {
    const fits = fitsAt(instance)
    let ratio = best.ratio
    while (!fits(ratio, ratio)) ratio = nextRatio(ratio, instance.capacities)
    if (ratio > best.ratio) best = { ratio, by: 'first-backups', argument: firstBackupsArgument(instance, best, ratio) }
  }
  return best
}

/** The bound on the worst link while all live, for plans that keep every link ≤ `after` after any k losses. */
export function boundBefore(instance: Instance, after: number): Bound {
  const everybody: FailureSet[] = [{ lost: [], down: new Uint8Array(instance.capacities.length) }]
  const counting = countingRatio(instance, everybody)
  let best: Bound = {
    ratio: counting,
    by: 'counting',
    argument: [
      equalShares(instance) && equalLinks(instance)
        ? `while all live the links carry the whole traffic, so one carries at least ${counting / instance.shares[0]} of ${instance.shares.length} VIPs`
        : `while all live the links carry the whole traffic; ${sharesText(instance, counting)}`,
    ],
  }
  if (!equalShares(instance)) {
    const packed = largestShares(instance, everybody)
    if (packed.ratio > best.ratio) best = packed
  }
  if (appliesFirstBackups(instance) && instance.family.survive === 2) {
    const fits = fitsAt(instance)
    let ratio = best.ratio
    while (ratio < after && !fits(after, ratio)) ratio = nextRatio(ratio, instance.capacities)
    const why = 'first backups need room: a balancer that is MASTER of fewer VIPs can inherit from two others'
    if (ratio > best.ratio) best = { ratio, by: 'first-backups', argument: [why] }
  }
  return best
}

/**
 * The fewest VIPs that any plan within the two ratios can move in its worst failure set; undefined with groups. The
 * k balancers that are MASTER of most VIPs are lost at once. Two losses and equal links: one balancer then holds the
 * worst link before, and every other at most the rest of those moved, which must leave room for first backups.
 */
export function boundMoved(instance: Instance, after: number, before: number): number | undefined {
  if (hasGroups(instance)) return undefined
  const n = instance.capacities.length
  const vips = instance.shares.length
  const k = instance.family.survive
  let moved = k * Math.floor(vips / n) + Math.min(k, vips % n)
  if (k !== 2 || !equalShares(instance) || !equalLinks(instance)) return moved
  const unit = instance.shares[0]
  const most = Math.floor(limitsAt(before, instance.capacities)[0] / unit)
  const limits = limitsAt(after, instance.capacities)
  const masters = (rest: number): number[] => limits.map((_, b) => unit * (b === 0 ? most : Math.min(most, rest)))
  while (moved < 2 * most && !roomForFirstBackups(instance, limits, masters(Math.max(0, moved - most)))) moved++
  return moved
}

/** The smallest ratio at which the whole loads of the survivors of every set can hold the total. */
function countingRatio(instance: Instance, sets: readonly FailureSet[]): number {
  const { capacities } = instance
  const total = sum(instance.shares)
  const unit = equalShares(instance) ? instance.shares[0] : 1
  let ratio = 0
  for (const set of sets) {
    const alive = capacities.filter((_, b) => set.down[b] === 0)
    if (alive.length > 0 && total / sum(alive) > ratio) ratio = total / sum(alive)
  }
  if (ratio * Math.max(...capacities) > INTEGRAL_MAX * unit) return ratio
  ratio = ratioFrom(ratio, capacities)
  const holds = (limits: readonly number[]): boolean =>
    sets.every(set => limits.reduce((room, load, b) => room + (set.down[b] === 0 ? load - (load % unit) : 0), 0) >= total)
  while (!holds(limitsAt(ratio, capacities))) ratio = nextRatio(ratio, capacities)
  return ratio
}

/** Beyond this many units of load on a link, rounding to whole units no longer matters. */
const INTEGRAL_MAX = 20_000

function largestShares(instance: Instance, sets: readonly FailureSet[]): Bound {
  const shares = [...instance.shares].sort((a, b) => b - a)
  let best = { ratio: 0, survivors: 0, together: 0 }
  for (const set of sets) {
    const alive = instance.capacities.filter((_, b) => set.down[b] === 0)
    for (let j = 0; j * alive.length < shares.length; j++) {
      const last = j * alive.length
      const ratio = sum(shares.slice(last - j, last + 1)) / Math.max(...alive)
      if (ratio > best.ratio) best = { ratio, survivors: alive.length, together: j + 1 }
    }
  }
  const { survivors, together } = best
  const why =
    together === 1
      ? 'the VIP of the largest share is on some link whole'
      : `of the ${(together - 1) * survivors + 1} largest VIPs, ${together} are together on one of the ${survivors} survivors`
  return { ratio: best.ratio, by: 'largest-shares', argument: [why] }
}

const appliesFirstBackups = (instance: Instance): boolean => instance.family.survive >= 2 && !hasGroups(instance) && equalShares(instance)

const fitsAt =
  (instance: Instance) =>
  (after: number, before: number): boolean =>
    roomForFirstBackups(instance, limitsAt(after, instance.capacities), limitsAt(before, instance.capacities))

/**
 * Whether the loads that each balancer may carry after any two losses and before leave room for MASTERs and first
 * backups together: the most first backups that fit while at least V MASTERs do, by dynamic programming over the
 * balancers. True where the argument does not apply; for k > 2 the largest k − 2 links are taken as lost.
 */
export function roomForFirstBackups(instance: Instance, after: readonly number[], before: readonly number[]): boolean {
  if (!appliesFirstBackups(instance)) return true
  const vips = instance.shares.length
  const unit = instance.shares[0]
  const surely = instance.family.survive - 2
  const kept = after.map((_, b) => b).sort((a, b) => after[a] - after[b])
  kept.length -= surely
  const limits = kept.map(b => Math.floor(after[b] / unit))
  // With balancers already lost, what the others held before says nothing about what they hold now.
  const masters = kept.map((b, i) => (surely > 0 ? limits[i] : Math.min(limits[i], Math.floor(before[b] / unit))))
  const spare = sum(masters) - vips
  if (spare < 0) return false
  let most = new Float64Array(spare + 1)
  for (let i = 0; i < kept.length; i++) {
    const next = new Float64Array(spare + 1)
    for (let inherits = 0; inherits <= limits[i]; inherits++) {
      const given = Math.max(0, masters[i] - (limits[i] - inherits))
      const gain = Math.ceil(inherits / 2) + (kept.length - 2) * Math.floor(inherits / 2)
      for (let s = given; s <= spare; s++) next[s] = Math.max(next[s], most[s - given] + gain)
    }
    most = next
  }
  return most[spare] >= vips
}

/** What a ratio means in shares, for sentences. */
const sharesText = (instance: Instance, ratio: number): string =>
  equalLinks(instance)
    ? `shared as well as whole VIPs allow, one carries at least ${ratio} of ${sum(instance.shares)} shares`
    : 'this is what sharing them as well as whole VIPs allow comes to'

function countingArgument(instance: Instance, ratio: number): string[] {
  const n = instance.capacities.length
  const k = instance.family.survive
  const vips = instance.shares.length
  if (!equalShares(instance) || !equalLinks(instance) || hasGroups(instance)) {
    return [`after ${k} ${k === 1 ? 'loss' : 'losses'} the survivors' links carry the whole traffic; ${sharesText(instance, ratio)}`]
  }
  const most = Math.ceil(vips / (n - k))
  return [
    `after ${k} ${k === 1 ? 'loss' : 'losses'} ${n - k} balancers carry ${vips} equal VIPs`,
    `VIPs are whole, so one of the ${n - k} carries at least ⌈${vips}/${n - k}⌉ = ${most} of ${vips}: ⌈V/(n−k)⌉/V of the traffic`,
  ]
}

function firstBackupsArgument(instance: Instance, counting: Bound, ratio: number): string[] {
  return [
    ...counting.argument,
    'a balancer that is MASTER of m VIPs, and first backup for u and v VIPs of two others, carries m + u + v when both are lost',
    'every VIP needs a first backup, and a balancer is first backup of at most u + (n−2)·v VIPs',
    `no numbers m, u, v per balancer satisfy both below a worst link of ${ratio}${equalLinks(instance) ? ` (VIPs on one link: ${ratio / instance.shares[0]})` : ''}`,
  ]
}
