/**
 * Sizes and times that vary: `10kB`, `exponential 10kB`, `lognormal 10kB 1.5`, `pareto 10kB 1.3`. The first number is
 * always the mean; the second is sigma of the logarithm, or the tail's exponent (above 1, or there is no mean). There are
 * no commas in it, which YAML's `{ … }` would take for its own.
 */
import { exp, ln, pow } from '../base/math.ts'
import type { RandomStream } from '../base/random.ts'
import { bad, fields, good, type Reading, readDuration, readSize, shown } from '../config/index.ts'

export interface Distribution {
  readonly shape: 'fixed' | 'exponential' | 'lognormal' | 'pareto'
  readonly mean: number
  /** sigma, or the tail's exponent; 0 where there is none. */
  readonly parameter: number
}

export const fixed = (mean: number): Distribution => ({ shape: 'fixed', mean, parameter: 0 })

const SHAPES = ['exponential', 'lognormal', 'pareto'] as const

/** Reads the mean with `readMean` (a size, a duration …); `example` is one of its values, for messages. */
export function readDistribution(input: unknown, readMean: (input: unknown) => Reading<number>, example: string): Reading<Distribution> {
  const m = typeof input === 'string' ? /^\s*([a-z]{3,})\s+(.*?)\s*$/.exec(input) : null
  if (m === null) {
    const mean = readMean(input)
    return mean.ok ? good(fixed(mean.value)) : mean
  }
  const remedy = `write ${example}, exponential ${example}, lognormal ${example} 1.5 or pareto ${example} 1.3`
  const shape = SHAPES.find(s => s === m[1])
  if (shape === undefined) return bad(`${shown(input)}: there is no ${m[1]} distribution`, remedy)
  if (shape === 'exponential') return withMean(input, shape, readMean(m[2]), 0, remedy)
  const two = /^(.*\S)\s+(\S+)$/.exec(m[2])
  if (two === null) return bad(`${shown(input)} lacks its second number`, remedy)
  const parameter = Number(two[2])
  const least = shape === 'pareto' ? 1 : 0
  if (!(parameter > least && parameter <= 100)) return bad(`${shown(input)}: ${two[2]} is not above ${least}`, remedy)
  return withMean(input, shape, readMean(two[1]), parameter, remedy)
}

function withMean(
  input: unknown,
  shape: Distribution['shape'],
  mean: Reading<number>,
  parameter: number,
  remedy: string,
): Reading<Distribution> {
  return mean.ok ? good({ shape, mean: mean.value, parameter }) : bad(`${shown(input)}: ${mean.reason}`, remedy)
}

const varying = (read: typeof readSize | typeof readDuration, code: string, example: string, description: string) =>
  fields.field(code, input => readDistribution(input, read, example), {
    type: ['string', 'number'],
    description,
    examples: [example, `exponential ${example}`, `pareto ${example} 1.3`],
  })

/** Fields of a scenario for sizes and times that may vary. */
export const sizes = (description: string) => varying(readSize, 'size', '10kB', description)
export const times = (description: string) => varying(readDuration, 'duration', '1s', description)

/** One draw, 0 or more. */
export function draw(d: Distribution, random: RandomStream): number {
  if (d.shape === 'fixed') return d.mean
  if (d.shape === 'exponential') return -ln(random.next()) * d.mean
  if (d.shape === 'lognormal') return d.mean * exp(d.parameter * normal(random) - (d.parameter * d.parameter) / 2)
  return ((d.mean * (d.parameter - 1)) / d.parameter) * pow(random.next(), -1 / d.parameter)
}

/** Standard normal by Marsaglia's polar method, which needs no trigonometry. */
function normal(random: RandomStream): number {
  for (;;) {
    const u = 2 * random.next() - 1
    const v = 2 * random.next() - 1
    const s = u * u + v * v
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * ln(s)) / s)
  }
}
