/** Goal: what would make a question fit is the smallest of its kind: it fits, and one step less does not. */
import { describe, expect, it } from 'vitest'
import type { Change } from '../../sim-core/plan/index.ts'
import { bestOf, smallestChanges, STANDARD_LINKS_BPS, yearsUntilFull } from '../../sim-core/plan/index.ts'
import { COURSEWORK, modelOf } from './questions.ts'

const of = (changes: readonly Change[], kind: Change['kind']): Change | undefined => changes.find(change => change.kind === kind)

describe('smallest changes', () => {
  it('nothing to change where a plan fits', () => {
    expect(smallestChanges(modelOf())).toEqual([])
  })

  it('2.2 Gbit/s: two survivors carry at most 2/1.0253 Gbit/s; a fourth balancer, 2.5G links or 88.7 % of the traffic do', () => {
    const changes = smallestChanges(modelOf({ trafficBps: 2.2e9 }))
    expect(changes.map(c => c.kind)).toEqual(['balancers', 'links', 'traffic', 'survive'])
    expect(of(changes, 'balancers')).toMatchObject({ value: 4, vips: 5 })
    expect(of(changes, 'links')).toMatchObject({ value: 2.5e9 })
    expect(of(changes, 'traffic')!.value).toBeCloseTo((2e9 * 1500) / 1538, -3)
    expect(of(changes, 'survive')).toMatchObject({ value: 0 })
  })

  it('each change fits when made, and one less does not', () => {
    for (const trafficBps of [2.2e9, 4e9, 7.3e9]) {
      const changes = smallestChanges(modelOf({ trafficBps }))
      const balancers = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `b${i}`, linkBps: 1e9 }))
      const links = (linkBps: number) => COURSEWORK.balancers.map(b => ({ ...b, linkBps }))
      const count = of(changes, 'balancers')!.value
      expect(bestOf(modelOf({ trafficBps, balancers: balancers(count) })).fits).toBe(true)
      expect(bestOf(modelOf({ trafficBps, balancers: balancers(count - 1) })).fits).toBe(false)
      const rate = of(changes, 'links')!.value
      expect(bestOf(modelOf({ trafficBps, balancers: links(rate) })).fits).toBe(true)
      const slower = STANDARD_LINKS_BPS[STANDARD_LINKS_BPS.indexOf(rate) - 1]
      expect(bestOf(modelOf({ trafficBps, balancers: links(slower) })).fits).toBe(false)
      const less = of(changes, 'traffic')!.value
      expect(bestOf(modelOf({ trafficBps: less * 0.9999 })).fits).toBe(true)
      expect(bestOf(modelOf({ trafficBps: less * 1.001 })).fits).toBe(false)
    }
  })

  it('a VIP of 6 tenths that no link carries: cut it, split it (3, 3, 2, 2: five and five), or take other VIPs', () => {
    const changes = smallestChanges(modelOf({ trafficBps: 1.9e9, vips: [{ share: 6 }, { share: 2 }, { share: 2 }] }))
    expect(of(changes, 'vips')).toMatchObject({ vips: 4 })
    expect(of(changes, 'split')).toMatchObject({ value: 2, vips: 4 })
    expect(of(changes, 'share')!.worstAfter).toBeLessThanOrEqual(1)
  })

  it('traffic beyond all the balancers there may be still names the links', () => {
    expect(smallestChanges(modelOf({ trafficBps: 1e11 })).map(c => c.kind)).toEqual(['links', 'traffic'])
  })
})

describe('growth', () => {
  it('from 50 % to full at a doubling a year takes one year', () => {
    expect(yearsUntilFull(0.5, 1, 1)).toBeCloseTo(1, 12)
  })

  it('76.9 % at 30 % a year lasts a year; what does not fit lasts none; what does not grow lasts', () => {
    expect(yearsUntilFull(0.769, 1, 0.3)).toBeCloseTo(1.001, 3)
    expect(yearsUntilFull(1.1, 1, 0.3)).toBe(0)
    expect(yearsUntilFull(0.5, 1, 0)).toBe(Number.POSITIVE_INFINITY)
  })
})
