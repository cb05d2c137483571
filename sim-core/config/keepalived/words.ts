/**
 * Logical lines → words and braces. As in keepalived, a brace outside of double quotes ends a statement wherever it
 * stands, and nothing else does: two statements on a line need a brace between them. Words are split at blanks; a
 * double-quoted one keeps its blanks. Command lines (scripts) are split again by `commandWords`, which knows single
 * quotes and backslashes too. Tested in test/config/keepalived-syntax.test.ts.
 */
import type { Position } from '../../base/problem.ts'
import { type Line, positionAt, sliceLine, trimLine } from './line.ts'

export interface Word {
  readonly text: string
  readonly quoted: boolean
  readonly at: Position
}

export type Item =
  | { readonly kind: 'words'; readonly words: readonly Word[]; readonly line: Line }
  | { readonly kind: 'open'; readonly at: Position; readonly indent: number }
  | { readonly kind: 'close'; readonly at: Position; readonly indent: number }

/** The items of one line. */
export function itemsOf(line: Line): Item[] {
  const items: Item[] = []
  const indent = positionAt(line, 0).column
  let from = 0
  const words = (to: number) => {
    const part = trimLine(sliceLine(line, from, to))
    if (part.text !== '') items.push({ kind: 'words', words: wordsOf(part), line: part })
  }
  for (let i = 0; i < line.text.length; i++) {
    const c = line.text[i]
    if (c === '"') {
      const close = line.text.indexOf('"', i + 1)
      if (close < 0) break
      i = close
    } else if (c === '$' && line.text[i + 1] === '{' && line.text.indexOf('}', i) > 0) i = line.text.indexOf('}', i)
    else if (c === '{' || c === '}') {
      words(i)
      items.push({ kind: c === '{' ? 'open' : 'close', at: positionAt(line, i), indent })
      from = i + 1
    }
  }
  words(line.text.length)
  return items
}

function wordsOf(line: Line): Word[] {
  const words: Word[] = []
  for (const m of line.text.matchAll(/"([^"]*)("|$)|[^\s"]+/g))
    words.push({ text: m[1] ?? m[0], quoted: m[1] !== undefined, at: positionAt(line, m.index) })
  return words
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** The words of a command line: quotes of both kinds join, backslashes escape (keepalived.conf(5), "Quoted strings"). */
export function commandWords(line: Line): Word[] {
  const { text } = line
  const words: Word[] = []
  let quote = ''
  let word: { text: string; from: number; quoted: boolean } | undefined
  const end = () => {
    if (word !== undefined) words.push({ text: word.text, quoted: word.quoted, at: positionAt(line, word.from) })
    word = undefined
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quote === '' && /\s/.test(c)) {
      end()
      continue
    }
    word ??= { text: '', from: i, quoted: false }
    if (c === '\\' && i + 1 < text.length) {
      const [value, used] = escaped(text.slice(i + 1))
      word.text += value
      i += used
    } else if (c === quote) quote = ''
    else if (quote === '' && (c === '"' || c === "'")) {
      quote = c
      word.quoted = true
    } else word.text += c
  }
  end()
  return words
}

function escaped(rest: string): [string, number] {
  const hex = /^x([0-9a-fA-F]+)/.exec(rest)
  if (hex !== null) return [String.fromCharCode(Number.parseInt(hex[1].slice(-2), 16)), hex[0].length]
  const octal = /^[0-7]{1,3}/.exec(rest)
  if (octal !== null) return [String.fromCharCode(Number.parseInt(octal[0], 8) & 255), octal[0].length]
  if (rest[0] === 'c' && rest.length > 1) return [String.fromCharCode(rest.charCodeAt(1) & 31), 2]
  return [ESCAPES[rest[0]] ?? rest[0], 1]
}
