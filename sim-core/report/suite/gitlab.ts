/**
 * GitLab's Code Quality report: a list of findings at places in files. The fingerprint leaves the line out, so that a
 * finding stays the same one when lines are added above it.
 */
import { Digests } from '../../base/digest.ts'
import type { Position } from '../../base/problem.ts'
import type { SuiteEntry } from './entry.ts'

interface Finding {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker'
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } }
}

export function gitlabFindings(entries: readonly SuiteEntry[]): Finding[] {
  const seen = new Map<string, number>()
  const finding = (check: string, severity: Finding['severity'], at: Position, key: string, description: string): Finding => {
    const whole = `${at.file}\n${check}\n${key}`
    const again = seen.get(whole) ?? 0
    seen.set(whole, again + 1)
    return {
      description,
      check_name: check,
      fingerprint: fingerprintOf(again === 0 ? whole : `${whole}\n${again}`),
      severity,
      location: { path: at.file, lines: { begin: at.line } },
    }
  }
  return entries.flatMap(e => [
    ...(e.state === 'broken' ? [finding('lvsim-bug', 'blocker', { file: e.file, line: 1, column: 1 }, '', e.stopped ?? '')] : []),
    ...e.problems.map(p =>
      finding(p.code, p.severity === 'error' ? 'critical' : p.severity === 'warning' ? 'minor' : 'info', p.at, p.message, p.message),
    ),
    ...e.checks
      .filter(c => c.failure !== undefined)
      .map(c => finding('expectation', 'major', c.at, c.text, `${c.text}: ${c.failure?.happened.split('\n')[0]}`)),
  ])
}

function fingerprintOf(text: string): string {
  const digests = new Digests(2)
  digests.mixText(0, text)
  digests.mixText(1, `${text}\n`)
  return digests.hex(0) + digests.hex(1)
}
