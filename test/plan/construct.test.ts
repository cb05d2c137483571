/** Goal: constructed plans keep what their module headers promise, over random clusters; every figure is recounted. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instance } from '../../sim-core/plan/index.ts'
import {
  boundAfter,
  boundBefore,
  constructPlan,
  equalInstance,
  evenBeforeAndAfter,
  failureFamily,
  failureMatrix,
  greatestCommonDivisor,
  makeInstance,
  recount,
  someSetKillsAll,
  sum,
} from '../../sim-core/plan/index.ts'

const reduce = (values: readonly number[]): number[] => values.map(v => v / greatestCommonDivisor(values))

const cluster = fc
  .record({
    capacities: fc.array(fc.constantFrom(1, 1, 1, 10, 25), { minLength: 2, maxLength: 6 }),
    shares: fc.oneof(
      fc.array(fc.constant(1), { minLength: 1, maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
    ),
    survive: fc.integer({ min: 0, max: 2 }),
    group: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
  })
  .map(({ capacities, shares, survive, group }) => {
    const members = group.filter(b => b < capacities.length).sort((a, b) => a - b)
    return { capacities: reduce(capacities), shares: reduce(shares), survive, groups: members.length > 1 ? [members] : [] }
  })
  .filter(({ capacities, survive, groups }) => survive < capacities.length && !someSetKillsAll(capacities.length, survive, groups))

const instanceFrom = (c: { capacities: number[]; shares: number[]; survive: number; groups: number[][] }): Instance =>
  makeInstance(c.capacities, c.shares, failureFamily(c.capacities.length, c.survive, c.groups))

describe('constructed plans', { timeout: 240_000 }, () => {
  it('no survivor is above the stated worst link in any failure set, and all of the traffic is carried', () => {
    fc.assert(
      fc.property(cluster, c => {
        const instance = instanceFrom(c)
        const plan = constructPlan(instance)
        for (const row of failureMatrix(instance, plan.orders)) {
          expect(sum(row.loads)).toBe(sum(c.shares))
          const worst = Math.max(...row.loads.map((load, b) => load / c.capacities[b]))
          expect(worst).toBeLessThanOrEqual(row.lost.length === 0 ? plan.before.ratio : plan.after.ratio)
          for (const lost of row.lost) expect(row.loads[lost]).toBe(0)
        }
        expect(plan.after.ratio).toBeGreaterThanOrEqual(plan.after.atLeast)
      }),
      { numRuns: 80 },
    )
  })

  it('the same question has the same answer', () => {
    fc.assert(
      fc.property(cluster, c => {
        expect(constructPlan(instanceFrom(c))).toEqual(constructPlan(instanceFrom(c)))
      }),
      { numRuns: 20 },
    )
  })

  it('one loss, equal VIPs, any links: the bounds before and after are both reached, always', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(1, 2, 5, 10, 25, 40), { minLength: 2, maxLength: 9 }),
        fc.integer({ min: 1, max: 60 }),
        (links, vips) => {
          const plan = constructPlan(makeInstance(reduce(links), new Array(vips).fill(1), failureFamily(links.length, 1)))
          expect([plan.after.optimal, plan.before.optimal]).toEqual([true, true])
        },
      ),
    )
  })

  it('two losses, equal VIPs, equal links: both bounds are reached, also beyond the table of optima', () => {
    for (let n = 9; n <= 14; n++) {
      for (let vips = 1; vips <= 3 * n; vips++) {
        const plan = constructPlan(equalInstance(n, vips, 2))
        expect([n, vips, plan.after.optimal, plan.before.optimal]).toEqual([n, vips, true, true])
      }
    }
  })

  it.each([
    [3, 1],
    [4, 1],
    [8, 1],
    [3, 2],
    [5, 2],
    [8, 2],
  ])('%i balancers, %i losses: lcm(n, …, n−k) VIPs are even before and after every loss', (n, k) => {
    const instance = equalInstance(n, evenBeforeAndAfter(n, k), k)
    expect(recount(instance, constructPlan(instance).orders)).toMatchObject({ evenBefore: true, evenAfter: true })
  })

  it('adding a balancer never makes the bound worse', () => {
    fc.assert(
      fc.property(cluster, fc.constantFrom(1, 10, 25), (c, link) => {
        const larger = { ...c, capacities: [...c.capacities, link] }
        const [now, then] = [instanceFrom(c), instanceFrom(larger)]
        expect(boundAfter(then).ratio).toBeLessThanOrEqual(boundAfter(now).ratio)
      }),
    )
  })

  it('further losses are spread too: after one more than asked, no survivor inherits everything', () => {
    const instance = equalInstance(6, 30, 1)
    const two = { ...instance, family: failureFamily(6, 2) }
    expect(recount(two, constructPlan(instance).orders).worstAfter.load).toBeLessThanOrEqual(boundAfter(two).ratio + 1)
  })

  it('a group is treated as one loss: racks of two, each VIP backed up in the other rack', () => {
    const instance = makeInstance(
      [1, 1, 1, 1],
      new Array(8).fill(1),
      failureFamily(4, 1, [
        [0, 1],
        [2, 3],
      ]),
    )
    const plan = constructPlan(instance)
    expect(plan.after).toMatchObject({ ratio: 4, optimal: true })
    expect(plan.before).toMatchObject({ ratio: 2, optimal: true })
  })

  it('bounds hold on the plan itself', () => {
    fc.assert(
      fc.property(cluster, c => {
        const instance = instanceFrom(c)
        const plan = constructPlan(instance)
        expect(boundBefore(instance, plan.after.ratio).ratio).toBeLessThanOrEqual(plan.before.ratio)
        expect(plan.moved.vips).toBeGreaterThanOrEqual(plan.moved.atLeast ?? 0)
      }),
      { numRuns: 60 },
    )
  })
})
