/**
 * Words and braces → statements with blocks. Recovers from missing and stray braces: a block left open is closed when a
 * keyword that only stands at the top opens a block, so that one missing brace gives one message and not a hundred.
 * Not recursive, so depth cannot hurt. Tested in test/config/keepalived-syntax.test.ts.
 */
import type { Position } from '../../base/problem.ts'
import { TOP_LEVEL_ONLY } from './keywords.ts'
import type { Line } from './line.ts'
import type { Report } from './report.ts'
import { type Item, itemsOf, type Word } from './words.ts'

export interface Statement {
  readonly keyword: Word
  readonly args: readonly Word[]
  /** The statement's own text, for command lines. */
  readonly line: Line
  readonly block?: Block
}

export interface Block {
  readonly openAt: Position
  readonly statements: readonly Statement[]
}

const DEPTH_MAX = 16

interface OpenBlock {
  /** The statement it belongs to; none for a stray `{`. */
  readonly owner?: MutableStatement
  readonly openAt: Position
  readonly indent: number
  readonly statements: MutableStatement[]
  /** A block inside that was closed by a brace of another indent: probably where the missing one belongs. */
  suspect?: { readonly openAt: Position; readonly closeAt: Position }
}

interface MutableStatement extends Statement {
  block?: Block
}

export function parseTree(lines: readonly Line[], report: Report): Statement[] {
  const parser = new TreeParser(report)
  for (const line of lines) for (const item of itemsOf(line)) parser.take(item)
  return parser.end()
}

class TreeParser {
  private readonly report: Report
  private readonly top: MutableStatement[] = []
  private readonly open: OpenBlock[] = []
  /** Blocks below the limit, skipped. */
  private skipped = 0
  /** The statement before, which a `{` would belong to. */
  private last: MutableStatement | undefined
  /** Indent of the line of the last statement. */
  private lastIndent = 1

  constructor(report: Report) {
    this.report = report
  }

  take(item: Item): void {
    if (item.kind === 'words') this.statement(item)
    else if (item.kind === 'open') this.openBlock(item.at, item.indent)
    else this.closeBlock(item.at, item.indent)
  }

  end(): Statement[] {
    this.closeAll()
    return this.top
  }

  private get statements(): MutableStatement[] {
    return this.open.length === 0 ? this.top : this.open[this.open.length - 1].statements
  }

  private statement(item: Extract<Item, { kind: 'words' }>): void {
    if (this.skipped > 0) return
    this.last = { keyword: item.words[0], args: item.words.slice(1), line: item.line }
    this.lastIndent = item.words[0].at.column
    this.statements.push(this.last)
  }

  private openBlock(at: Position, indent: number): void {
    if (this.skipped > 0 || this.open.length >= DEPTH_MAX) {
      if (this.skipped++ === 0)
        this.report.error(
          at,
          'nesting-too-deep',
          `blocks are nested deeper than ${DEPTH_MAX}`,
          'check the braces: no keepalived.conf needs more than five levels',
        )
      return
    }
    const owner = this.last
    this.last = undefined
    if (owner === undefined || owner.block !== undefined) {
      this.report.error(
        at,
        'brace-stray',
        'this { belongs to no keyword; its block is skipped',
        'remove it, or write the keyword before it',
      )
      this.open.push({ openAt: at, indent, statements: [] })
      return
    }
    if (this.open.length > 0 && TOP_LEVEL_ONLY.has(owner.keyword.text)) {
      this.statements.pop()
      this.closeAll()
      this.top.push(owner)
    }
    this.open.push({ owner, openAt: at, indent: Math.min(indent, this.lastIndent), statements: [] })
  }

  private closeBlock(at: Position, indent: number): void {
    this.last = undefined
    if (this.skipped > 0) {
      this.skipped--
      return
    }
    const block = this.open.pop()
    if (block === undefined) {
      this.report.error(at, 'brace-stray', 'this } closes no block', 'remove it, or look for a block that is closed too early above')
      return
    }
    this.finish(block)
    const outer = this.open[this.open.length - 1]
    const alone = at.column === indent && at.line !== block.openAt.line
    if (outer !== undefined && outer.suspect === undefined && (block.suspect !== undefined || (alone && indent < block.indent)))
      outer.suspect = block.suspect ?? { openAt: block.openAt, closeAt: at }
  }

  private finish(block: OpenBlock): void {
    if (block.owner !== undefined) block.owner.block = { openAt: block.openAt, statements: block.statements }
  }

  private closeAll(): void {
    this.skipped = 0
    for (let block = this.open.pop(); block !== undefined; block = this.open.pop()) {
      this.finish(block)
      const name = block.owner === undefined ? 'this block' : [block.owner.keyword.text, ...block.owner.args.map(a => a.text)].join(' ')
      const suspect = block.suspect
      this.report.error(
        block.openAt,
        'brace-unclosed',
        `${name}: the block that this { opens is never closed`,
        suspect === undefined
          ? 'add the closing }'
          : `add the closing }; by its indent the } of line ${suspect.closeAt.line} was meant for it, and the { of line ${suspect.openAt.line} lacks one`,
      )
    }
  }
}
