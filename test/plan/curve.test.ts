/**
 * Goal: the coursework's third question. By hand, per VIP 1.5/V × 1538/1500 Gbit/s on links of 1 Gbit/s; after one loss
 * two balancers carry all V, so one carries ⌈V/2⌉.
 */
import { describe, expect, it } from 'vitest'
import { curve, evenBeforeAndAfter, idealAfter, method } from '../../sim-core/plan/index.ts'
import { modelOf } from './questions.ts'

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`

describe('three balancers of 1 Gbit/s, 1.5 Gbit/s of traffic, one loss', () => {
  const model = modelOf()
  const { points, ...named } = curve(model, 7)

  it('more VIPs are not always better', () => {
    expect(points.map(p => [p.vips, percent(p.worstBefore), percent(p.worstAfter), p.idle.length, p.fits])).toEqual([
      [1, '153.8 %', '153.8 %', 2, false],
      [2, '76.9 %', '76.9 %', 1, true],
      [3, '51.3 %', '102.5 %', 0, false],
      [4, '76.9 %', '76.9 %', 0, true],
      [5, '61.5 %', '92.3 %', 0, true],
      [6, '51.3 %', '76.9 %', 0, true],
      [7, '65.9 %', '87.9 %', 0, true],
    ])
  })

  it('four fit with nobody idle, three are even before, six are even before and after; two fit but leave one idle', () => {
    expect(named).toEqual({ fewestThatFit: 2, recommended: 4, fewestEvenBefore: 3, fewestEven: 6 })
  })

  it('every point is proven', () => {
    expect(points.every(p => p.optimal && p.answer.after.argument.length > 0)).toBe(true)
  })

  it('says the method in words: the wire, the formula, the sawtooth, the multiples', () => {
    const { formula, sentences } = method(model, { points, ...named })
    expect(formula).toBe('worst link after k losses ≥ ⌈V/(n−k)⌉/V of the traffic')
    const text = sentences.join('\n')
    expect(text).toContain('1538/1500')
    expect(text).toContain('2 put 76.9 % on the worst link, 3 put 102.5 %')
    expect(text).toContain('multiple of 6 = lcm(2 … 3); 6 VIPs are')
  })
})

describe('the curve elsewhere', () => {
  it('ends where loads are even before and after', () => {
    expect([evenBeforeAndAfter(3, 1), evenBeforeAndAfter(4, 1), evenBeforeAndAfter(4, 2), evenBeforeAndAfter(6, 2)]).toEqual([
      6, 12, 12, 60,
    ])
    expect(curve(modelOf({ balancers: ['a', 'b', 'c', 'd'].map(name => ({ name, linkBps: 1e9 })) }))).toMatchObject({ fewestEven: 12 })
  })

  it('does not recommend what does not fit', () => {
    expect(curve(modelOf({ trafficBps: 3e9 }))).toMatchObject({ fewestThatFit: undefined, recommended: undefined })
  })

  it('no plan is better than the survivors sharing ideally', () => {
    const model = modelOf({ balancers: [1e9, 1e9, 1e10].map((linkBps, i) => ({ name: `b${i}`, linkBps })) })
    for (const point of curve(model, 30).points) expect(point.worstAfter).toBeGreaterThanOrEqual(idealAfter(model))
  })

  it('without losses to survive one VIP each is even', () => {
    expect(curve(modelOf({ survive: 0 }))).toMatchObject({ fewestEven: 3, recommended: 3 })
  })
})
