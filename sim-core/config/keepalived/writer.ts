/** Lines with indent for the printers of keepalived.conf; words are quoted where the reader needs it. */
import type { Duration } from '../../base/units.ts'
import { SECOND_NS } from '../../base/units.ts'

const INDENT = '    '

/** A word as the reader gives it back: quoted when it is empty or has characters with a meaning. */
export const word = (text: string): string => (/^[\w./:+=%*,-]+$/.test(text) && !/^[~@$]/.test(text) ? text : `"${text}"`)

/** A command line or a line of ip(8) words: comment characters outside of double quotes are escaped. */
export function rawText(text: string): string {
  let quoted = false
  let out = ''
  for (const c of text) {
    if (c === '"') quoted = !quoted
    out += !quoted && (c === '#' || c === '!') ? `\\${c}` : c
  }
  return out
}

/** Nanoseconds as keepalived's seconds with at most six decimals. */
export const timer = (d: Duration): string => String(Math.round(d / 1000) / (SECOND_NS / 1000))

export class Writer {
  private out = ''
  private depth = 0

  text(): string {
    return this.out
  }

  line(text: string): void {
    this.out += `${INDENT.repeat(this.depth)}${text}\n`
  }

  /** `keyword value`, unless the value is what the reader takes anyway. */
  value(keyword: string, value: string | number | undefined, standard?: string | number): void {
    if (value !== undefined && value !== standard) this.line(`${keyword} ${typeof value === 'number' ? value : word(value)}`)
  }

  timer(keyword: string, value: Duration, standard: Duration): void {
    if (value !== standard) this.line(`${keyword} ${timer(value)}`)
  }

  flag(keyword: string, on: boolean): void {
    if (on) this.line(keyword)
  }

  bool(keyword: string, value: boolean, standard: boolean): void {
    if (value !== standard) this.line(`${keyword} ${value ? 'on' : 'off'}`)
  }

  block(head: string, inside: () => void): void {
    this.line(`${head} {`)
    this.depth++
    inside()
    this.depth--
    this.line('}')
  }

  /** A block of lines, left out when there are none. */
  list(head: string, lines: readonly string[]): void {
    if (lines.length > 0) this.block(head, () => lines.forEach(text => void this.line(text)))
  }

  /** Between two top-level blocks. */
  gap(): void {
    if (this.out !== '') this.out += '\n'
  }
}
