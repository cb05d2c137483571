/**
 * Files → logical lines, as keepalived's parser makes them before it looks at keywords: comments, `@id` conditions,
 * definitions, ~SEQ and ~LST, include. Everything that can grow without end (includes, definitions, sequences) has a
 * limit with a message. Never throws. Tested in test/config/keepalived-syntax.test.ts.
 */
import { type FileSource, resolvePath } from '../../base/files.ts'
import { nearest, type Position } from '../../base/problem.ts'
import { controlCharacterIn } from '../text.ts'
import { DEFINITION, type Definition, Definitions, LINE_LENGTH_MAX } from './definitions.ts'
import { type Line, positionAt, sliceLine, trimLine, withoutComment } from './line.ts'
import type { Report } from './report.ts'
import { readRepetition } from './sequences.ts'

/** A thousand instances with all their options; larger texts would not be read within a second. */
const FILE_SIZE_MAX_CHARS = 1_000_000
const INCLUDE_DEPTH_MAX = 16
const INCLUDE_COUNT_MAX = 500
const LINES_MAX = 50_000
const EXPANSION_DEPTH_MAX = 32
const EXPANSIONS_MAX = 200_000
const BRACES_MAX = 200
const INCLUDE_KEYWORDS = new Set(['include', 'includer', 'includem', 'includew', 'includeb', 'includea'])

/** Every logical line of a file and its includes, in order. */
export function logicalLines(path: string, files: FileSource, configId: string, report: Report): Line[] {
  return new Preprocessor(files, configId, report).run(path)
}

class Preprocessor {
  private readonly files: FileSource
  private readonly configId: string
  private readonly report: Report
  private readonly definitions: Definitions
  private readonly lines: Line[] = []
  /** The files that are open, outermost first. */
  private readonly open: string[] = []
  private included = 0
  private defining: Definition | undefined
  private full = false
  private expansions = 0

  constructor(files: FileSource, configId: string, report: Report) {
    this.files = files
    this.configId = configId
    this.report = report
    this.definitions = new Definitions(configId)
  }

  run(path: string): Line[] {
    const at: Position = { file: path, line: 1, column: 1 }
    const text = this.text(path, at, 'file-missing')
    if (text === undefined) return []
    if (text.trim() === '') this.report.error(at, 'file-empty', 'the file is empty', 'give a keepalived.conf, or leave `keepalived:` out')
    this.file(path, text)
    return this.lines
  }

  private text(path: string, at: Position, code: string): string | undefined {
    const read = this.files.read(path)
    if (!read.ok) {
      this.report.error(at, code, `"${path}" cannot be read: ${read.reason}`, 'check the name; it is relative to the file that names it')
      return undefined
    }
    const { text } = read
    const start: Position = { file: path, line: 1, column: 1 }
    if (text.length > FILE_SIZE_MAX_CHARS) {
      this.report.error(
        start,
        'file-size',
        `the file has ${text.length} characters, more than ${FILE_SIZE_MAX_CHARS}`,
        'give a keepalived.conf',
      )
      return undefined
    }
    const control = controlCharacterIn(text)
    if (control >= 0) {
      const before = text.slice(0, control).split('\n')
      this.report.error(
        { file: path, line: before.length, column: before[before.length - 1].length + 1 },
        'file-binary',
        'the file is not text',
        'give a keepalived.conf',
      )
      return undefined
    }
    return text
  }

  private file(path: string, text: string): void {
    this.open.push(path)
    const physical = text.split('\n')
    for (let i = 0; i < physical.length && !this.full; i++) {
      const raw: Line = { file: path, line: i + 1, text: physical[i].replace(/\r+$/, ''), columns: 1 }
      if (raw.text === '') this.defining = undefined
      if (raw.text.length > LINE_LENGTH_MAX) {
        this.report.error(
          positionAt(raw, 0),
          'line-too-long',
          `the line has ${raw.text.length} characters, more than ${LINE_LENGTH_MAX}`,
          'write one statement a line',
        )
        continue
      }
      const { line, open } = withoutComment(raw)
      if (open >= 0) this.report.error(positionAt(raw, open), 'quote-unclosed', 'this quote is not closed on its line', 'add the closing "')
      if (this.defining !== undefined) this.defineMore(line)
      else if (line.text !== '') this.logical(line, 0)
    }
    this.open.pop()
  }

  /** A further line of a multi-line definition. */
  private defineMore(line: Line): void {
    const definition = this.defining as Definition
    const more = line.text.endsWith('\\')
    const content = more ? trimLine(sliceLine(line, 0, line.text.length - 1)) : line
    if (content.text !== '') definition.lines.push(content)
    if (!more) this.defining = undefined
  }

  private logical(start: Line, depth: number): void {
    if (this.full) return
    if (depth > EXPANSION_DEPTH_MAX || ++this.expansions > EXPANSIONS_MAX) {
      this.full = true
      this.report.error(
        positionAt(start, 0),
        'definition-endless',
        'definitions contain each other without end',
        'remove the use of the definition from its own value',
      )
      return
    }
    const line = this.condition(start)
    if (line === undefined || line.text === '') return
    if (DEFINITION.test(line.text)) {
      const definition = this.definitions.define(line)
      if (definition?.multiline) this.defining = definition
      return
    }
    if (line.text.startsWith('~')) this.repeat(line, depth)
    else this.substituted(line, depth)
  }

