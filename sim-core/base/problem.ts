/**
 * What is wrong with something that the user wrote. Readers collect every problem of a file and go on; nothing
 * throws for a typo. The text form is `file:line:column: error[code]: what` and, indented, what to write instead.
 */
export interface Position {
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 code units. */
  readonly column: number
}

export type Severity = 'error' | 'warning' | 'note'

export interface Problem {
  readonly at: Position
  readonly severity: Severity
  /** kebab-case, stable: tools filter on it. */
  readonly code: string
  /** One sentence without a full stop; names the path of the value (`hosts.b1.link.rate`). */
  readonly message: string
  /** What to write instead, or the nearest name that exists. */
  readonly remedy?: string
}

export function formatProblem(p: Problem): string {
  const head = `${p.at.file}:${p.at.line}:${p.at.column}: ${p.severity}[${p.code}]: ${p.message}`
  return p.remedy === undefined ? head : `${head}\n  ${p.remedy}`
}

export const hasErrors = (problems: readonly Problem[]): boolean => problems.some(p => p.severity === 'error')

/** The candidate that `word` was most likely meant to be, or undefined when none is near (distance ≤ ⅓ of its length, at least 1, at most 3). */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.min(3, Math.max(1, Math.floor(word.length / 3)))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue
    const d = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (d < bestDistance) {
      best = candidate
      bestDistance = d
    }
  }
  return best
}

/** Optimal string alignment distance: insert, delete, substitute and swap of neighbours each cost 1. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let d = Math.min(row[j - 1] + 1, previous[j] + 1, previous[j - 1] + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, beforePrevious[j - 2] + 1)
      row.push(d)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length]
}
