/** What `lvsim sweep --json` prints, as a schema and from a result. Times in seconds, ratios plain, rates in bit/s. */
import * as z from 'zod'
import {
  CONFIDENCE,
  type Extreme,
  type MeasureResult,
  type PhaseExtreme,
  type PointResult,
  type SweepResult,
  worstPhases,
} from '../../sweep/index.ts'
import { SCHEMA_VERSION } from '../json-schema.ts'
import { rounded, toBaseUnit } from './numbers.ts'
import { repeatCommand } from './words.ts'

const verdict = z.enum(['held', 'failed', 'inconclusive']).nullable().meta({ description: 'null where nothing is expected' })
const extreme = z.object({ value: z.number(), seed: z.int() }).nullable()

const phaseSchema = z.object({ phase: z.string(), seed: z.int(), value: z.number(), repeat: z.string() })

const measureSchema = z.object({
  ...{
    text: z.string(),
    metric: z.string(),
    of: z.string(),
    window: z.string(),
    at_s: z.number().nullable(),
    stat: z.string(),
    unit: z.string(),
  },
  n: z.int().meta({ description: 'replications with a number' }),
  ...{ mean: z.number().nullable(), deviation: z.number().nullable() },
  half_width: z.number().nullable().meta({ description: 'of the confidence interval; null with fewer than two values' }),
  ...{ min: extreme, max: extreme, worst: extreme, verdict },
  held: z.int().meta({ description: 'replications that were as expected' }),
  broken_by_seed: z.int().nullable().meta({ description: 'the first that was not' }),
  values: z.array(z.union([z.number(), z.string(), z.null()])).meta({ description: 'in the order of seeds; null: there was none' }),
})

export const sweepSchema = z
  .object({
    schema_version: z.literal(SCHEMA_VERSION),
    ...{
      scenario: z.string(),
      file: z.string(),
      complete: z.boolean().meta({ description: 'false: interrupted, or a share of it' }),
      verdict,
    },
    confidence: z.number(),
    seeds: z.object({ first: z.int(), most: z.int() }),
    precision: z.number().nullable(),
    axes: z.array(z.object({ path: z.string(), values: z.array(z.string()) })),
    points: z.array(
      z.object({
        at: z.record(z.string(), z.string()),
        ...{ replications: z.int(), complete: z.boolean(), precise: z.boolean().nullable(), verdict },
        stopped: z.object({ times: z.int(), why: z.string() }).nullable().meta({ description: 'runs that ended early, at a limit' }),
        repeat: z.string().meta({ description: 'the command that runs its first seed' }),
        measures: z.array(measureSchema),
      }),
    ),
    phases: z
      .array(
        z.object({ text: z.string(), at: z.record(z.string(), z.string()), most: phaseSchema, least: phaseSchema, worst: phaseSchema }),
      )
      .meta({ description: 'of all phases swept, the runs that show the most and the least of each measure' }),
  })
  .meta({ title: 'lvsim sweep', description: 'What `lvsim sweep --json` and `lvsim merge --json` print.' })

export type SweepDocument = z.output<typeof sweepSchema>

export const sweepJsonSchema = (): unknown => z.toJSONSchema(sweepSchema, { unrepresentable: 'any' })

export function sweepJson(result: SweepResult): SweepDocument {
  const { design, points, complete, conclusion } = result
  return {
    schema_version: SCHEMA_VERSION,
    ...{ scenario: design.title, file: design.file, complete, verdict: conclusion ?? null, confidence: CONFIDENCE },
    seeds: { first: design.seedFirst, most: design.seedsMax },
    precision: design.precision ?? null,
    axes: design.axes.map(({ path, values }) => ({ path, values: [...values] })),
    points: points.map((p, i) => pointJson(result, p, i)),
    phases: worstPhases(result).map(w => {
      const of = ({ phase, seed, value, point }: PhaseExtreme) => ({
        ...{ phase, seed, value: rounded(toBaseUnit(value, w.measure.unit)), repeat: repeatCommand(result, point, seed) },
      })
      const at = Object.fromEntries(w.others.map(o => [o.path, o.value]))
      return { text: w.measure.text, at, most: of(w.most), least: of(w.least), worst: of(w.worst) }
    }),
  }
}

const pointJson = (result: SweepResult, p: PointResult, i: number): SweepDocument['points'][number] => ({
  at: Object.fromEntries(p.point.values.map((value, a) => [result.design.axes[a].path, value])),
  ...{ replications: p.replications, complete: p.complete, precise: p.precise ?? null, verdict: p.conclusion ?? null },
  stopped: p.stopped ?? null,
  repeat: repeatCommand(result, i, result.design.seedFirst),
  measures: p.measures.map(measureJson),
})

function measureJson(m: MeasureResult): SweepDocument['points'][number]['measures'][number] {
  const { text, unit, expectation: e } = m.measure
  const number = (x: number) => rounded(toBaseUnit(x, unit))
  const known = (x: number | undefined) => (x === undefined || !Number.isFinite(x) ? null : number(x))
  const of = (x: Extreme | undefined) => (x === undefined ? null : { value: number(x.value), seed: x.seed })
  return {
    ...{ text, metric: e.metric, of: e.of, window: e.window, at_s: e.atNs === undefined ? null : e.atNs / 1e9, stat: e.stat, unit },
    ...{
      n: m.summary?.n ?? 0,
      mean: known(m.summary?.mean),
      deviation: known(m.summary?.deviation),
      half_width: known(m.summary?.halfWidth),
    },
    ...{ min: of(m.lowest), max: of(m.highest), worst: of(m.worst), verdict: m.conclusion ?? null },
    ...{ held: m.held, broken_by_seed: m.brokenBy ?? null },
    values: m.values.map(v => (typeof v === 'number' ? number(v) : v)),
  }
}
