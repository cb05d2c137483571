/** What a change of configuration alters, as text. Tested in test/report/check.test.ts. */
import { counted } from '../../metrics/index.ts'
import type { Comparison } from '../../plan/index.ts'
import { renderTable } from '../columns.ts'
import type { Style } from '../style.ts'
import { findingsText } from './findings.ts'
import { lostText } from './words.ts'

/** Changes beyond this many are left to --json. */
const ROWS_MAX = 60

export function comparisonText({ changes, fixed, introduced }: Comparison, against: string, style: Style): string {
  const title = style.bold(`Compared with ${against}`)
  if (changes.length + fixed.length + introduced.length === 0)
    return `${title}\n  nothing changes: the same owners, takeover times, loads and findings\n`
  const rows = changes.slice(0, ROWS_MAX).map(c => [lostText(c.failed), c.kind, c.of, c.before, c.after])
  const table = rows.length === 0 ? [] : [renderTable({ head: ['lost', 'what', 'of', 'before', 'now'], align: 'lllll', rows }, style.dim)]
  const more = changes.length > rows.length ? [`  ${changes.length - rows.length} more changes are in --json`] : []
  const gone =
    fixed.length === 0
      ? []
      : [`  ${style.good(`${counted(fixed.length, 'finding')} gone`)}: ${[...new Set(fixed.map(f => f.rule))].join(', ')}`]
  const came =
    introduced.length === 0 ? [] : [`  ${style.bad(`${counted(introduced.length, 'finding')} new`)}`, findingsText(introduced, style)]
  return `${[title, ...table, ...more, ...gone, ...came].join('\n')}\n`
}
