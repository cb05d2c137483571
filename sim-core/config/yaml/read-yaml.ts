/**
 * YAML 1.2 text → plain value, with the position of every key and value, for scenario files.
 *
 * The `yaml` package parses; this adds what a reader of untrusted text needs: limits on size, depth and aliases, every
 * syntax error as a Problem, and `locate`, which finds the place of a path (or of its nearest parent that exists, for
 * a key that is missing). Never throws. Tested in test/config/yaml.test.ts.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml'
import type { Position, Problem } from '../../base/problem.ts'
import { controlCharacterIn } from '../text.ts'

export type YamlPath = readonly (string | number)[]

export interface YamlFile {
  /** Undefined when the text could not be read at all. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Where the value at the path is; of a missing one, where its nearest existing parent is. */
  locate(path: YamlPath): Position
  /** Where the key itself is written (of a list entry: the entry). */
  locateKey(path: YamlPath): Position
}

/** Scenarios are written by people: this is far beyond any, and still read within a second. */
export const YAML_SIZE_MAX_CHARS = 1_000_000
export const YAML_DEPTH_MAX = 40
/** Nodes that aliases may add in all: enough for shared settings, too few for a bomb. */
export const YAML_ALIAS_MAX = 1_000
const PROBLEMS_MAX = 50

/** `hosts.b1.link.rate`, `expect[1].is`. */
export function pathText(path: YamlPath): string {
  let out = ''
  for (const part of path) out += typeof part === 'number' ? `[${part}]` : out === '' ? part : `.${part}`
  return out
}

export function readYaml(file: string, text: string): YamlFile {
  const start: Position = { file, line: 1, column: 1 }
  const refuse = (at: Position, code: string, message: string, remedy: string): YamlFile => ({
    value: undefined,
    problems: [{ at, severity: 'error', code, message, remedy }],
    locate: () => at,
    locateKey: () => at,
  })
  if (text.length > YAML_SIZE_MAX_CHARS)
    return refuse(
      start,
      'file-size',
      `the file has ${text.length} characters, more than ${YAML_SIZE_MAX_CHARS}`,
      'split it into several scenarios',
    )
  const control = controlCharacterIn(text)
  if (control >= 0) return refuse(positionOf(file, text, control), 'file-binary', 'the file is not text', 'give a YAML file in UTF-8')
  const deep = tooDeep(text)
  if (deep >= 0)
    return refuse(positionOf(file, text, deep), 'yaml-depth', `lists and maps are nested deeper than ${YAML_DEPTH_MAX}`, 'write it flatter')
  if (text.trim() === '')
    return refuse(start, 'file-empty', 'the file is empty', 'write a scenario; `lvsim schema` prints what it may hold')

  const lines = new LineCounter()
  let doc: Document.Parsed
  try {
    doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, version: '1.2', uniqueKeys: true })
  } catch {
    return refuse(start, 'yaml-depth', `lists and maps are nested deeper than ${YAML_DEPTH_MAX}`, 'write it flatter')
  }
  const at = (offset: number): Position => {
    const p = lines.linePos(Math.min(offset, text.length))
    return { file, line: Math.max(1, p.line), column: Math.max(1, p.col) }
  }
  const problems = syntaxProblems(doc, at)
  // A key that is written twice leaves all the rest readable, and its mistakes are wanted too.
  const unreadable = problems.some(p => p.severity === 'error' && p.code !== 'yaml-duplicate-key')
  const value = unreadable ? undefined : plainValue(doc, start, problems)
  return {
    value,
    problems,
    locate: path => at(find(doc, path, false)),
    locateKey: path => at(find(doc, path, true)),
  }
}

function syntaxProblems(doc: Document.Parsed, at: (offset: number) => Position): Problem[] {
  const problems: Problem[] = []
  for (const e of doc.errors.slice(0, PROBLEMS_MAX)) {
    const duplicate = e.code === 'DUPLICATE_KEY'
    problems.push({
      at: at(e.pos[0]),
      severity: 'error',
      code: duplicate ? 'yaml-duplicate-key' : 'yaml-syntax',
      message: duplicate ? 'this key is already written in the same map' : lowerFirst(e.message),
      remedy: duplicate ? 'remove one of the two' : remedyOf(e.code),
    })
  }
  for (const alias of unknownAliases(doc).slice(0, PROBLEMS_MAX))
    problems.push({
      at: at(offsetOf(alias, 0)),
      severity: 'error',
      code: 'yaml-syntax',
      message: `there is no anchor "&${alias.source}" before this alias`,
      remedy: remedyOf('BAD_ALIAS'),
    })
  for (const w of doc.warnings.slice(0, PROBLEMS_MAX))
    problems.push({ at: at(w.pos[0]), severity: 'warning', code: 'yaml-syntax', message: lowerFirst(w.message) })
  return problems
}

