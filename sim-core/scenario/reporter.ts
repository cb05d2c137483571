/** Collects the problems of one scenario, each at the place of its path in the file. */
import { nearest, type Position, type Problem, type Severity } from '../base/problem.ts'
import { pathText, type YamlPath } from '../config/index.ts'

export interface Places {
  locate(path: YamlPath): Position
  locateKey(path: YamlPath): Position
}

export class Reporter {
  readonly problems: Problem[] = []
  readonly places: Places
  constructor(places: Places) {
    this.places = places
  }

  error(path: YamlPath, code: string, message: string, remedy: string): void {
    this.add('error', this.places.locate(path), path, code, message, remedy)
  }

  /** At the key itself rather than at its value. */
  errorAtKey(path: YamlPath, code: string, message: string, remedy: string): void {
    this.add('error', this.places.locateKey(path), path, code, message, remedy)
  }

  warning(path: YamlPath, code: string, message: string, remedy: string): void {
    this.add('warning', this.places.locate(path), path, code, message, remedy)
  }

  /** Problems that other readers found, in their own words and places. */
  take(problems: readonly Problem[]): void {
    for (const p of problems) this.problems.push(p)
  }

  /** Whether a host or a file of one could not be read: then what it would have had cannot be missed elsewhere. */
  hostsAreUncertain(scenarioFile: string): boolean {
    return this.problems.some(p => p.severity === 'error' && (p.at.file !== scenarioFile || /^hosts\b/.test(p.message)))
  }

  private add(severity: Severity, at: Position, path: YamlPath, code: string, message: string, remedy: string): void {
    const where = pathText(path)
    this.problems.push({ at, severity, code, message: where === '' ? message : `${where}: ${message}`, remedy })
  }
}

/** `did you mean "b1"? hosts are: b1, b2, s1` */
export function suggest(word: string, known: readonly string[], what: string): string {
  const meant = nearest(word, known)
  const list = known.length === 0 ? `there are no ${what}` : `${what} are: ${shortList(known)}`
  return meant === undefined ? list : `did you mean "${meant}"? ${list}`
}

const LIST_MAX = 30
const shortList = (words: readonly string[]): string =>
  words.length <= LIST_MAX ? words.join(', ') : `${words.slice(0, LIST_MAX).join(', ')} and ${words.length - LIST_MAX} more`

/** Problems in the order of files and lines; one place and code once. */
export function sortProblems(problems: readonly Problem[], files: readonly string[]): Problem[] {
  const rank = (file: string) => (files.indexOf(file) + 1 || files.length + 1) - 1
  const seen = new Set<string>()
  return problems
    .filter(p => {
      const key = `${p.at.file}:${p.at.line}:${p.at.column}:${p.code}:${p.message}`
      return seen.has(key) ? false : seen.add(key)
    })
    .sort(
      (a, b) =>
        rank(a.at.file) - rank(b.at.file) || compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column,
    )
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
