/**
 * Words that may stand where the cursor is. In a scenario: the keys and fixed values that its JSON Schema allows there,
 * each with what it means, and the names of hosts. In a keepalived.conf: the keywords of the block.
 *
 * Where the cursor is follows from indentation and open braces of the text before it, not from a parser: what is being
 * typed is seldom whole YAML. Tested in test/browser/completion.test.ts.
 */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import schema from '../../scenarios/scenario.schema.json'
import { KEEPALIVED } from './keepalived-words.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly examples?: readonly unknown[]
}

/** Completions of a scenario; `names`: of its hosts. */
export const completeScenario =
  (names: () => readonly string[]) =>
  (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w.-]*/)
    if (word === null || (word.from === word.to && !context.explicit)) return null
    const options = scenarioWords(context.state.doc.sliceString(0, word.from), names())
    return options.length === 0 ? null : { from: word.from, options }
  }

export const completeKeepalived = (context: CompletionContext): CompletionResult | null => {
  const word = context.matchBefore(/\w*/)
  if (word === null || (word.from === word.to && !context.explicit)) return null
  return { from: word.from, options: keepalivedWords(context.state.doc.sliceString(0, word.from)) }
}

/** `before`: the text up to the word that is being typed. */
export function scenarioWords(before: string, names: readonly string[]): Completion[] {
  const { path, value } = placeOf(before)
  let here = expand([schema as Schema])
  for (const key of path) here = expand(here.flatMap(s => below(s, key)))
  if (value) {
    const values = here.flatMap(s => [...(s.enum ?? []), ...(s.const === undefined ? [] : [s.const]), ...(s.examples ?? [])])
    const hosts = here.some(s => types(s).includes('string')) ? names : []
    return [...new Set([...values.filter(v => typeof v !== 'object').map(String), ...hosts])].map(label => ({ label, type: 'constant' }))
  }
  const keys = new Map(here.flatMap(s => Object.entries(s.properties ?? {})))
  return Array.from(keys, ([label, s]) => ({
    label,
    type: 'property',
    apply: `${label}: `,
    ...(s.description === undefined ? {} : { info: s.description }),
  }))
}

const types = (s: Schema): readonly string[] => (s.type === undefined ? [] : typeof s.type === 'string' ? [s.type] : s.type)

/** Lists are looked through: their members are what is written. */
function expand(schemas: readonly Schema[]): Schema[] {
  return schemas.flatMap(s => [s, ...expand([...(s.anyOf ?? []), ...(s.oneOf ?? []), ...(s.allOf ?? []), ...(s.items ? [s.items] : [])])])
}

function below(s: Schema, key: string): Schema[] {
  const known = s.properties?.[key]
  if (known !== undefined) return [known]
  return typeof s.additionalProperties === 'object' ? [s.additionalProperties] : []
}

/** The keys that lead to the cursor, outermost first, and whether a value stands there rather than a key. */
export function placeOf(before: string): { path: string[]; value: boolean } {
  const lines = before.split('\n')
  const last = lines[lines.length - 1]
  const flow = flowPath(last)
  const outer: string[] = []
  let indent = /^[\s-]*/.exec(last)?.[0].length ?? 0
  for (let n = lines.length - 2; n >= 0 && indent > 0; n--) {
    const m = /^([\s-]*)([\w.→>"-]+)\s*:/.exec(lines[n])
    if (m === null || m[1].length >= indent || /^\s*#/.test(lines[n])) continue
    outer.unshift(m[2])
    indent = m[1].length
  }
  return { path: [...outer, ...flow.path], value: flow.value }
}

/** Within one line: `b1: { link: { rate: ` → b1, link, rate with a value there; `b1: { link: ` alone too. */
function flowPath(line: string): { path: string[]; value: boolean } {
  const open: { readonly key: string | undefined; readonly list: boolean }[] = []
  let key: string | undefined
  let word = ''
  for (const c of line.replace(/^[\s-]*/, '')) {
    if (c === ':') key = word.trim()
    else if (c === '{' || c === '[') {
      open.push({ key, list: c === '[' })
      if (c === '{') key = undefined
    } else if (c === '}' || c === ']') key = open.pop()?.key
    // In a list the key stays, in a map the next one comes.
    else if (c === ',') key = open[open.length - 1]?.list === true ? key : undefined
    else {
      word += c
      continue
    }
    word = ''
  }
  const path = open.flatMap(o => (o.list || o.key === undefined ? [] : [o.key]))
  return key === undefined ? { path, value: false } : { path: [...path, key], value: true }
}

/** `before`: the text up to the word that is being typed. */
export function keepalivedWords(before: string): Completion[] {
  const text = before.replace(/[!#].*$/gm, '')
  const blocks: string[] = []
  for (const m of text.matchAll(/([A-Za-z_]\w*)[^\n{}]*\{|\}/g)) {
    if (m[0] === '}') blocks.pop()
    else blocks.push(m[1])
  }
  const line = text.slice(text.lastIndexOf('\n') + 1)
  const m = /^\s*(\w+)\s+$/.exec(line)
  const values = m === null ? undefined : KEEPALIVED.values[m[1]]
  const words = values ?? (/^\s*$/.test(line) ? (KEEPALIVED.blocks[blocks[blocks.length - 1] ?? ''] ?? []) : [])
  return words.map(label => ({ label, type: values === undefined ? 'keyword' : 'constant' }))
}
