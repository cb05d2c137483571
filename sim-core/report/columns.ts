/** Tables of text: columns as wide as their widest cell, numbers to the right, two spaces between. */
export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

export interface Table {
  readonly head: readonly string[]
  /** 'l' or 'r' a column. */
  readonly align: string
  readonly rows: readonly (readonly (string | Cell)[])[]
}

export function renderTable({ head, align, rows }: Table, paintHead: (text: string) => string, indent = '  '): string {
  const cells = rows.map(row => row.map(c => (typeof c === 'string' ? { text: c } : c)))
  const widths = head.map((h, i) => Math.max(width(h), ...cells.map(row => width(row[i]?.text ?? ''))))
  const pad = (text: string, i: number) => {
    const gap = ' '.repeat(Math.max(0, widths[i] - width(text)))
    return align[i] === 'r' ? gap + text : text + gap
  }
  const line = (row: readonly Cell[]) =>
    indent +
    row
      .map((c, i) =>
        c.paint === undefined || c.text === ''
          ? pad(c.text, i)
          : pad(c.text, i).replace(c.text, () => (c.paint as (t: string) => string)(c.text)),
      )
      .join('  ')
      .trimEnd()
  const title = paintHead(line(head.map(text => ({ text }))))
  return [title, ...cells.map(line)].join('\n')
}

/** Code points; the arrows and signs that reports use are one column wide. */
const width = (text: string): number => [...text].length

/** Text broken at spaces to lines of at most `columns`, `indent` before every line but the first not counted. */
export function wrap(text: string, columns: number, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join(`\n${indent}`)
}
