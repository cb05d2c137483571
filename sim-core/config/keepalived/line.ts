/**
 * A logical line of configuration with the column of every character in its file, so that a message about a word that
 * came out of a definition still points at what the user wrote. Tested in test/config/keepalived-syntax.test.ts.
 */
import type { Position } from '../../base/problem.ts'

export interface Line {
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly text: string
  /** Column of the first character, when the text stands in the file as it is; else one column for each character. */
  readonly columns: number | readonly number[]
}

export const columnAt = (line: Line, index: number): number => {
  if (typeof line.columns === 'number') return line.columns + index
  return line.columns[Math.min(index, line.columns.length - 1)] ?? 1
}

export const positionAt = (line: Line, index: number): Position => ({ file: line.file, line: line.line, column: columnAt(line, index) })

export function sliceLine(line: Line, from: number, to: number = line.text.length): Line {
  const columns = typeof line.columns === 'number' ? line.columns + from : line.columns.slice(from, to)
  return { ...line, text: line.text.slice(from, to), columns }
}

/** The line without blanks at both ends. */
export function trimLine(line: Line): Line {
  const from = line.text.length - line.text.trimStart().length
  return sliceLine(line, from, Math.max(from, line.text.trimEnd().length))
}

/** The line with characters from…to replaced; each new character stands where the replaced ones began. */
export function replaceInLine(line: Line, from: number, to: number, value: string): Line {
  const column = columnAt(line, from)
  const columns = Array.from({ length: line.text.length }, (_, i) => columnAt(line, i))
  columns.splice(from, to - from, ...Array<number>(value.length).fill(column))
  return { ...line, text: line.text.slice(0, from) + value + line.text.slice(to), columns }
}

/**
 * The line without its comment. `#` and `!` begin one outside of double quotes; `\#` and `\!` stand for themselves.
 * `open` is the index of a double quote that is never closed, or −1.
 */
export function withoutComment(line: Line): { line: Line; open: number } {
  let kept = line
  let quote = -1
  for (let i = 0; i < kept.text.length; i++) {
    const c = kept.text[i]
    if (c === '"') quote = quote < 0 ? i : -1
    else if (c === '\\' && i + 1 < kept.text.length) {
      const next = kept.text[i + 1]
      if (quote < 0 && (next === '#' || next === '!')) kept = replaceInLine(kept, i, i + 1, '')
      else i++
    } else if (quote < 0 && (c === '#' || c === '!')) {
      kept = sliceLine(kept, 0, i)
      break
    }
  }
  return { line: trimLine(kept), open: quote }
}
