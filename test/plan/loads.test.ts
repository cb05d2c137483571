/**
 * Goal: the recount says what a person counts by hand. The coursework's clusters: three and four VIPs on b1, b2, b3.
 */
import { describe, expect, it } from 'vitest'
import {
  equalInstance,
  failureFamily,
  failureMatrix,
  limitsAt,
  makeInstance,
  nextRatio,
  ratioFrom,
  recount,
} from '../../sim-core/plan/index.ts'

const [B1, B2, B3] = [0, 1, 2]

describe('recount', () => {
  it("the first answer's three VIPs put two on one survivor, whoever is lost", () => {
    const count = recount(equalInstance(3, 3, 1), [
      [B1, B2, B3],
      [B2, B1, B3],
      [B3, B2, B1],
    ])
    expect(count.worstBefore).toMatchObject({ load: 1 })
    expect(count.worstAfter).toEqual({ ratio: 2, load: 2, balancer: B2, lost: [B1] })
    expect(count).toMatchObject({ idle: [], moved: 1, evenBefore: true, evenAfter: false })
  })

  it('four VIPs in the right orders leave no survivor above two', () => {
    const count = recount(equalInstance(3, 4, 1), [
      [B1, B2, B3],
      [B1, B3, B2],
      [B2, B3, B1],
      [B3, B2, B1],
    ])
    expect(count.worstAfter.load).toBe(2)
    expect(count).toMatchObject({ idle: [], moved: 2, heirMax: 1, evenBefore: false })
  })

  it('four VIPs in wrong orders put three on one, even though each balancer owns a VIP', () => {
    const count = recount(equalInstance(3, 4, 1), [
      [B1, B2, B3],
      [B1, B2, B3],
      [B2, B3, B1],
      [B3, B2, B1],
    ])
    expect(count.worstAfter).toMatchObject({ load: 3, balancer: B2, lost: [B1] })
  })

  it('all six orders are even before and after', () => {
    const orders = [
      [B1, B2, B3],
      [B1, B3, B2],
      [B2, B1, B3],
      [B2, B3, B1],
      [B3, B1, B2],
      [B3, B2, B1],
    ]
    expect(recount(equalInstance(3, 6, 1), orders)).toMatchObject({ evenBefore: true, evenAfter: true, spread: 6, worstAfter: { load: 3 } })
  })

  it('weighs loads by shares and by links', () => {
    const instance = makeInstance([1, 10], [3, 2], failureFamily(2, 1))
    const count = recount(instance, [
      [1, 0],
      [0, 1],
    ])
    expect(count.before).toEqual([2, 3])
    expect(count.worstBefore).toMatchObject({ balancer: 0, ratio: 2 })
    expect(count.worstAfter).toMatchObject({ balancer: 0, ratio: 5, lost: [1] })
  })

  it('refuses orders that are no permutations: that would be our bug', () => {
    expect(() => recount(equalInstance(3, 1, 1), [[0, 0, 1]])).toThrow('permutation')
  })

  it('the matrix names the owner of every VIP in every set, none first', () => {
    const matrix = failureMatrix(equalInstance(3, 2, 1), [
      [B1, B2, B3],
      [B2, B3, B1],
    ])
    expect(matrix.map(row => row.owners)).toEqual([
      [B1, B2],
      [B2, B2],
      [B1, B3],
      [B1, B2],
    ])
  })
})

describe('ratios of whole loads', () => {
  it('a limit made of load / capacity admits that load, for every load and capacity', () => {
    for (let capacity = 1; capacity <= 120; capacity++) {
      for (let load = 0; load <= 120; load++) expect(limitsAt(load / capacity, [capacity])).toEqual([load])
    }
  })

  it('the next ratio is the nearest that any balancer can make', () => {
    expect(nextRatio(0.5, [2, 3])).toBe(2 / 3)
    expect(nextRatio(2 / 3, [2, 3])).toBe(1)
    expect(ratioFrom(0.6, [2, 3])).toBe(2 / 3)
    expect(ratioFrom(0.5, [2, 3])).toBe(0.5)
  })
})
