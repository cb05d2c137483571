/**
 * What is left of a scenario when everything that the schema refused is taken out, so that names, addresses and files
 * can be checked too and the user sees all mistakes at once. Only lists at the top level are entered entry by entry;
 * entries that are taken out leave a hole, so that the others keep their places in the file.
 */
import type * as z from 'zod'

export interface Pruned<T> {
  readonly value: T
  /** Original numbers of the entries of `events`, `expect` and `trunks`. */
  readonly indexes: Readonly<Record<string, readonly number[]>>
}

const LISTS = ['events', 'expect', 'trunks']
const FILL: Readonly<Record<string, unknown>> = { scenario: '(untitled)', duration: '60s', hosts: {} }
const ROUNDS_MAX = 5

type Plain = Record<string | number, unknown>

/** Undefined when nothing useful remains. */
export function prune<S extends z.ZodType>(schema: S, value: unknown): Pruned<z.output<S>> | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const copy = structuredCopy(value) as Plain
  const indexes: Record<string, number[]> = {}
  for (const list of LISTS) if (Array.isArray(copy[list])) indexes[list] = (copy[list] as unknown[]).map((_, i) => i)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const parsed = schema.safeParse(copy)
    if (parsed.success) return { value: parsed.data, indexes }
    for (const issue of parsed.error.issues) {
      const path = issue.path.filter(p => typeof p !== 'symbol') as (string | number)[]
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(copy, [...path, key])
      else remove(copy, path)
    }
    for (const list of LISTS) compact(copy, list, indexes)
  }
  return undefined
}

/** Takes out the value at the path; of one that is missing, what should have held it. */
function remove(root: Plain, path: readonly (string | number)[]): void {
  if (path.length === 0) return
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((at, part) => (at !== null && typeof at === 'object' ? (at as Plain)[part] : undefined), root) as Plain | undefined
  const key = path[path.length - 1]
  if (holder === undefined || holder === null || typeof holder !== 'object') return
  if (path.length === 1 && Object.hasOwn(FILL, key)) root[key] = FILL[key]
  else if (Array.isArray(holder)) {
    if (path.length === 2 && LISTS.includes(String(path[0]))) holder[Number(key)] = undefined
    else remove(root, path.slice(0, -1))
  } else if (Object.hasOwn(holder, key)) delete holder[key]
  else remove(root, path.slice(0, -1))
}

function compact(root: Plain, list: string, indexes: Record<string, number[]>): void {
  const entries = root[list]
  if (!Array.isArray(entries)) return
  const kept = entries.map((e, i) => ({ e, i: indexes[list][i] })).filter(({ e }) => e !== undefined)
  root[list] = kept.map(k => k.e)
  indexes[list] = kept.map(k => k.i)
}

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, structuredCopy(v)]))
}

/** The path of a value that contains itself (an alias within its anchor), or undefined. */
export function cycleIn(value: unknown): (string | number)[] | undefined {
  const open = new Set<object>()
  const walk = (at: unknown, path: (string | number)[]): (string | number)[] | undefined => {
    if (at === null || typeof at !== 'object') return undefined
    if (open.has(at)) return path
    open.add(at)
    for (const [key, inner] of Object.entries(at)) {
      const found = walk(inner, [...path, Array.isArray(at) ? Number(key) : key])
      if (found !== undefined) return found
    }
    open.delete(at)
    return undefined
  }
  return walk(value, [])
}
