/**
 * Reading a block: a table of keyword → reader, and the readers of single values with keepalived's own limits. A value
 * that keepalived throws away is thrown away here with a warning, for the file runs like that in production; one that a
 * block cannot do without (a VRID, a port) is an error. The messages name the block, the keyword and what to write.
 * Tested in test/config/keepalived-errors.test.ts.
 */
import type { Position, Severity } from '../../base/problem.ts'
import { type Duration, MICROSECOND_NS } from '../../base/units.ts'
import { looksLikeIpv6, parseIpv4 } from '../ipv4.ts'
import { LATER_KEYWORDS, READ_NOT_SIMULATED } from './keywords.ts'
import type { Report } from './report.ts'
import type { Statement } from './tree.ts'
import type { Word } from './words.ts'

export type Handlers = Readonly<Record<string, (s: Statement) => void>>

export const UINT_MAX = 4_294_967_295
export const INT_MAX = 2_147_483_647
/** The longest timer of keepalived, 2³² µs. */
export const TIMER_MAX_S = 4294.967295

/** What surrounds a statement: the block's name for messages and the list of problems. */
export class Fields {
  readonly report: Report
  readonly block: string
  private readonly seen = new Set<string>()

  constructor(report: Report, block: string) {
    this.report = report
    this.block = block
  }

  /** Reads the statements of a block; gives the place of each keyword (of a repeated one, the last). */
  read(owner: Statement, handlers: Handlers, ignored: readonly string[]): Record<string, Position> {
    const where: Record<string, Position> = {}
    if (owner.block === undefined) {
      this.report.error(
        owner.keyword.at,
        'block-missing',
        `${this.block}: its block { … } is missing`,
        'write { after it and } after its last line',
      )
      return where
    }
    for (const s of owner.block.statements) {
      const { text, at } = s.keyword
      if (Object.hasOwn(handlers, text)) {
        where[text] = at
        if (READ_NOT_SIMULATED.has(text)) this.report.ignore(text, at)
        handlers[text](s)
      } else if (ignored.includes(text)) this.report.ignore(text, at)
      else {
        this.report.warn(
          at,
          'unknown-keyword',
          `${this.block}: there is no keyword "${text}"; keepalived ignores the line`,
          LATER_KEYWORDS.has(text)
            ? 'releases after 2.2 know it: say keepalived: 2.3+ in the scenario, or remove it'
            : this.report.suggest(text, [...Object.keys(handlers), ...ignored], 'remove it'),
        )
      }
    }
    return where
  }

  /** `vrrp_instance VI_1: priority`. */
  name(s: Statement): string {
    return `${this.block}: ${s.keyword.text}`
  }

  /** The words of a scalar statement, at least `min` and at most `max` of them; undefined when some are missing. */
  words(s: Statement, min: number, max: number): readonly Word[] | undefined {
    if (this.seen.has(s.keyword.text))
      this.report.warn(
        s.keyword.at,
        'keyword-repeated',
        `${this.name(s)} is set a second time; the last one counts`,
        'remove one of the two',
      )
    this.seen.add(s.keyword.text)
    if (s.block !== undefined) this.report.error(s.block.openAt, 'block-unexpected', `${this.name(s)} takes no block`, 'remove { and }')
    if (s.args.length < min) {
      this.report.error(s.keyword.at, 'value-missing', `${this.name(s)} has no value`, 'write it on the same line')
      return undefined
    }
    if (s.args.length > max) {
      const extra = s.args.slice(max)
      const text = extra.map(w => w.text).join(' ')
      this.report.warn(extra[0].at, 'words-extra', `${this.name(s)}: keepalived ignores "${text}" after it`, 'write one statement a line')
    }
    return s.args.slice(0, max)
  }

  text(s: Statement): string | undefined {
    return this.words(s, 1, 1)?.[0].text
  }

  /** A keyword without a value. */
  flag(s: Statement): true {
    this.words(s, 0, 0)
    return true
  }

  /** on/off, true/false, yes/no; alone it means on. */
  bool(s: Statement): boolean | undefined {
    const word = this.words(s, 0, 1)?.[0]
    if (word === undefined || /^(on|true|yes)$/.test(word.text)) return true
    if (/^(off|false|no)$/.test(word.text)) return false
    this.report.warn(
      word.at,
      'value-malformed',
      `${this.name(s)} "${word.text}" is neither on nor off; keepalived ignores the line`,
      'write on, off, true, false, yes or no',
    )
    return undefined
  }

  unsigned(s: Statement, min: number, max: number, severity: Severity = 'warning'): number | undefined {
    const word = this.words(s, 1, 1)?.[0]
    return word === undefined ? undefined : this.number(word, this.name(s), min, max, severity)
  }

