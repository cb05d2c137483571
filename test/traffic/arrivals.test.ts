/** Rates that ramp, and sizes that vary: what is read, and that draws have the moments that their names promise. */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../sim-core/base/random.ts'
import { readSize } from '../../sim-core/config/index.ts'
import { nextArrival, type RateProfile, readRateProfile } from '../../sim-core/traffic/arrivals.ts'
import { type Distribution, draw, readDistribution } from '../../sim-core/traffic/distribution.ts'

const profile = (text: string): RateProfile => {
  const reading = readRateProfile(text)
  if (!reading.ok) throw new Error(reading.reason)
  return reading.value
}

describe('a rate', () => {
  it('is a number a second, or a ramp', () => {
    expect(profile('100/s')).toEqual({ fromPerS: 100, toPerS: 100, rampNs: 0 })
    expect(profile('100/s -> 2000/s over 30s')).toEqual({ fromPerS: 100, toPerS: 2000, rampNs: 30e9 })
    expect(profile('0/s → 6/min over 1min')).toEqual({ fromPerS: 0, toPerS: 0.1, rampNs: 60e9 })
  })
  it.each(['0/s', '100', '100/s -> 0/s over 30s', '100/s -> 200/s over 0s', '100/s -> 200/s', '100/s → 200/s', '100/s -> x over 30s'])(
    '%s is refused with what to write',
    text => {
      const reading = readRateProfile(text)
      expect(reading.ok).toBe(false)
      if (!reading.ok) expect(reading.remedy).toMatch(text.includes('0/s -> 2') || text.includes('→') ? /over 30s/ : /\/s/)
    },
  )

  const arrivals = (p: RateProfile, seconds: number, poisson: boolean): number[] => {
    const random = poisson ? randomStream(1, 'arrivals') : null
    const out: number[] = []
    for (let t = nextArrival(p, 0, 0, random); t < seconds * 1e9; t = nextArrival(p, t, out.length, random)) out.push(t / 1e9)
    return out
  }

  it('constant: evenly spaced', () => {
    expect(arrivals(profile('4/s'), 1.1, false)).toEqual([0.25, 0.5, 0.75, 1])
  })
  it('a constant ramp from 0 to 10/s in 10 s: arrival n at √(2n)', () => {
    // ∫ t dt = t² / 2 = n.
    const at = arrivals(profile('0/s -> 10/s over 10s'), 10.001, false)
    expect(at.length).toBe(50)
    at.forEach((t, i) => {
      expect(t).toBeCloseTo(Math.sqrt(2 * (i + 1)), 9)
    })
  })
  it('a ramp downwards ends at its last rate', () => {
    // (100 + 20) / 2 × 10 = 600 in the ramp, 20 each second after it.
    const at = arrivals(profile('100/s -> 20/s over 10s'), 15.001, false)
    expect(at.filter(t => t <= 10.000_001).length).toBe(600)
    expect(at.length).toBe(700)
  })
  it('Poisson: the counts of a ramp are those expected, within four standard deviations', () => {
    const at = arrivals(profile('100/s -> 1900/s over 10s'), 12, true)
    const inRamp = at.filter(t => t < 10).length
    expect(Math.abs(inRamp - 10_000)).toBeLessThan(4 * 100)
    expect(Math.abs(at.filter(t => t < 5).length - 2750)).toBeLessThan(4 * 52.5) // 100 × 5 + 180 × 25 / 2
    expect(Math.abs(at.length - inRamp - 3800)).toBeLessThan(4 * 61.7)
  })
})

describe('a distribution', () => {
  const read = (text: string): Distribution => {
    const reading = readDistribution(text, readSize, '10kB')
    if (!reading.ok) throw new Error(`${reading.reason}; ${reading.remedy}`)
    return reading.value
  }
  const mean = (d: Distribution, n = 200_000): number => {
    const random = randomStream(1, 'sizes')
    let sum = 0
    for (let i = 0; i < n; i++) sum += draw(d, random)
    return sum / n
  }
  it('is fixed, exponential, lognormal or Pareto, by its mean', () => {
    expect(read('10kB')).toEqual({ shape: 'fixed', mean: 10_000, parameter: 0 })
    expect(read('exponential 10kB')).toEqual({ shape: 'exponential', mean: 10_000, parameter: 0 })
    expect(read('lognormal  10 kB  1.5 ')).toEqual({ shape: 'lognormal', mean: 10_000, parameter: 1.5 })
    expect(read('pareto 10kB 2.5')).toEqual({ shape: 'pareto', mean: 10_000, parameter: 2.5 })
  })
  it.each(['normal 10kB', 'exponential 10kB 2', 'pareto 10kB', 'pareto 10kB 1', 'lognormal 10kB x', 'exponential 10', 'exponential'])(
    '%s is refused',
    text => {
      const reading = readDistribution(text, readSize, '10kB')
      expect(reading.ok).toBe(false)
      if (!reading.ok) expect(reading.remedy).toMatch(/exponential 10kB|write a number and a unit/)
    },
  )
  it('draws have that mean', () => {
    expect(mean(read('10kB'), 10)).toBe(10_000)
    expect(mean(read('exponential 10kB')) / 10_000).toBeCloseTo(1, 2)
    expect(mean(read('lognormal 10kB 0.5')) / 10_000).toBeCloseTo(1, 2)
    expect(Math.abs(mean(read('pareto 10kB 3')) / 10_000 - 1)).toBeLessThan(0.02)
  })
  it('Pareto: no draw is below mean × (a − 1) / a, and half are above that × 2^(1 / a)', () => {
    const d = read('pareto 10kB 2')
    const random = randomStream(1, 'tail')
    const draws = Array.from({ length: 20_000 }, () => draw(d, random)).sort((a, b) => a - b)
    expect(draws[0]).toBeGreaterThanOrEqual(5000 - 1e-6)
    expect(Math.abs(draws[10_000] / (5000 * Math.SQRT2) - 1)).toBeLessThan(0.03)
  })
})
