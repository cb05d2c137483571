/**
 * What a reading found: problems, and keywords that were read but have no effect in the simulation. Bounded, so that a
 * file that is wrong on every line is answered at once.
 */
import { nearest, type Position, type Problem, type Severity } from '../../base/problem.ts'

/** A keyword that was understood and is not simulated, at its first place. */
export interface IgnoredKeyword {
  readonly keyword: string
  readonly at: Position
}

const PROBLEMS_MAX = 200

/** Whose rules a file is read by: those of 2.2.7, or those of 2.3.4 with the keywords that came in between. */
export type ReaderRelease = '2.2' | '2.3+'

export class Report {
  readonly problems: Problem[] = []
  /** Releases after 2.2. */
  readonly later: boolean
  private readonly ignoredAt = new Map<string, Position>()
  private dropped = 0

  constructor(release: ReaderRelease = '2.2') {
    this.later = release === '2.3+'
  }

  add(at: Position, severity: Severity, code: string, message: string, remedy?: string): void {
    if (this.problems.length < PROBLEMS_MAX)
      this.problems.push({ at, severity, code, message, ...(remedy === undefined ? {} : { remedy }) })
    else if (this.dropped++ === 0)
      this.problems.push({
        at,
        severity: 'note',
        code: 'more-problems',
        message: `more than ${PROBLEMS_MAX} problems; the others are not shown`,
        remedy: 'correct these first',
      })
  }

  error(at: Position, code: string, message: string, remedy?: string): void {
    this.add(at, 'error', code, message, remedy)
  }

  warn(at: Position, code: string, message: string, remedy?: string): void {
    this.add(at, 'warning', code, message, remedy)
  }

  ignore(keyword: string, at: Position): void {
    if (!this.ignoredAt.has(keyword)) this.ignoredAt.set(keyword, at)
  }

  /** The name that was probably meant, as a remedy; not searched for once no more problems are kept. */
  suggest(word: string, names: Iterable<string>, otherwise: string): string {
    const near = this.problems.length < PROBLEMS_MAX ? nearest(word, names) : undefined
    return near === undefined ? otherwise : `did you mean ${near}?`
  }

  get ignored(): IgnoredKeyword[] {
    return [...this.ignoredAt].map(([keyword, at]) => ({ keyword, at }))
  }
}
