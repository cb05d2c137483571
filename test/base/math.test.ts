/** Goal: our own elementary functions agree with the platform's to a few units in the last place, on every range we use. */
import { describe, expect, it } from 'vitest'
import { cbrt, exp, ln, pow } from '../../sim-core/base/math.ts'
import { randomStream } from '../../sim-core/base/random.ts'

const near = (ours: number, theirs: number) => expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(Math.abs(theirs) * 1e-15 + 1e-300)

describe('elementary functions', () => {
  const draw = randomStream(3, 'math')
  it.each([1e-300, 1e-9, 0.5, 1, 2, 10, 1e9, 1e300])('ln and exp around %s', scale => {
    for (let i = 0; i < 500; i++) {
      const x = scale * (0.5 + draw.next())
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.abs(Math.log(x))))
      const y = (draw.next() - 0.5) * 1400
      expect(Math.abs(exp(y) / Math.exp(y) - 1)).toBeLessThanOrEqual(4e-15)
      expect(Math.abs(cbrt(x) / Math.cbrt(x) - 1)).toBeLessThanOrEqual(1e-15)
    }
  })

  it('whole powers are multiplied out', () => {
    near(pow(10, 9), 1e9)
    near(pow(2, -10), 1 / 1024)
    near(pow(3, 0.5), Math.sqrt(3))
  })

  it('edges', () => {
    expect(ln(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(ln(-1)).toBeNaN()
    expect(ln(1)).toBe(0)
    expect(exp(0)).toBe(1)
    expect(exp(800)).toBe(Number.POSITIVE_INFINITY)
    expect(exp(-800)).toBe(0)
    expect(cbrt(27)).toBe(3)
    expect(cbrt(-8)).toBe(-2)
  })
})
