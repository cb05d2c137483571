/**
 * Golden tables: what a scenario does, small enough to be reviewed in a change of code: who owned which VIP when, the
 * windows, and the balancers' tables at the end. They stand beside the scenario as NAME.golden.txt; a difference fails
 * the suite like an expectation does, and shows the first lines that differ.
 */
import { showTime } from '../../metrics/index.ts'
import type { Position } from '../../base/problem.ts'
import { renderTable } from '../columns.ts'
import type { Report } from '../input.ts'
import { PLAIN } from '../style.ts'
import { tablesText } from '../tables.ts'
import { takeoversText, windowsText } from '../windows.ts'
import type { Check } from './entry.ts'

export const goldenFileOf = (scenario: string): string => scenario.replace(/\.ya?ml$/, '') + '.golden.txt'

export function goldenText(report: Report): string {
  const { result } = report.view
  const rows = result.measurements.vips.flatMap(v =>
    v.owners.map(o => [v.address, o.host, showTime(o.fromNs), showTime(Math.min(o.toNs, result.simulatedNs))]),
  )
  const owners = renderTable({ head: ['VIP', 'owner', 'from', 'to'], align: 'llrr', rows }, PLAIN.dim)
  const atEnd = result.tables.filter(t => t.tNs >= result.simulatedNs).map(t => ({ ...t, connections: [] }))
  const parts = [owners, windowsText(report, PLAIN), takeoversText(report, PLAIN), tablesText(atEnd, PLAIN)]
  return `${report.model.title}\n\n${parts.filter(p => p !== '').join('\n\n')}\n`
}

const SHOWN_MAX = 6

/** The golden table as one more check of its scenario. */
export function checkGolden(scenario: string, golden: string, actual: string): Check {
  const file = goldenFileOf(scenario)
  const text = `golden table ${file}`
  const at: Position = { file, line: 1, column: 1 }
  if (golden === actual) return { text, at, state: 'held', observed: 'the same' }
  const was = golden.split('\n')
  const is = actual.split('\n')
  const differing = Array.from({ length: Math.max(was.length, is.length) }, (_, i) => i).filter(i => was[i] !== is[i])
  const lines = differing.slice(0, SHOWN_MAX / 2).flatMap(i => [`- ${was[i] ?? ''}`, `+ ${is[i] ?? ''}`])
  const observed = `${differing.length} of ${is.length} lines differ`
  return {
    text,
    at: { ...at, line: differing[0] + 1 },
    state: 'failed',
    observed,
    failure: {
      promised: text,
      happened: [observed, ...lines].join('\n'),
      when: `line ${differing[0] + 1}`,
      lookNs: 0,
      cause: 'the run differs from the one that was reviewed; when that is meant, --update writes the new table',
    },
  }
}
