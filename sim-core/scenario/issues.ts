/** What zod found → Problems: unknown keys with the key that was meant, missing keys, values of the wrong form. */
import * as z from 'zod'
import { nearest } from '../base/problem.ts'
import { type YamlPath, shown } from '../config/index.ts'
import type { Reporter } from './reporter.ts'

type Issue = z.core.$ZodIssue

export function reportIssues(issues: readonly Issue[], schema: z.ZodType, value: unknown, reporter: Reporter): void {
  for (const issue of issues) {
    const path = issue.path.filter((p): p is string | number => typeof p !== 'symbol')
    if (issue.code === 'unrecognized_keys') reportUnknownKeys(issue.keys, path, schema, reporter)
    else if (issue.code === 'invalid_key')
      reporter.errorAtKey(
        path,
        'name',
        issue.issues[0].message.split(': ')[0],
        issue.issues[0].message.split(': ')[1] ?? 'write another name',
      )
    else if (issue.code === 'custom') {
      const params = (issue.params ?? {}) as { code?: string; remedy?: string }
      reporter.error(path, params.code ?? 'value', issue.message, params.remedy ?? 'write another value')
    } else reportForm(issue, path, schema, value, reporter)
  }
}

function reportUnknownKeys(keys: readonly string[], path: YamlPath, schema: z.ZodType, reporter: Reporter): void {
  const known = keysAt(schema, path)
  for (const key of keys) {
    const meant = nearest(key, known)
    const list = `keys here are: ${known.join(', ')}`
    reporter.errorAtKey(
      [...path, key],
      'unknown-key',
      `there is no key "${key}" here`,
      meant === undefined ? list : `did you mean "${meant}"? ${list}`,
    )
  }
}

function reportForm(issue: Issue, path: YamlPath, schema: z.ZodType, value: unknown, reporter: Reporter): void {
  const found = valueAt(value, path)
  if (found === undefined) {
    reporter.error(path, 'key-missing', 'is missing', remedyOf(schemaAt(schema, path)))
    return
  }
  const custom = !issue.message.startsWith('Invalid')
  const kind = found === null ? 'nothing' : Array.isArray(found) ? 'a list' : typeof found === 'object' ? 'a map' : shown(found)
  const message = custom ? issue.message.split(': ')[0] : `${kind} cannot stand here`
  const remedy =
    custom && issue.message.includes(': ') ? issue.message.slice(issue.message.indexOf(': ') + 2) : remedyOf(schemaAt(schema, path))
  reporter.error(path, issue.code === 'invalid_value' ? 'unknown-word' : 'form', message, remedy)
}

/** What stands at a path of the schema; through optional values, maps by name and lists. */
function schemaAt(schema: z.ZodType, path: YamlPath): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema
  for (const part of path) {
    at = at === undefined ? undefined : bare(at)
    if (at instanceof z.ZodObject) at = (at.shape as Record<string, z.ZodType>)[String(part)]
    else if (at instanceof z.ZodRecord) at = at.valueType as z.ZodType
    else if (at instanceof z.ZodArray) at = at.element as z.ZodType
    else return undefined
  }
  return at
}

function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return bare(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return bare((schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType)
  return schema
}

function keysAt(schema: z.ZodType, path: YamlPath): string[] {
  const at = schemaAt(schema, path)
  const object = at === undefined ? undefined : bare(at)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function remedyOf(schema: z.ZodType | undefined): string {
  if (schema === undefined) return '`lvsim schema` prints what may stand here'
  const described = schema.description ?? bare(schema).description
  const inner = bare(schema)
  if (inner instanceof z.ZodObject) return `write a map with the keys ${Object.keys(inner.shape).join(', ')}`
  if (inner instanceof z.ZodRecord) return described === undefined ? 'write a map by name' : `write a map: ${described}`
  if (inner instanceof z.ZodArray) return described === undefined ? 'write a list' : `write a list: ${described}`
  if (inner instanceof z.ZodEnum) return `write one of ${inner.options.join(', ')}`
  return described === undefined ? 'write text' : `write ${described}`
}

export function valueAt(value: unknown, path: YamlPath): unknown {
  let at = value
  for (const part of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, part)) return undefined
    at = (at as Record<string | number, unknown>)[part]
  }
  return at
}
