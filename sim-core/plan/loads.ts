/**
 * What a plan really does: every load under every failure set, counted with integers by walking every order.
 *
 * Deliberately the plain way (no tables, no deltas), because every answer of the constructions and of the solver is
 * recounted here before anybody sees it. Tested in test/plan/loads.test.ts.
 */
import { assert } from '../base/assert.ts'
import type { FailureSet } from './failures.ts'
import type { Instance, Orders } from './instance.ts'

export interface WorstLink {
  /** Load over capacity, in share units per capacity unit. */
  readonly ratio: number
  readonly load: number
  readonly balancer: number
  readonly lost: readonly number[]
}

export interface Recount {
  /** Share units that each balancer carries while all live. */
  readonly before: readonly number[]
  readonly worstBefore: WorstLink
  /** Over every set of at most k losses. */
  readonly worstAfter: WorstLink
  /** Balancers that are MASTER of nothing while all live. */
  readonly idle: readonly number[]
  /** Most VIPs that any failure set moves to another balancer. */
  readonly moved: number
  /** Σ over (MASTER, first backup) of count²: smallest when what a lost balancer leaves is spread over the others. */
  readonly spread: number
  /** Most VIPs that one balancer leaves to a single first backup. */
  readonly heirMax: number
  /** All ratios equal while all live. */
  readonly evenBefore: boolean
  /** All survivors' ratios equal in every failure set. */
  readonly evenAfter: boolean
}

/** The first of `order` that lives. */
export function ownerOf(order: readonly number[], down: Uint8Array): number {
  for (const balancer of order) if (down[balancer] === 0) return balancer
  return -1
}

export function loadsUnder(instance: Instance, orders: Orders, down: Uint8Array): number[] {
  const loads = new Array<number>(instance.capacities.length).fill(0)
  for (let v = 0; v < orders.length; v++) {
    const owner = ownerOf(orders[v], down)
    assert(owner >= 0, 'loadsUnder: nobody is left')
    loads[owner] += instance.shares[v]
  }
  return loads
}

export function worstOf(instance: Instance, loads: readonly number[], set: FailureSet): WorstLink {
  let worst: WorstLink = { ratio: -1, load: 0, balancer: -1, lost: set.lost }
  for (let b = 0; b < loads.length; b++) {
    const ratio = loads[b] / instance.capacities[b]
    if (set.down[b] === 0 && ratio > worst.ratio) worst = { ratio, load: loads[b], balancer: b, lost: set.lost }
  }
  return worst
}

export function recount(instance: Instance, orders: Orders): Recount {
  assertOrders(instance, orders)
  const none: FailureSet = { lost: [], down: new Uint8Array(instance.capacities.length) }
  const before = loadsUnder(instance, orders, none.down)
  const worstBefore = worstOf(instance, before, none)
  let worstAfter = worstBefore
  let evenAfter = true
  let moved = 0
  for (const set of instance.family.all) {
    const loads = loadsUnder(instance, orders, set.down)
    const worst = worstOf(instance, loads, set)
    if (worst.ratio > worstAfter.ratio || (worst.ratio === worstAfter.ratio && worstAfter.lost.length === 0)) worstAfter = worst
    evenAfter = evenAfter && isEven(instance, loads, set)
    moved = Math.max(moved, orders.filter(order => set.down[order[0]] === 1).length)
  }
  const masters = orders.map(order => order[0])
  const idle = before.flatMap((_, b) => (masters.includes(b) ? [] : [b]))
  return {
    before,
    worstBefore,
    worstAfter,
    idle,
    moved,
    ...spreadOf(instance, orders),
    evenBefore: isEven(instance, before, none),
    evenAfter,
  }
}

export interface MatrixRow {
  readonly lost: readonly number[]
  /** The owner of each VIP. */
  readonly owners: readonly number[]
  /** Share units of each balancer; 0 for those lost. */
  readonly loads: readonly number[]
}

/** Who owns what and carries how much, before any loss and in every failure set. */
export function failureMatrix(instance: Instance, orders: Orders): MatrixRow[] {
  const none = new Uint8Array(instance.capacities.length)
  return [{ lost: [], down: none }, ...instance.family.all].map(set => ({
    lost: set.lost,
    owners: orders.map(order => ownerOf(order, set.down)),
    loads: loadsUnder(instance, orders, set.down),
  }))
}

function isEven(instance: Instance, loads: readonly number[], set: FailureSet): boolean {
  const ratios = loads.map((load, b) => load / instance.capacities[b]).filter((_, b) => set.down[b] === 0)
  return ratios.every(ratio => ratio === ratios[0])
}

function spreadOf(instance: Instance, orders: Orders): { spread: number; heirMax: number } {
  const n = instance.capacities.length
  const heirs = new Array<number>(n * n).fill(0)
  if (n > 1) for (const order of orders) heirs[order[0] * n + order[1]]++
  return { spread: heirs.reduce((total, count) => total + count * count, 0), heirMax: Math.max(...heirs) }
}

function assertOrders(instance: Instance, orders: Orders): void {
  const n = instance.capacities.length
  assert(orders.length === instance.shares.length, 'recount: one order a VIP')
  for (const order of orders) {
    assert(
      order.length === n && new Set(order).size === n && order.every(b => Number.isInteger(b) && b >= 0 && b < n),
      'recount: an order is a permutation',
    )
  }
}
