/** A sweep as Markdown, for step summaries, wikis and tickets: the same parts as the text. */
import type { SweepResult } from '../../sweep/index.ts'
import type { Table } from '../columns.ts'
import { measureTable, overallTable, phaseTable } from './tables.ts'
import { allMeasures, answerOf, scopeOf } from './words.ts'

export function sweepMarkdown(result: SweepResult): string {
  const { design } = result
  const [phases, all] = [phaseTable(result), overallTable(result)]
  const sections = [
    `# ${escaped(design.title)}`,
    answerOf(result)
      .map(s => `__${escaped(s)}__`)
      .join('\n\n'),
    `\`${design.file}\`, ${scopeOf(result)}.`,
    ...(all === undefined ? [] : [`## All that is expected\n\n${markdownTable(all)}`]),
    ...allMeasures(result).map(m => `## ${escaped(m.text)}\n\n${markdownTable(measureTable(result, m))}`),
    ...(phases === undefined ? [] : [`## What the phase decides\n\n${markdownTable(phases)}`]),
  ]
  return `${sections.filter(s => s !== '').join('\n\n')}\n`
}

function markdownTable({ head, align, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(c => escaped(c.trim())).join(' | ')} |`
  const text = (cell: Table['rows'][number][number] | undefined) => (cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text)
  return [
    line(head),
    `|${head.map((_, i) => (align[i] === 'r' ? '---:' : '---')).join('|')}|`,
    ...rows.map(row => line(head.map((_, i) => text(row[i])))),
  ].join('\n')
}

const escaped = (text: string): string => text.replace(/[\\|<>*_`]/g, c => `\\${c}`)
