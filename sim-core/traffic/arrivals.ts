/**
 * Arrivals at a rate that may ramp: `100/s`, or `100/s -> 2000/s over 30s` (linear, then the last rate stays).
 *
 * The expected number of arrivals by time t is a parabola and then a line; the next arrival is where it has grown by 1
 * (constant) or by an exponential draw of mean 1 (Poisson), which is exact for any ramp.
 */
import { ln } from '../base/math.ts'
import type { RandomStream } from '../base/random.ts'
import { bad, fields, good, type Reading, readDuration, readPerSecond, shown } from '../config/index.ts'

export interface RateProfile {
  /** Arrivals a second at the start, and after `rampNs`. */
  readonly fromPerS: number
  readonly toPerS: number
  readonly rampNs: number
}

const RAMP = 'write a ramp such as 100/s -> 2000/s over 30s'

export function readRateProfile(input: unknown): Reading<RateProfile> {
  const ramp = typeof input === 'string' ? /^(.*?)(?:→|->)(.*?)\bover\b(.*)$/.exec(input) : null
  if (ramp === null) {
    if (typeof input === 'string' && /→|->/.test(input)) return bad(`${shown(input)} does not say how long the ramp takes`, RAMP)
    const rate = readPerSecond(input)
    if (!rate.ok) return rate
    if (rate.value === 0) return bad(`${shown(input)} is no rate at all`, 'write a rate above 0, such as 100/s')
    return good({ fromPerS: rate.value, toPerS: rate.value, rampNs: 0 })
  }
  const from = readPerSecond(ramp[1].trim())
  const to = readPerSecond(ramp[2].trim())
  const over = readDuration(ramp[3].trim())
  for (const part of [from, to, over]) if (!part.ok) return bad(`${shown(input)}: ${part.reason}`, RAMP)
  if (!from.ok || !to.ok || !over.ok) return bad(`${shown(input)} is no ramp`, RAMP)
  if (to.value === 0 || over.value === 0) return bad(`${shown(input)} ramps to nothing or in no time`, RAMP)
  return good({ fromPerS: from.value, toPerS: to.value, rampNs: over.value })
}

/** A scenario's field for it. */
export const rateProfileField = (description: string) =>
  fields.field('frequency', readRateProfile, { type: ['string', 'number'], description, examples: ['2000/s', '100/s -> 2000/s over 30s'] })

/** Arrivals expected in the first `t` s. */
export function expectedArrivals(p: RateProfile, t: number): number {
  const ramp = p.rampNs / 1e9
  if (t <= 0) return 0
  if (t >= ramp) return ((p.fromPerS + p.toPerS) / 2) * ramp + p.toPerS * (t - ramp)
  return p.fromPerS * t + ((p.toPerS - p.fromPerS) * t * t) / (2 * ramp)
}

/** The time in s by which `count` arrivals are expected. */
function timeOf(p: RateProfile, count: number): number {
  const ramp = p.rampNs / 1e9
  const inRamp = ((p.fromPerS + p.toPerS) / 2) * ramp
  if (count >= inRamp) return ramp + (count - inRamp) / p.toPerS
  const slope = (p.toPerS - p.fromPerS) / ramp
  // from t + slope t² / 2 = count; this form of the root stays exact when the slope is small.
  return (2 * count) / (p.fromPerS + Math.sqrt(p.fromPerS * p.fromPerS + 2 * slope * count))
}

/** ns from the start of the profile to the arrival after the one at `previousNs`; `count` arrivals came before (constant only). */
export function nextArrival(p: RateProfile, previousNs: number, count: number, random: RandomStream | null): number {
  if (random === null) return p.rampNs === 0 ? ((count + 1) * 1e9) / p.toPerS : timeOf(p, count + 1) * 1e9
  if (p.rampNs === 0) return previousNs - (ln(random.next()) * 1e9) / p.toPerS
  return timeOf(p, expectedArrivals(p, previousNs / 1e9) - ln(random.next())) * 1e9
}
