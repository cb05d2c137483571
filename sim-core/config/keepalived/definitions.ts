/**
 * `$NAME=value` and its uses, `$NAME` before a blank and `${NAME}` anywhere (keepalived.conf(5), "Parameter
 * substitution"): replaced where used, not where defined; a value of several lines (each but the last ends in `\`) is
 * replaced only at the end of a line, and its further lines follow as lines of their own, from where they were defined.
 * Tested in test/config/keepalived-syntax.test.ts.
 */
import { dirname } from '../../base/files.ts'
import { type Line, replaceInLine, sliceLine, trimLine } from './line.ts'

export interface Definition {
  /** One line, or several for a multi-line definition. */
  readonly lines: Line[]
  readonly multiline: boolean
}

/** No blank before the `=`: keepalived 2.2.7 takes `$NAME =` for an unknown keyword. */
export const DEFINITION = /^\$([A-Za-z_]\w*)=\s*/

/** Longer lines are refused: a definition that contains itself grows without end. */
export const LINE_LENGTH_MAX = 16_384
const REPLACEMENTS_MAX = 1_000

export interface Substitution {
  readonly line: Line
  /** The further lines of a multi-line value. */
  readonly more: readonly Line[]
  readonly changed: boolean
  /** The value grows without end. */
  readonly endless: boolean
  /** `${_RANDOM}` was used; it gives its lowest value. */
  readonly random: boolean
}

export class Definitions {
  private readonly byName = new Map<string, Definition>()
  private readonly configId: string

  constructor(configId: string) {
    this.configId = configId
  }

  names(): string[] {
    return [...this.byName.keys()]
  }

  /** Remembers `$NAME=value`; the definition, to which the next lines are added when the line ends in `\`. */
  define(line: Line): Definition | undefined {
    const m = DEFINITION.exec(line.text)
    if (m === null) return undefined
    const value = sliceLine(line, m[0].length)
    const multiline = value.text.endsWith('\\')
    const first = multiline ? trimLine(sliceLine(value, 0, value.text.length - 1)) : value
    const definition: Definition = { lines: multiline && first.text === '' ? [] : [first], multiline }
    this.byName.set(m[1], definition)
    return definition
  }

  /** Sets a variable of a sequence. */
  set(name: string, value: string, at: Line): void {
    this.byName.set(name, { lines: [{ ...at, text: value }], multiline: false })
  }

  /** Replaces every use of a definition, and uses in what came in, up to the first use of a multi-line value. */
  substitute(start: Line): Substitution {
    let line = start
    let changed = false
    let random = false
    for (let count = 0, from = 0; ; ) {
      const use = findUse(line.text, from)
      if (use === undefined) return { line, more: [], changed, endless: false, random }
      const definition = this.find(use, line)
      if (definition === undefined) {
        from = use.from + 1
        continue
      }
      if (++count > REPLACEMENTS_MAX || line.text.length > LINE_LENGTH_MAX) return { line, more: [], changed: true, endless: true, random }
      changed = true
      if (use.name === '_RANDOM') random = true
      if (definition.multiline) return this.multiline(line, use, definition, random)
      line = replaceInLine(line, use.from, use.to, definition.lines[0].text)
      if (/^\s*~/.test(definition.lines[0].text)) return { line, more: [], changed, endless: false, random }
    }
  }

  private multiline(line: Line, use: Use, definition: Definition, random: boolean): Substitution {
    const [first, ...more] = definition.lines
    const alone = line.text.slice(0, use.from).trim() === ''
    const replaced = first === undefined ? sliceLine(line, 0, use.from) : alone ? first : replaceInLine(line, use.from, use.to, first.text)
    return { line: replaced, more, changed: true, endless: false, random }
  }

  private find(use: Use, line: Line): Definition | undefined {
    const own = this.byName.get(use.name)
    if (own !== undefined) return own.multiline && use.to !== line.text.length ? undefined : own
    const value = this.predefined(use, line)
    return value === undefined ? undefined : { lines: [{ ...line, text: value }], multiline: false }
  }

  private predefined(use: Use, line: Line): string | undefined {
    if (use.name === '_PWD') return dirname(line.file)
    if (use.name === '_INSTANCE') return this.configId
    if (use.name === '_HASH') return '#'
    if (use.name === '_BANG') return '!'
    if (use.name === '_RANDOM') return String(Number(use.parameters[0] ?? '0'))
    return undefined
  }
}

interface Use {
  readonly name: string
  readonly parameters: readonly string[]
  readonly from: number
  readonly to: number
}

const WITH_BRACES = /^\$\{([A-Za-z_]\w*)((?: +\d+)*)\}/
const WITHOUT_BRACES = /^\$([A-Za-z_]\w*)(?=[ \t,)]|$)/

function findUse(text: string, from: number): Use | undefined {
  for (let i = text.indexOf('$', from); i >= 0; i = text.indexOf('$', i + 1)) {
    const rest = text.slice(i)
    const braces = WITH_BRACES.exec(rest)
    if (braces !== null)
      return { name: braces[1], parameters: braces[2].split(' ').filter(p => p !== ''), from: i, to: i + braces[0].length }
    const plain = WITHOUT_BRACES.exec(rest)
    if (plain !== null) return { name: plain[1], parameters: [], from: i, to: i + plain[0].length }
  }
  return undefined
}
