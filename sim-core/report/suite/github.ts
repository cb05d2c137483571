/**
 * Workflow commands of GitHub Actions: one annotation a failure, at the line of the expectation, worst first, because
 * GitHub shows only the first ten of a step; then one with the count.
 */
import { countEntries, type SuiteEntry } from './entry.ts'

export function githubAnnotations(entries: readonly SuiteEntry[]): string {
  const lines: string[] = []
  for (const e of entries) {
    if (e.state === 'broken') lines.push(command('error', { file: e.file, title: 'lvsim has a bug' }, e.stopped ?? ''))
    for (const p of e.problems)
      lines.push(
        command(
          p.severity === 'error' ? 'error' : p.severity === 'warning' ? 'warning' : 'notice',
          { file: p.at.file, line: p.at.line, col: p.at.column, title: p.code },
          p.remedy === undefined ? p.message : `${p.message}\n${p.remedy}`,
        ),
      )
    for (const c of e.checks)
      if (c.failure !== undefined) {
        const cause = c.failure.cause === undefined ? '' : `\ncause: ${c.failure.cause}`
        lines.push(command('error', { file: c.at.file, line: c.at.line, col: c.at.column, title: c.text }, `${c.failure.happened}${cause}`))
      }
  }
  const order = ['::error', '::warning', '::notice']
  const rank = (line: string) => order.findIndex(o => line.startsWith(o))
  const sorted = lines.map((line, i) => ({ line, i })).sort((a, b) => rank(a.line) - rank(b.line) || a.i - b.i)
  const c = countEntries(entries)
  const total = `${c.passed} of ${entries.length} scenarios passed, ${c.checks - c.failedChecks} of ${c.checks} expectations held`
  return `${[...sorted.map(s => s.line), command('notice', { title: 'lvsim test' }, total)].join('\n')}\n`
}

function command(kind: 'error' | 'warning' | 'notice', properties: Readonly<Record<string, string | number>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
  return `::${kind} ${list.join(',')}::${escapeData(message)}`
}

const escapeData = (s: string): string => s.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (s: string): string => escapeData(s).replaceAll(':', '%3A').replaceAll(',', '%2C')
