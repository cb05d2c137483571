/** The plan's report as Markdown, for wikis and tickets: the same parts as the text. Tested in test/report/plan.test.ts. */
import { showRatio } from '../../metrics/index.ts'
import type { PlanResult } from '../../plan/index.ts'
import type { Table } from '../columns.ts'
import { evenText, idleText } from './chart.ts'
import { curveRows } from './curve-rows.ts'
import { loadsTable, needsTable, ordersTable, serverLines, skewLines, takeoverLines } from './sections.ts'
import { answerOf, givenOf, growthOf, namedNumbers, proofOf, titleOf } from './words.ts'

export function planMarkdown(result: PlanResult): string {
  const { model, changes, method } = result
  const growth = growthOf(result)
  const loads = loadsTable(result)
  const orders = ordersTable(result)
  const sections: [string, string][] = [
    [
      model.shares === undefined ? 'Curve' : 'The same traffic over equal VIPs',
      `${markdownTable(curve(result))}\n\n${list(namedNumbers(result))}`,
    ],
    ['Method', [`\`${method.formula}\``, list(method.sentences)].join('\n\n')],
    [
      result.plan.fits ? 'Plan' : 'The best there is',
      `${markdownTable(orders.table)}${orders.more === 0 ? '' : `\n\n${orders.more} more VIPs are not shown.`}`,
    ],
    ['Loads, of the wire', `${markdownTable(loads.table)}${loads.more === 0 ? '' : `\n\n${loads.more} more failure sets are not shown.`}`],
    ['Proof', list(proofOf(result))],
    ['Links', [markdownTable(needsTable(result)), list(serverLines(result))].filter(t => t !== '').join('\n\n')],
    ['Takeover', list(takeoverLines(result))],
    ['Uneven resolvers', list(skewLines(result))],
    ['Growth', growth === undefined ? '' : list([growth])],
    ['What would fit', list(changes.map(c => c.text))],
  ]
  const body = sections.filter(([, text]) => text !== '').map(([title, text]) => `## ${title}\n\n${text}`)
  return `${[`# ${titleOf(result)}`, `__${answerOf(result)}.__`, list(givenOf(result)), ...body].join('\n\n')}\n`
}

const list = (sentences: readonly string[]): string => sentences.map(s => `- ${s}`).join('\n')

const curve = (result: PlanResult): Table => ({
  head: ['VIPs', 'worst before', 'worst after', 'idle', 'even', 'fits'],
  align: 'rrrlll',
  rows: curveRows(result).map(p =>
    p === undefined
      ? ['…', '', '', '', '', '']
      : [
          String(p.vips),
          showRatio(p.worstBefore),
          showRatio(p.worstAfter),
          idleText(p),
          evenText(p, result.model.family.survive),
          p.fits ? 'yes' : 'no',
        ],
  ),
})

export function markdownTable({ head, align, rows }: Table): string {
  const cell = (c: string | { readonly text: string }): string => (typeof c === 'string' ? c : c.text).replaceAll('|', '\\|')
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = head.map((_, i) => (align[i] === 'r' ? '---:' : '---'))
  return [line(head), line(rule), ...rows.map(row => line(row.map(cell)))].join('\n')
}
