/**
 * Elementary functions from additions, multiplications and divisions only. ECMAScript leaves Math.log and its
 * family to the implementation; with these, Node and every browser compute the same digest. Errors stay below
 * 4 units in the last place over the ranges used (test/base/math.test.ts compares with the platform's).
 */
const LN2 = Math.LN2
/** ln 2 in two parts, the first with trailing zeros, so that n × LN2_HIGH is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const SQRT_HALF = Math.SQRT1_2

/** Splits x > 0 into mantissa in [√½, √2) and exponent, exactly. */
const split = new DataView(new ArrayBuffer(8))

/** Natural logarithm; −∞ at 0, NaN below. */
export function ln(x: number): number {
  if (x <= 0 || x === Number.POSITIVE_INFINITY || Number.isNaN(x)) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN
  let exponent = 0
  let v = x
  if (v < 2.2250738585072014e-308) {
    v *= 2 ** 54
    exponent -= 54
  }
  split.setFloat64(0, v)
  const high = split.getUint32(0)
  exponent += (high >>> 20) - 1023
  split.setUint32(0, (high & 0xfffff) | 0x3ff00000)
  let m = split.getFloat64(0)
  if (m >= 2 * SQRT_HALF) {
    m /= 2
    exponent += 1
  }
  // ln m = 2 artanh s, s = (m − 1)/(m + 1), |s| ≤ 0.172: eleven odd terms reach double precision. Written out, because every random arrival draws one.
  const s = (m - 1) / (m + 1)
  const q = s * s
  let sum = (1 / 21) * q
  sum = (sum + 1 / 19) * q
  sum = (sum + 1 / 17) * q
  sum = (sum + 1 / 15) * q
  sum = (sum + 1 / 13) * q
  sum = (sum + 1 / 11) * q
  sum = (sum + 1 / 9) * q
  sum = (sum + 1 / 7) * q
  sum = (sum + 1 / 5) * q
  sum = (sum + 1 / 3) * q
  return exponent * LN2 + 2 * s * (1 + sum)
}

/** e^x; overflows to ∞ above 709.78, underflows to 0 below −745. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY
  if (x < -745.2) return 0
  const n = Math.round(x / LN2)
  const r = x - n * LN2_HIGH - n * LN2_LOW
  let sum = 1
  for (let k = 18; k >= 1; k--) sum = 1 + (sum * r) / k
  return scale(sum, n)
}

/** base^power for base > 0; exact for whole powers small enough to be multiplied out. */
export function pow(base: number, power: number): number {
  if (Number.isInteger(power) && Math.abs(power) <= 64) {
    let out = 1
    for (let i = 0; i < Math.abs(power); i++) out *= base
    return power < 0 ? 1 / out : out
  }
  return exp(power * ln(base))
}

/** Cube root by Newton's method; exact for whole cubes below 2⁵³ after rounding of the last step. */
export function cbrt(x: number): number {
  if (x === 0 || Number.isNaN(x) || Math.abs(x) === Number.POSITIVE_INFINITY) return x
  const a = Math.abs(x)
  let y = exp(ln(a) / 3)
  y -= (y * y * y - a) / (3 * y * y)
  y -= (y * y * y - a) / (3 * y * y)
  return x < 0 ? -y : y
}

function scale(x: number, n: number): number {
  if (n < -1000) return x * 2 ** (n + 1000) * 2 ** -1000
  return n > 1000 ? x * 2 ** 1000 * 2 ** (n - 1000) : x * 2 ** n
}
