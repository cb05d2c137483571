/** `lvsim check --explain RULE` and `--rules`: what the rules say. Tested in test/report/check.test.ts. */
import type { Rule } from '../../plan/index.ts'
import { RULES } from '../../plan/index.ts'
import { renderTable, wrap } from '../columns.ts'
import type { Style } from '../style.ts'

const COLUMNS = 100

export function explainText(rule: Rule, style: Style): string {
  const parts: [string, string][] = [
    ['why', rule.why],
    ['fix', `${rule.fix}.`],
    ['source', `${rule.source}.`],
    ...(rule.scenario === undefined ? [] : [['see', `lvsim run ${rule.scenario}`] as [string, string]]),
  ]
  const lines = parts.map(([name, text]) => `  ${style.dim(name.padEnd(8))}${wrap(text, COLUMNS, ' '.repeat(10))}`)
  return `${style.bold(rule.id)} (${rule.severity}): ${rule.title}\n${lines.join('\n')}\n`
}

export const rulesText = (style: Style): string =>
  `${renderTable({ head: ['rule', 'severity', 'what'], align: 'lll', rows: RULES.map(r => [r.id, r.severity, r.title]) }, style.dim)}\n`

export const rulesJson = (): object =>
  RULES.map(({ id, severity, title, why, fix, source, scenario }) => ({
    id,
    severity,
    title,
    why,
    fix,
    source,
    ...(scenario === undefined ? {} : { scenario }),
  }))
