/**
 * The planning question as whole numbers only: what the constructions, the bound, the solver and the recount share.
 *
 * Shares and link capacities are integers without a common divisor, so loads are exact. A balancer's ratio is its
 * load over its capacity, one division of integers: equal ratios are equal doubles, and different ones differ as
 * long as share total × largest capacity stays below 2⁵⁰ (model.ts sees to it). Ratios are therefore compared
 * with < and ===, without tolerances. Tested in test/plan/loads.test.ts.
 */
import { assert } from '../base/assert.ts'
import type { FailureFamily } from './failures.ts'
import { failureFamily } from './failures.ts'

export interface Instance {
  /** Link capacity of each balancer, integers ≥ 1. */
  readonly capacities: readonly number[]
  /** Share of each VIP in the traffic, integers ≥ 1. */
  readonly shares: readonly number[]
  readonly family: FailureFamily
}

/** For each VIP all balancers, MASTER first: the order of its priorities. */
export type Orders = readonly (readonly number[])[]

export const EXACT_LIMIT = 2 ** 50

export function makeInstance(capacities: readonly number[], shares: readonly number[], family: FailureFamily): Instance {
  assert(capacities.length === family.balancers, 'makeInstance: one capacity a balancer')
  assert(shares.length > 0 && shares.every(s => Number.isInteger(s) && s > 0), 'makeInstance: shares are integers ≥ 1')
  assert(
    capacities.every(c => Number.isInteger(c) && c > 0),
    'makeInstance: capacities are integers ≥ 1',
  )
  assert(sum(shares) * Math.max(...capacities) < EXACT_LIMIT, 'makeInstance: numbers too large to compare exactly')
  return { capacities, shares, family }
}

/** n balancers of equal links, V equal VIPs, k losses. */
export const equalInstance = (balancers: number, vips: number, survive: number): Instance =>
  makeInstance(new Array(balancers).fill(1), new Array(vips).fill(1), failureFamily(balancers, survive))

export const withShares = (instance: Instance, shares: readonly number[]): Instance =>
  makeInstance(instance.capacities, shares, instance.family)
export const equalShares = (instance: Instance): boolean => instance.shares.every(s => s === instance.shares[0])
export const equalLinks = (instance: Instance): boolean => instance.capacities.every(c => c === instance.capacities[0])
export const hasGroups = (instance: Instance): boolean => instance.family.groups.length > 0
export const sum = (values: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

export function greatestCommonDivisor(values: readonly number[]): number {
  let out = 0
  for (let value of values) while (value !== 0) [out, value] = [value, out % value]
  return out
}

/**
 * The largest load each balancer may carry so that its ratio stays ≤ `ratio`: ⌊ratio × capacity⌋, corrected for the
 * last bit so that a limit made from load / capacity admits that very load.
 */
export const limitsAt = (ratio: number, capacities: readonly number[]): number[] =>
  capacities.map(capacity => {
    let load = Math.floor(ratio * capacity)
    while ((load + 1) / capacity <= ratio) load++
    while (load / capacity > ratio) load--
    return load
  })

/** The next ratio above `ratio` that any whole load can make. */
export const nextRatio = (ratio: number, capacities: readonly number[]): number =>
  Math.min(...limitsAt(ratio, capacities).map((load, b) => (load + 1) / capacities[b]))

/** The smallest ratio ≥ `ratio` that some whole load makes. */
export function ratioFrom(ratio: number, capacities: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY
  for (const capacity of capacities) {
    let load = Math.max(0, Math.floor(ratio * capacity) - 1)
    while (load / capacity < ratio) load++
    best = Math.min(best, load / capacity)
  }
  return best
}
