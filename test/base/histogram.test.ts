/** Goal: quantiles within half a percent, exact sums, and parts that add up to the whole. */
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../sim-core/base/histogram.ts'
import { exponential, randomStream } from '../../sim-core/base/random.ts'

describe('histogram', () => {
  it('quantiles of 20,000 exponential waits lie within 0.5 % of the sorted list', () => {
    const draw = randomStream(5, 'histogram')
    const values = Array.from({ length: 20_000 }, () => Math.round(exponential(draw, 3_000_000)))
    const whole = new Histogram()
    const halves = [new Histogram(), new Histogram()]
    values.forEach((v, i) => {
      whole.record(v)
      halves[i % 2].record(v)
    })
    const sorted = [...values].sort((a, b) => a - b)
    for (const q of [0.01, 0.5, 0.9, 0.99, 1]) {
      const exact = sorted[Math.ceil(q * values.length) - 1]
      expect(Math.abs(whole.quantile(q) - exact)).toBeLessThanOrEqual(exact * 0.005 + 1)
    }
    halves[0].add(halves[1])
    expect(halves[0]).toEqual(whole)
    expect(whole.mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 6)
    expect([whole.min, whole.max]).toEqual([sorted[0], sorted[sorted.length - 1]])
  })

  it('values beyond two seconds and zeros are counted too', () => {
    const h = new Histogram()
    h.recordZeros(50)
    for (let s = 1; s <= 50; s++) h.record(s * 1e9)
    expect(h.quantile(0.5)).toBe(0)
    expect(Math.abs(h.quantile(0.9) / 40e9 - 1)).toBeLessThan(0.005)
    expect(h.quantile(1)).toBeLessThanOrEqual(50e9)
    expect(h.count).toBe(100)
  })

  it('of more than 2³¹ values stay right, recorded or added up', () => {
    const day = new Histogram()
    day.recordMany(117_000, 6e10)
    day.recordMany(12_400_000, 1e6)
    expect(Math.abs(day.quantile(0.5) / 117_000 - 1)).toBeLessThan(0.005)
    const parts = new Histogram()
    for (let i = 0; i < 3; i++) {
      const part = new Histogram()
      part.recordMany(117_000, 2e9)
      parts.add(part)
    }
    expect(parts.count).toBe(6e9)
    expect(Math.abs(parts.quantile(0.5) / 117_000 - 1)).toBeLessThan(0.005)
  })
})