function unknownAliases(doc: Document.Parsed): Alias[] {
  const anchors = new Set<string>()
  const unknown: Alias[] = []
  visit(doc, {
    Value: (_key, node) => void (node.anchor !== undefined && anchors.add(node.anchor)),
    Alias: (_key, node) => void (anchors.has(node.source) || unknown.push(node)),
  })
  return unknown
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text).replace(/\.$/, '')

function remedyOf(code: string): string {
  if (code === 'TAB_AS_INDENT') return 'indent with spaces'
  if (code === 'MULTIPLE_DOCS') return 'write one scenario a file, without `---` between two'
  if (code === 'BAD_INDENT' || code === 'BLOCK_IN_FLOW') return 'indent the entries of one map equally, with spaces'
  if (code === 'MISSING_CHAR') return 'close the quote or bracket'
  if (code === 'BAD_ALIAS') return 'define the anchor (&name) before its alias (*name)'
  return 'write YAML 1.2: `key: value`, lists as `- entry` or `[a, b]`'
}

function plainValue(doc: Document.Parsed, start: Position, problems: Problem[]): unknown {
  try {
    return doc.toJS({ maxAliasCount: YAML_ALIAS_MAX })
  } catch (e) {
    const merge = e instanceof Error && /merge/i.test(e.message)
    problems.push({
      at: start,
      severity: 'error',
      code: merge ? 'yaml-syntax' : 'yaml-alias',
      message: merge
        ? 'a merge (<<) takes something that is not a map'
        : `aliases (*name) add more than ${YAML_ALIAS_MAX} values, or refer to themselves`,
      remedy: merge ? 'write `<<: *name` with the anchor on a map' : 'write the values out',
    })
    return undefined
  }
}

/** The offset of the value (or key) at the path, or of the last part of the path that exists. */
function find(doc: Document.Parsed, path: YamlPath, key: boolean): number {
  let node: unknown = doc.contents
  let offset = offsetOf(node, 0)
  for (let i = 0; i < path.length; i++) {
    if (isAlias(node)) node = node.resolve(doc)
    let next: unknown
    let keyOffset: number | undefined
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(p => isPair(p) && isScalar(p.key) && String(p.key.value) === String(path[i]))
      if (pair === undefined) break
      keyOffset = offsetOf(pair.key, offset)
      next = pair.value ?? pair.key
    } else if (isSeq(node)) {
      next = node.items[Number(path[i])]
      if (next === undefined) break
    } else break
    offset = offsetOf(next, keyOffset ?? offset)
    if (key && i === path.length - 1) return keyOffset ?? offset
    node = next
  }
  return offset
}

const offsetOf = (node: unknown, otherwise: number): number => (isNode(node) ? ((node as Node).range?.[0] ?? otherwise) : otherwise)

/**
 * Where nesting passes the limit, or −1: brackets outside of quotes and comments, and indicators in a row on one line
 * (`- - - -`). Indents that grow line by line are counted too.
 */
function tooDeep(text: string): number {
  let depth = 0
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quote !== '') {
      if (c === '\\' && quote === '"') i++
      else if (c === quote) quote = ''
    } else if ((c === '"' || c === "'") && /[\s[{,:]/.test(text[i - 1] ?? ' ')) quote = c
    else if (c === '#' && /\s/.test(text[i - 1] ?? ' ')) i = lineEnd(text, i)
    else if (c === '[' || c === '{') {
      if (++depth > YAML_DEPTH_MAX) return i
    } else if ((c === ']' || c === '}') && depth > 0) depth--
  }
  const run = new RegExp(`^[ ]*(?:[-?:] +){${YAML_DEPTH_MAX + 1}}`, 'm').exec(text)
  if (run !== null) return run.index
  return deepIndent(text)
}

/** The offset of the line at which more than the limit of ever deeper indents are open, or −1. */
function deepIndent(text: string): number {
  const open: number[] = []
  let offset = 0
  for (const line of text.split('\n')) {
    const indent = line.search(/[^ ]/)
    if (indent >= 0 && line[indent] !== '#') {
      while (open.length > 0 && open[open.length - 1] >= indent) open.pop()
      open.push(indent)
      if (open.length > YAML_DEPTH_MAX) return offset
    }
    offset += line.length + 1
  }
  return -1
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function positionOf(file: string, text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { file, line, column: offset - (before.lastIndexOf('\n') + 1) + 1 }
}
