/**
 * How the load of a source changes over the day: a factor on its rate, by the run's clock.
 *
 * `profile: day` is a curve that repeats every 24 h; a list of [time, factor] is linear between its points and constant
 * before the first and after the last. A source that follows one counts in load time: the integral of the factor. In load
 * time its rate is constant, so arrivals are drawn as ever and their instants read back off the curve, exactly.
 */
import { bad, fields, good, type Reading, readInstant, shown } from '../config/index.ts'

export interface LoadProfile {
  /** ns since the start of the run, ascending, from 0. */
  readonly timesNs: readonly number[]
  /** Above 0. */
  readonly factors: readonly number[]
  /** Load time (ns × factor) at each point. */
  readonly loads: readonly number[]
  /** The curve repeats after this long; Infinity: it does not. */
  readonly periodNs: number
}

const HOUR_NS = 3600e9
const DAY_HOURS = 24
/** By the hour: what an access network's customers do, least at four in the morning, most at eight in the evening. */
const DAY = [
  0.35, 0.28, 0.24, 0.22, 0.22, 0.25, 0.33, 0.45, 0.58, 0.68, 0.75, 0.79, 0.8, 0.79, 0.78, 0.78, 0.8, 0.84, 0.9, 0.96, 1, 0.95, 0.78, 0.55,
]

function profileOf(timesNs: readonly number[], factors: readonly number[], periodNs: number): LoadProfile {
  const loads = [0]
  for (let i = 1; i < timesNs.length; i++) loads.push(loads[i - 1] + ((factors[i - 1] + factors[i]) / 2) * (timesNs[i] - timesNs[i - 1]))
  return { timesNs, factors, loads, periodNs }
}

/** The curves that have a name. */
export const NAMED_PROFILES: Readonly<Record<string, LoadProfile>> = {
  day: profileOf(
    Array.from({ length: DAY_HOURS + 1 }, (_, hour) => hour * HOUR_NS),
    [...DAY, DAY[0]],
    DAY_HOURS * HOUR_NS,
  ),
}

const REMEDY = `write ${Object.keys(NAMED_PROFILES).join(' or ')}, or points such as [[0h, 0.3], [9h, 1], [18h, 0.8]]`

export function readLoadProfile(input: unknown): Reading<LoadProfile> {
  if (typeof input === 'string' && Object.hasOwn(NAMED_PROFILES, input)) return good(NAMED_PROFILES[input])
  if (!Array.isArray(input) || input.length === 0) return bad(`${shown(input)} is no load profile`, REMEDY)
  const times: number[] = []
  const factors: number[] = []
  for (const point of input) {
    const [time, factor] = Array.isArray(point) && point.length === 2 ? point : [undefined, undefined]
    const at = readInstant(time)
    if (!at.ok || typeof factor !== 'number' || !Number.isFinite(factor)) return bad(`${shown(point)} is no [time, factor]`, REMEDY)
    if (factor <= 0) return bad(`${shown(point)}: the factor is not above 0`, 'write a small one, such as 0.01')
    if (times.length > 0 && at.value <= times[times.length - 1])
      return bad(`${shown(point)} does not come after the point before it`, REMEDY)
    times.push(at.value)
    factors.push(factor)
  }
  return good(
    times[0] === 0
      ? profileOf(times, factors, Number.POSITIVE_INFINITY)
      : profileOf([0, ...times], [factors[0], ...factors], Number.POSITIVE_INFINITY),
  )
}

export const loadProfileField = (description: string) =>
  fields.field('profile', readLoadProfile, {
    type: ['string', 'array'],
    description,
    examples: ['day', '[[0h, 0.3], [9h, 1], [18h, 0.8]]'],
  })

/** Load time at t, ns × factor: the integral of the factor from the start of the run. */
export function loadAt(p: LoadProfile, t: number): number {
  const turns = Math.floor(t / p.periodNs)
  const rest = turns === 0 ? t : t - turns * p.periodNs
  const i = lastAtMost(p.timesNs, rest)
  const inTurn = p.loads[i] + (rest - p.timesNs[i]) * (p.factors[i] + (slopeOf(p, i) * (rest - p.timesNs[i])) / 2)
  return turns === 0 ? inTurn : turns * p.loads[p.loads.length - 1] + inTurn
}

/** The instant, ns with fractions, at which load time has come to `load`. */
export function timeOfLoad(p: LoadProfile, load: number): number {
  const whole = p.loads[p.loads.length - 1]
  const turns = p.periodNs === Number.POSITIVE_INFINITY ? 0 : Math.floor(load / whole)
  const rest = load - turns * whole
  const i = lastAtMost(p.loads, rest)
  const factor = p.factors[i]
  const missing = rest - p.loads[i]
  // From factor × d + slope d² / 2 = missing; this form of the root stays exact when the slope is small.
  const d = (2 * missing) / (factor + Math.sqrt(Math.max(0, factor * factor + 2 * slopeOf(p, i) * missing)))
  return (turns === 0 ? 0 : turns * p.periodNs) + p.timesNs[i] + d
}

/** Factor a ns from point i to the next; 0 after the last. */
const slopeOf = (p: LoadProfile, i: number): number =>
  i + 1 < p.timesNs.length ? (p.factors[i + 1] - p.factors[i]) / (p.timesNs[i + 1] - p.timesNs[i]) : 0

function lastAtMost(values: readonly number[], x: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (values[middle] <= x) low = middle
    else high = middle - 1
  }
  return low
}
