/** A suite for people: one line a scenario, the failures with all that is needed to see them, and the count. */
import { formatProblem } from '../../base/problem.ts'
import { trimmed } from '../../metrics/index.ts'
import { wrap } from '../columns.ts'
import type { Style } from '../style.ts'
import { type Check, countEntries, type SuiteEntry } from './entry.ts'

const COLUMNS = 118
const INDENT = ' '.repeat(14)

/** The commands that repeat a run and that show the moment of a failure. */
export interface Commands {
  readonly repeat: (entry: SuiteEntry) => string
  readonly look: (entry: SuiteEntry, atNs: number) => string
}

export function entryText(entry: SuiteEntry, style: Style, commands: Commands): string {
  const held = entry.checks.filter(c => c.state === 'held').length
  const count = style.dim(`${held} of ${entry.checks.length} held, ${trimmed(entry.wallS, 1)} s`)
  if (entry.state === 'passed') return `${style.good('ok')}    ${entry.file}  ${count}\n`
  if (entry.state === 'wrong-input')
    return `${style.bad('WRONG')} ${entry.file}\n${entry.problems.map(p => `${formatProblem(p)}\n`).join('')}`
  if (entry.state === 'broken')
    return `${style.bad('BUG')}   ${entry.file}\n${entry.stopped ?? ''}\n  repeat      ${commands.repeat(entry)}\n`
  const failed = entry.checks.filter(c => c.state === 'failed')
  const stopped = entry.stopped === undefined ? '' : `  ${style.warn(entry.stopped)}`
  const head = `${failed.length > 0 ? style.bad('FAIL') : style.warn('?   ')}  ${entry.file}  ${count}${stopped}\n`
  return head + failed.map(c => failureText(entry, c, style, commands)).join('')
}

/** `FAIL file:line  what was promised`, then what happened, when, why, and where to look. */
export function failureText(entry: SuiteEntry, check: Check, style: Style, { repeat, look }: Commands): string {
  const { failure: f } = check
  const line = (name: string, text: string) =>
    `  ${style.dim(name.padEnd(10))}  ${text
      .split('\n')
      .map(part => wrap(part, COLUMNS - INDENT.length, INDENT))
      .join(`\n${INDENT}`)}`
  const head = `${style.bad('FAIL')}  ${check.at.file}:${check.at.line}  ${style.bold(check.text)}`
  const body =
    f === undefined
      ? [line('observed', check.observed)]
      : [
          line('happened', f.happened),
          line('at', f.when),
          ...(f.cause === undefined ? [] : [line('cause', f.cause)]),
          line('repeat', repeat(entry)),
          line('look', look(entry, f.lookNs)),
        ]
  return `${[head, ...body].join('\n')}\n`
}

export function suiteText(entries: readonly SuiteEntry[], wallS: number, style: Style): string {
  const c = countEntries(entries)
  const scenarios = `${entries.length} ${entries.length === 1 ? 'scenario' : 'scenarios'}`
  const parts = [
    c.failed > 0 ? style.bad(`${c.failed} failed`) : '',
    c.unjudged > 0 ? style.warn(`${c.unjudged} could not be judged`) : '',
    c.passed > 0 ? style.good(`${c.passed} passed`) : '',
  ]
  const checks = `${c.checks - c.failedChecks} of ${c.checks} expectations held`
  return `\n${scenarios}: ${parts.filter(p => p !== '').join(', ')}; ${checks}; ${trimmed(wallS, 1)} s\n`
}
