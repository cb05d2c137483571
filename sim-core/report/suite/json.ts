/** What `lvsim test --json` prints, as a schema and from a suite. */
import * as z from 'zod'
import { SCHEMA_VERSION } from '../json-schema.ts'
import { countEntries, type SuiteEntry } from './entry.ts'

const position = z.object({ file: z.string(), line: z.int(), column: z.int() })

const verdictSchema = z.object({
  expect: z.string(),
  ok: z.boolean(),
  observed: z.string(),
  at: position,
  failure: z
    .object({ happened: z.string(), when: z.string(), look_s: z.number(), cause: z.string().nullable() })
    .nullable()
    .meta({ description: 'null when it held, or could not be judged' }),
})

export const testSchema = z
  .object({
    schema_version: z.literal(SCHEMA_VERSION),
    passed: z.int().meta({ description: 'scenarios in which everything held' }),
    failed: z.int(),
    unjudged: z.int().meta({ description: 'wrong input, interrupted, or a bug of ours' }),
    scenarios: z.array(
      z.object({
        file: z.string(),
        title: z.string(),
        ok: z.boolean(),
        state: z.enum(['passed', 'failed', 'wrong-input', 'interrupted', 'broken']),
        seed: z.int(),
        digest: z.string(),
        wall_s: z.number(),
        verdicts: z.array(verdictSchema),
        answer: z
          .object({
            verdict: z.enum(['HOLDS', 'DEGRADED', 'OUTAGE']),
            sentence: z.string(),
            remedy: z.string().nullable(),
            notes: z.array(z.string()),
          })
          .nullable(),
        problems: z.array(
          z.object({
            at: position,
            severity: z.enum(['error', 'warning', 'note']),
            code: z.string(),
            message: z.string(),
            remedy: z.string().nullable(),
          }),
        ),
        stopped: z.string().nullable(),
      }),
    ),
  })
  .meta({ title: 'lvsim test', description: 'What `lvsim test --json` prints.' })

export type TestDocument = z.output<typeof testSchema>

export const testJsonSchema = (): unknown => z.toJSONSchema(testSchema, { unrepresentable: 'any' })

export function suiteJson(entries: readonly SuiteEntry[]): TestDocument {
  const { passed, failed, unjudged } = countEntries(entries)
  return {
    ...{ schema_version: SCHEMA_VERSION, passed, failed, unjudged },
    scenarios: entries.map(e => ({
      ...{ file: e.file, title: e.title, ok: e.state === 'passed', state: e.state, seed: e.seed, digest: e.digest, wall_s: e.wallS },
      verdicts: e.checks.map(c => ({
        ...{ expect: c.text, ok: c.state === 'held', observed: c.observed, at: { ...c.at } },
        failure:
          c.failure === undefined
            ? null
            : { happened: c.failure.happened, when: c.failure.when, look_s: c.failure.lookNs / 1e9, cause: c.failure.cause ?? null },
      })),
      answer:
        e.answer === undefined
          ? null
          : { verdict: e.answer.verdict, sentence: e.answer.sentence, remedy: e.answer.remedy ?? null, notes: [...e.answer.notes] },
      problems: e.problems.map(p => ({
        ...{ at: { file: p.at.file, line: p.at.line, column: p.at.column }, severity: p.severity, code: p.code, message: p.message },
        remedy: p.remedy ?? null,
      })),
      stopped: e.stopped ?? null,
    })),
  }
}
