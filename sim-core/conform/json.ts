/** The document of `lvsim conform --json`. */
import { knownDifference } from './known-differences.ts'
import { type CaseScore, type Totals, totalsOf } from './score.ts'
import { differenceText } from './text.ts'
import { errorsOf } from './time-errors.ts'

export const CONFORM_SCHEMA_VERSION = 1

export interface ConformDocument extends Totals {
  readonly schema_version: number
  readonly cases: readonly ConformCase[]
}

export interface ConformCase {
  readonly id: string
  readonly directory: string
  readonly group: string
  readonly title: string
  readonly ok: boolean
  readonly matched: number
  readonly total: number
  readonly kinds: CaseScore['kinds']
  /** In words: when, what was expected, what the run had, by which rule. */
  readonly first_difference: string | null
  /** Why a difference is expected, if it is. */
  readonly known: string | null
  /** Of the events with a time of their own, absolute, s. */
  readonly time_error_s: { readonly median: number; readonly worst: number } | null
}

export function conformJson(scores: readonly CaseScore[]): ConformDocument {
  return { schema_version: CONFORM_SCHEMA_VERSION, ...totalsOf(scores), cases: scores.map(caseJson) }
}

function caseJson(score: CaseScore): ConformCase {
  const errors = errorsOf(score.errorsS)
  return {
    id: score.id,
    directory: score.directory,
    group: score.group,
    title: score.title,
    ok: score.ok,
    matched: score.matched,
    total: score.total,
    kinds: score.kinds,
    first_difference: score.firstDifference === null ? null : differenceText(score.firstDifference),
    known: score.ok ? null : (knownDifference(score)?.reason ?? null),
    time_error_s: errors.count === 0 ? null : { median: errors.medianS, worst: errors.worstS },
  }
}
