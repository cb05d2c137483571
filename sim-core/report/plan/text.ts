/**
 * What `lvsim plan` prints: what was asked, the curve, the method, the plan with its loads and its proof, what the links
 * must be, takeover, uneven traffic, growth; the last line is the answer. Tested in test/report/plan.test.ts.
 */
import type { PlanResult } from '../../plan/index.ts'
import { renderTable, wrap } from '../columns.ts'
import type { Style } from '../style.ts'
import { curveTable } from './chart.ts'
import { loadsTable, needsTable, ordersTable, serverLines, skewLines, takeoverLines } from './sections.ts'
import { answerOf, givenOf, growthOf, namedNumbers, proofOf, titleOf } from './words.ts'

const COLUMNS = 118
const lines = (sentences: readonly string[]): string => sentences.map(s => `  - ${wrap(s, COLUMNS - 4, '    ')}`).join('\n')
const left = (more: number, what: string): string => (more === 0 ? '' : `\n  … and ${more} more ${what}, in --json`)

export function planText(result: PlanResult, style: Style): string {
  const growth = growthOf(result)
  const { model, changes, method } = result
  const loads = loadsTable(result)
  const orders = ordersTable(result)
  const curveTitle = model.shares === undefined ? 'Curve' : 'The same traffic over equal VIPs'
  const sections: [string, string][] = [
    [curveTitle, [curveTable(result, style), lines(namedNumbers(result))].filter(t => t !== '').join('\n')],
    ['Method', `  ${wrap(method.formula, COLUMNS - 2, '  ')}\n${lines(method.sentences)}`],
    [result.plan.fits ? 'Plan' : 'The best there is', `${renderTable(orders.table, style.dim)}${left(orders.more, 'VIPs')}`],
    ['Loads, of the wire', `${renderTable(loads.table, style.dim)}${left(loads.more, 'failure sets, none of them worse')}`],
    ['Proof', lines(proofOf(result))],
    ['Links', [renderTable(needsTable(result), style.dim), lines(serverLines(result))].filter(t => t !== '').join('\n')],
    ['Takeover', lines(takeoverLines(result))],
    ['Uneven resolvers', lines(skewLines(result))],
    ['Growth', growth === undefined ? '' : lines([growth])],
    ['What would fit', lines(changes.map(c => c.text))],
  ]
  const head = [style.bold(titleOf(result)), ...givenOf(result).map(line => style.dim(wrap(line, COLUMNS, '')))].join('\n')
  const body = sections.filter(([, text]) => text !== '').map(([title, text]) => `${style.bold(title)}\n${text}`)
  const paint = result.plan.fits ? style.good : style.bad
  const [verdict, ...rest] = answerOf(result).split(': ')
  return `${[head, ...body, wrap(`${style.bold(paint(verdict))}: ${rest.join(': ')}.`, COLUMNS, '')].join('\n\n')}\n`
}
