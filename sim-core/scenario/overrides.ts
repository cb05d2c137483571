/**
 * `--set path=value`: one value of the scenario replaced before it is checked, so that an override is checked like
 * the file. Values are read as YAML reads them; a mistake is reported at the option instead of the file.
 */
import type { Position, Problem } from '../base/problem.ts'
import { pathText, readYaml, type YamlPath } from '../config/index.ts'

export interface Override {
  readonly path: YamlPath
  readonly value: unknown
  readonly at: Position
}

/** `hosts.b1.link.rate=10Gbit`, `events[0].at=25s`, `links."b1->switch".rate=1Gbit`. */
export function readOverride(text: string): Override | Problem {
  const at: Position = { file: `--set ${text}`, line: 1, column: 1 }
  const equals = text.indexOf('=')
  const wrong = (message: string, remedy: string): Problem => ({ at, severity: 'error', code: 'override', message, remedy })
  if (equals <= 0)
    return wrong('there is no path and value', 'write --set path=value, such as --set duration=30s or --set hosts.b1.link.rate=10Gbit')
  const path = splitPath(text.slice(0, equals))
  if (path === undefined)
    return wrong(`"${text.slice(0, equals)}" is no path`, 'write names with dots and numbers in brackets, such as events[0].at')
  const value = readYaml(at.file, text.slice(equals + 1).trim() === '' ? '""' : text.slice(equals + 1))
  if (value.problems.length > 0) return { ...value.problems[0], at, remedy: 'write a value as the file has it; quote it for the shell' }
  return { path, value: value.value, at }
}

function splitPath(text: string): YamlPath | undefined {
  const parts: (string | number)[] = []
  const pattern = /(?:^|\.)(?:"([^"]+)"|([^."[\]]+))|\[(\d+)\]/y
  while (pattern.lastIndex < text.length) {
    const m = pattern.exec(text)
    if (m === null) return undefined
    parts.push(m[3] !== undefined ? Number(m[3]) : (m[1] ?? m[2]))
  }
  return parts.length > 0 && typeof parts[0] === 'string' && !parts.includes('__proto__') ? parts : undefined
}

/** The value with the override put in; missing maps on the way are made. A problem when the path runs into a value. */
export function applyOverride(value: unknown, override: Override): { readonly value: unknown } | Problem {
  const put = (at: unknown, rest: YamlPath, done: YamlPath): unknown => {
    if (rest.length === 0) return override.value
    const [key, ...more] = rest
    if (typeof key === 'number') {
      if (!Array.isArray(at) || key > at.length) return new Blocked(done)
      const out = at.slice()
      out[key] = put(at[key], more, [...done, key])
      return out[key] instanceof Blocked ? out[key] : out
    }
    if (at !== undefined && at !== null && (typeof at !== 'object' || Array.isArray(at))) return new Blocked(done)
    const inner = put((at as Record<string, unknown> | undefined)?.[key], more, [...done, key])
    return inner instanceof Blocked ? inner : { ...(at as object | undefined), [key]: inner }
  }
  const out = put(value, override.path, [])
  if (!(out instanceof Blocked)) return { value: out }
  const where = pathText(out.path)
  const message = `${pathText(override.path)}: the scenario has nothing there`
  return {
    at: override.at,
    severity: 'error',
    code: 'override',
    message,
    remedy: `${where === '' ? 'the scenario' : where} has no such entry: check the path against the file`,
  }
}

class Blocked {
  readonly path: YamlPath
  constructor(path: YamlPath) {
    this.path = path
  }
}
