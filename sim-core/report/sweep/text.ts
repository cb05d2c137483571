/** A sweep for the terminal: what was swept, a table a measure, the worst phase, and the answer last. */
import { type SweepResult, worstPhases } from '../../sweep/index.ts'
import { renderTable, wrap } from '../columns.ts'
import type { Style } from '../style.ts'
import { measureTable, overallTable, phaseTable } from './tables.ts'
import { allMeasures, answerOf, repeatCommand, scopeOf } from './words.ts'

const COLUMNS = 118

export function sweepText(result: SweepResult, style: Style): string {
  const { design } = result
  const head = [style.bold(design.title), style.dim(wrap(`${design.file} · ${scopeOf(result)}`, COLUMNS, ''))].join('\n')
  const tables = allMeasures(result).map(
    measure => `${style.bold(measure.text)}\n${renderTable(measureTable(result, measure, style), style.dim)}`,
  )
  const phases = phaseTable(result)
  const worst = phases === undefined ? [] : [`${style.bold('What the phase decides')}\n${renderTable(phases, style.dim)}`]
  const all = overallTable(result, style)
  const overall = all === undefined ? [] : [`${style.bold('All that is expected')}\n${renderTable(all, style.dim)}`]
  return `${[head, ...tables, ...worst, ...broken(result, style), ...overall, answerText(result, style)].filter(t => t !== '').join('\n\n')}\n`
}

function answerText(result: SweepResult, { good, bad, warn }: Style): string {
  const { conclusion } = result
  const paint = !result.complete || conclusion === 'inconclusive' ? warn : conclusion === 'failed' ? bad : good
  return answerOf(result)
    .map((sentence, i) => (i === 0 ? paint(wrap(sentence, COLUMNS, '')) : wrap(sentence, COLUMNS, '')))
    .join('\n')
}

const SHOWN_MAX = 3

/** Commands that show what is meant: the first runs that broke something, and those of the worst phases. */
function broken(result: SweepResult, { dim }: Style): string[] {
  const lines: string[] = []
  result.points.forEach(({ measures }, p) => {
    const m = measures.find(m => m.brokenBy !== undefined && m.conclusion !== 'held')
    if (m?.brokenBy !== undefined && lines.length < SHOWN_MAX) lines.push(repeatCommand(result, p, m.brokenBy))
  })
  const phases = worstPhases(result).filter(w => w.most.value !== w.least.value)
  for (const { worst } of phases.slice(0, SHOWN_MAX)) {
    const line = repeatCommand(result, worst.point, worst.seed)
    if (!lines.includes(line)) lines.push(line)
  }
  return lines.length === 0 ? [] : [`${dim('To see one of them:')}\n${lines.map(line => `  ${line}`).join('\n')}`]
}