  /** `@id rest` → rest when the id is ours, nothing when not; `@^id` the other way round. */
  private condition(line: Line): Line | undefined {
    const m = /^@(\^?)(\S*)\s*/.exec(line.text)
    if (m === null) return line
    const matches = m[2] === this.configId
    return matches !== (m[1] === '^') ? sliceLine(line, m[0].length) : undefined
  }

  private substituted(line: Line, depth: number): void {
    if (!line.text.includes('$')) {
      this.finish(line)
      return
    }
    const s = this.definitions.substitute(line)
    if (s.endless) {
      this.report.error(
        positionAt(line, 0),
        'definition-endless',
        'definitions contain each other without end',
        'remove the use of the definition from its own value',
      )
      return
    }
    if (s.random)
      this.report.warn(
        positionAt(line, 0),
        'definition-random',
        '$_RANDOM gives its lowest value here',
        'write a number: a run must be repeatable',
      )
    const text = trimLine(s.line)
    const again = s.changed && (/^[@~]/.test(text.text) || DEFINITION.test(text.text) || s.more.length > 0)
    if (again && text.text !== '') this.logical(text, depth + 1)
    else if (text.text !== '') this.finish(text)
    for (const more of s.more) {
      if (this.defining === undefined) this.logical(more, depth + 1)
      else this.defineMore(more)
    }
  }

  private repeat(line: Line, depth: number): void {
    const close = line.text.indexOf(')')
    const head = close < 0 ? line : this.definitions.substitute(sliceLine(line, 0, close + 1)).line
    const repetition = readRepetition(head.text)
    if (typeof repetition === 'string') {
      this.report.error(
        positionAt(line, 0),
        'sequence-malformed',
        `${line.text.slice(0, 4)}: ${repetition}`,
        'write ~SEQ(VAR, FIRST, STEP, LAST) or ~LST(VAR, A, B)',
      )
      return
    }
    const rest = trimLine(sliceLine(line, close + 1))
    if (rest.text === '') return
    for (const pass of repetition.passes) {
      if (this.full) return
      for (const [name, value] of pass) this.definitions.set(name, value, line)
      this.logical(rest, depth + 1)
    }
  }

  private finish(line: Line): void {
    const words = line.text.split(/\s+/)
    if (words.length === 2 && INCLUDE_KEYWORDS.has(words[0])) {
      this.include(line, words[0], words[1].replace(/^"|"$/g, ''))
      return
    }
    this.undefinedUses(line)
    if (this.lines.length >= LINES_MAX) {
      this.full = true
      this.report.error(
        positionAt(line, 0),
        'file-size',
        `the configuration has more than ${LINES_MAX} lines`,
        'shorten its sequences and includes',
      )
      return
    }
    this.lines.push(line)
  }

  private undefinedUses(line: Line): void {
    if (!line.text.includes('$')) return
    for (const m of line.text.matchAll(/\$\{(\w+)[^}]*\}|(?<=\s)\$([A-Za-z_]\w*)(?=\s|$)/g)) {
      const name = m[1] ?? m[2]
      const near = nearest(name, this.definitions.names())
      const inQuotes = (line.text.slice(0, m.index).split('"').length - 1) % 2 === 1
      if (!inQuotes)
        this.report.error(
          positionAt(line, m.index),
          'definition-unknown',
          `$${name} is not defined`,
          near === undefined ? `add a line $${name}=VALUE before this one` : `did you mean $${near}?`,
        )
    }
  }

  private include(line: Line, keyword: string, name: string): void {
    const at = positionAt(line, line.text.search(/\S+$/))
    const patterns = expandBraces(name)
    for (const pattern of patterns) {
      const path = resolvePath(line.file, pattern)
      if (!/[*?[]/.test(pattern)) {
        this.includeFile(path, at)
        continue
      }
      const matches = this.files.glob(path)
      if (matches.length === 0) {
        const strict = keyword === 'includea' || keyword === 'includew'
        this.report.add(
          at,
          strict ? 'error' : 'warning',
          'include-no-match',
          `no file matches "${pattern}"`,
          'check the pattern; it is relative to the file that names it',
        )
      }
      for (const match of matches) this.includeFile(match, at)
    }
  }

  private includeFile(path: string, at: Position): void {
    if (this.full) return
    if (this.open.includes(path)) {
      this.report.error(
        at,
        'include-loop',
        `"${path}" includes itself: ${[...this.open.slice(this.open.indexOf(path)), path].join(' → ')}`,
        'remove one of these includes',
      )
      return
    }
    if (this.open.length >= INCLUDE_DEPTH_MAX || this.included >= INCLUDE_COUNT_MAX) {
      const limit =
        this.open.length >= INCLUDE_DEPTH_MAX
          ? `includes are nested deeper than ${INCLUDE_DEPTH_MAX}`
          : `more than ${INCLUDE_COUNT_MAX} files are included`
      this.report.error(at, 'include-limit', limit, 'include fewer files')
      return
    }
    this.included++
    const text = this.text(path, at, 'include-missing')
    if (text !== undefined) this.file(path, text)
  }
}

/** csh braces: `{a,b}/c` → `a/c`, `b/c`; at most 200 patterns. */
function expandBraces(pattern: string): string[] {
  const done: string[] = []
  const todo = [pattern]
  while (todo.length > 0 && done.length + todo.length < BRACES_MAX) {
    const next = todo.shift() as string
    const m = /\{([^{}]*,[^{}]*)\}/.exec(next)
    if (m === null) done.push(next)
    else todo.unshift(...m[1].split(',').map(part => next.slice(0, m.index) + part + next.slice(m.index + m[0].length)))
  }
  return done
}
