/** Goal: the bounds never exceed what exhaustive enumeration reaches, and say the known values. */
import { describe, expect, it } from 'vitest'
import { boundAfter, boundBefore, boundMoved, equalInstance, failureFamily, makeInstance } from '../../sim-core/plan/index.ts'
import { mostVips } from './exhaustive.ts'

describe('the bound on the worst link after k losses', () => {
  it.each([
    [3, 1, 1, 1],
    [3, 1, 2, 1],
    [3, 1, 3, 2],
    [3, 1, 4, 2],
    [3, 1, 6, 3],
    [20, 1, 60, 4],
    [12, 2, 36, 4],
    [40, 1, 400, 11],
  ])('%i balancers, %i losses, %i VIPs: ⌈V/(n−k)⌉ = %i', (n, k, vips, expected) => {
    expect(boundAfter(equalInstance(n, vips, k))).toMatchObject({ ratio: expected, by: 'counting' })
  })

  it.each([
    [5, 2, 3],
    [6, 2, 4],
    [7, 2, 5],
    [6, 3, 3],
    [7, 4, 3],
  ])('%i balancers, %i losses, %i VIPs: 2, though counting says 1', (n, k, vips) => {
    expect(boundAfter(equalInstance(n, vips, k))).toMatchObject({ ratio: 2, by: 'first-backups' })
  })

  it('unequal links: 10G, 10G and 1G with 12 VIPs; losing a 10G leaves 11 units for 12 VIPs, whole: 11 and 1, so 1.1', () => {
    // ρ = 12/11 would need ⌊10.9⌋ + ⌊1.09⌋ = 11 places; the next whole load is 11/10.
    expect(boundAfter(makeInstance([10, 10, 1], new Array(12).fill(1), failureFamily(3, 1))).ratio).toBe(1.1)
  })

  it('unequal shares: the largest VIP is on some link whole', () => {
    expect(boundAfter(makeInstance([1, 1, 1], [7, 1, 1], failureFamily(3, 1)))).toMatchObject({ ratio: 7, by: 'largest-shares' })
  })

  it('unequal shares: of three large VIPs two meet on one of two survivors', () => {
    expect(boundAfter(makeInstance([1, 1, 1], [5, 4, 4], failureFamily(3, 1)))).toMatchObject({ ratio: 8, by: 'largest-shares' })
  })

  it('groups: with b1 and b2 in one rack, one survivor carries all', () => {
    expect(boundAfter(makeInstance([1, 1, 1], [1, 1, 1, 1], failureFamily(3, 1, [[0, 1]]))).ratio).toBe(4)
  })

  it('gives its reasons', () => {
    expect(boundAfter(equalInstance(3, 4, 1)).argument.join('\n')).toContain('⌈4/2⌉ = 2')
    expect(boundAfter(equalInstance(5, 3, 2)).argument.join('\n')).toContain('first backup')
  })

  it('before any loss: ⌈V/n⌉, or more where two losses need room for first backups', () => {
    expect(boundBefore(equalInstance(3, 4, 1), 2).ratio).toBe(2)
    expect(boundBefore(equalInstance(4, 8, 2), 4).ratio).toBe(2)
    expect(boundBefore(equalInstance(6, 12, 2), 3).ratio).toBe(3)
  })

  it('moved: the k balancers with most VIPs', () => {
    expect(boundMoved(equalInstance(3, 4, 1), 2, 2)).toBe(2)
    expect(boundMoved(equalInstance(4, 9, 2), 5, 3)).toBe(5)
  })
})

describe('against exhaustive enumeration', () => {
  const cases = [2, 3, 4].flatMap(n => [1, 2].filter(k => k < n).map(k => [n, k] as const))
  it.each(cases)('%i balancers, %i losses: the bound is the optimum for every V ≤ n(n−1)', (n, k) => {
    const enough = n * (n - 1)
    let vips = 1
    for (let w = 1; vips <= enough; w++) {
      const most = mostVips(n, k, w, enough)
      for (; vips <= most; vips++) expect([vips, boundAfter(equalInstance(n, vips, k)).ratio]).toEqual([vips, w])
    }
  })

  it('5 balancers, 2 losses: one VIP a link allows two VIPs, not three', () => {
    expect(mostVips(5, 2, 1, 20)).toBe(2)
  })

  it('5 balancers, 3 losses: one VIP a link allows two VIPs', () => {
    expect(mostVips(5, 3, 1, 20)).toBe(2)
  })
})