  /** A whole number of 1 or more; keepalived makes 1 of 0. */
  atLeastOne(s: Statement): number | undefined {
    const n = this.unsigned(s, 0, INT_MAX)
    if (n !== 0) return n
    this.report.warn(s.args[0].at, 'value-corrected', `${this.name(s)} 0 becomes 1`, 'write 1 or more')
    return 1
  }

  /** A whole number, also negative when the range says so. `severity`: 'error' for what its block cannot do without. */
  number(word: Word, name: string, min: number, max: number, severity: Severity = 'warning'): number | undefined {
    const text = word.text.trim()
    const ignored = severity === 'warning' ? '; keepalived ignores it' : ''
    const range = max >= INT_MAX ? `of ${min} or more` : `from ${min} to ${max}`
    if (!/^[+-]?\d+$/.test(text)) {
      const what = text.startsWith('$') ? 'is not defined' : 'is not a whole number'
      this.report.add(word.at, severity, 'number-malformed', `${name} "${word.text}" ${what}${ignored}`, `write a whole number ${range}`)
      return undefined
    }
    const value = Number(text)
    if (value >= min && value <= max) return value
    this.report.add(word.at, severity, 'value-out-of-range', `${name} ${text} is out of range${ignored}`, `write a whole number ${range}`)
    return undefined
  }

  /** Seconds with a fraction, down to microseconds. */
  timer(s: Statement, minS: number, maxS: number): Duration | undefined {
    const word = this.words(s, 1, 1)?.[0]
    if (word === undefined) return undefined
    const range = `from ${minS} to ${maxS}`
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word.text)) {
      this.report.warn(
        word.at,
        'number-malformed',
        `${this.name(s)} "${word.text}" is not a number of seconds; keepalived ignores the line`,
        `write a number ${range} without a unit`,
      )
      return undefined
    }
    const value = Number(word.text)
    if (value >= minS && value <= maxS) return (Math.round(value * 1e6) * MICROSECOND_NS) as Duration
    const message = `${this.name(s)} ${word.text} is out of range; keepalived ignores the line`
    this.report.warn(word.at, 'value-out-of-range', message, `write a number of seconds ${range}, or leave it out`)
    return undefined
  }

  /** One of a few words. */
  choice<T extends string>(s: Statement, choices: readonly T[]): T | undefined {
    const word = this.words(s, 1, 1)?.[0]
    return word === undefined ? undefined : this.oneOf(word, this.name(s), choices)
  }

  oneOf<T extends string>(word: Word, name: string, choices: readonly T[]): T | undefined {
    const found = choices.find(c => c === word.text)
    if (found !== undefined) return found
    const remedy = this.report.suggest(word.text, choices, `write one of ${choices.join(', ')}`)
    this.report.warn(word.at, 'value-malformed', `${name} "${word.text}" does not exist; keepalived ignores it`, remedy)
    return undefined
  }

  /** An IPv4 address; one of IPv6 is a warning, other text an error. */
  address(word: Word, name: string): string | undefined {
    if (parseIpv4(word.text) !== undefined) return word.text
    if (looksLikeIpv6(word.text.replace(/\/\d+$/, ''))) {
      this.report.warn(
        word.at,
        'ipv6-not-simulated',
        `${name}: the IPv6 address ${word.text} is read but not simulated`,
        'only IPv4 takes part in the simulation',
      )
      return undefined
    }
    this.report.error(
      word.at,
      'address-malformed',
      `${name} "${word.text}" is not an IPv4 address`,
      'write four numbers from 0 to 255, such as 10.0.0.1',
    )
    return undefined
  }

  /** Every line of a block of values; all its words. */
  lines(owner: Statement): (readonly Word[])[] {
    if (owner.args.length > 0)
      this.report.warn(
        owner.args[0].at,
        'words-extra',
        `${this.name(owner)}: keepalived ignores "${owner.args[0].text}" before the block`,
        'remove it',
      )
    if (owner.block === undefined) {
      this.report.error(
        owner.keyword.at,
        'block-missing',
        `${this.name(owner)}: its block { … } is missing`,
        'write { after it and } after its last line',
      )
      return []
    }
    for (const s of owner.block.statements)
      if (s.block !== undefined)
        this.report.error(
          s.block.openAt,
          'block-unexpected',
          `${this.name(owner)} "${s.keyword.text}" takes no block`,
          'look for a missing } before it',
        )
    return owner.block.statements.map(s => [s.keyword, ...s.args])
  }

  /** A command line, as text. */
  command(s: Statement): string {
    const text = s.line.text.slice(s.keyword.text.length).trim()
    if (text === '' && s.keyword.text !== 'notify_deleted')
      this.report.error(s.keyword.at, 'value-missing', `${this.name(s)} has no command`, 'write the command on the same line')
    return text
  }
}
