/**
 * What a comparison says: how many recorded events a run reproduced, kind by kind, and the first that it did not.
 * Kinds are counted apart, so that many easy lines cannot hide a wrong rule.
 */
import type { ObservedKind } from './observed.ts'

/** One recorded event that the run does not have, or one of the run that was not recorded. */
export interface Difference {
  readonly kind: ObservedKind
  /** Seconds from the start of the case. */
  readonly tS: number
  readonly host: string
  /** In words: what the recording has there. */
  readonly expected: string
  /** In words: what the run has. */
  readonly got: string
  /** The rule that the run followed, if it said so, else the rule of the comparison. */
  readonly rule: string
}

/** The comparison of one kind of event. `total` counts what was recorded and what the run has beyond it. */
export interface Comparison {
  readonly kind: ObservedKind
  readonly matched: number
  readonly total: number
  /** In the order of time. */
  readonly differences: readonly Difference[]
  /** Run minus recording of each event that matched and has a time of its own, s. */
  readonly errorsS: readonly number[]
}

export interface KindScore {
  readonly matched: number
  readonly total: number
}

export interface CaseScore {
  readonly id: string
  /** Folder of the case, relative to what was asked for: names are unique by it, ids are not. */
  readonly directory: string
  readonly title: string
  readonly group: string
  /** Each output was predicted from what the host had really received. */
  readonly lockstep: boolean
  readonly ok: boolean
  readonly matched: number
  readonly total: number
  readonly kinds: Readonly<Partial<Record<ObservedKind, KindScore>>>
  readonly differences: readonly Difference[]
  readonly firstDifference: Difference | null
  readonly errorsS: readonly number[]
  /** Kinds that the case has and that are not compared, with the reason. */
  readonly notCompared: Readonly<Record<string, string>>
}

export interface Totals {
  readonly matched: number
  readonly total: number
  readonly kinds: Readonly<Record<string, KindScore>>
}

export function totalsOf(scores: readonly CaseScore[]): Totals {
  const kinds: Record<string, KindScore> = {}
  for (const score of scores) {
    for (const [kind, k] of Object.entries(score.kinds)) {
      const sum = kinds[kind] ?? { matched: 0, total: 0 }
      kinds[kind] = { matched: sum.matched + k.matched, total: sum.total + k.total }
    }
  }
  const names = Object.keys(kinds).sort()
  const sum = (of: 'matched' | 'total') => scores.reduce((n, s) => n + s[of], 0)
  return { matched: sum('matched'), total: sum('total'), kinds: Object.fromEntries(names.map(n => [n, kinds[n]])) }
}

export function scoreOf(
  about: Pick<CaseScore, 'id' | 'directory' | 'title' | 'group' | 'lockstep' | 'notCompared'>,
  comparisons: readonly Comparison[],
): CaseScore {
  const compared = comparisons.filter(c => c.total > 0)
  const differences = compared.flatMap(c => c.differences).sort((a, b) => a.tS - b.tS)
  const matched = compared.reduce((n, c) => n + c.matched, 0)
  const total = compared.reduce((n, c) => n + c.total, 0)
  return {
    ...about,
    ok: matched === total,
    matched,
    total,
    kinds: byKind(compared),
    differences,
    firstDifference: differences[0] ?? null,
    errorsS: compared.flatMap(c => c.errorsS),
  }
}

function byKind(compared: readonly Comparison[]): CaseScore['kinds'] {
  const kinds: Partial<Record<ObservedKind, KindScore>> = {}
  for (const c of compared) {
    const sum = kinds[c.kind] ?? { matched: 0, total: 0 }
    kinds[c.kind] = { matched: sum.matched + c.matched, total: sum.total + c.total }
  }
  return kinds
}
