/**
 * Scenario files by name, folder or shell pattern (`scenarios/**\/*-vips.yaml`), in the order of their names. In folders
 * a YAML file is a scenario when it has a `scenario:` key; hidden folders and node_modules are not looked into.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { globToRegExp } from '../../sim-core/index.ts'

const YAML = /\.ya?ml$/
const IS_SCENARIO = /^scenario\s*:/m
const DEPTH_MAX = 32

export interface Discovered {
  readonly files: readonly string[]
  /** What was asked for and matches nothing. */
  readonly missing: readonly string[]
}

/** `scenarios`, or where one is when there is no such folder. */
export const DEFAULT_PLACE = 'scenarios'

export function discover(asked: readonly string[]): Discovered {
  const wanted = asked.length > 0 ? asked : [statSync(DEFAULT_PLACE, { throwIfNoEntry: false })?.isDirectory() ? DEFAULT_PLACE : '.']
  const found = new Set<string>()
  const missing: string[] = []
  for (const place of wanted) {
    const here = filesOf(place)
    if (here.length === 0) missing.push(place)
    for (const file of here) found.add(file)
  }
  return { files: [...found].sort(), missing }
}

function filesOf(place: string): string[] {
  const stat = statSync(place, { throwIfNoEntry: false })
  if (stat?.isDirectory()) return scenariosBelow(place)
  // What is named outright is taken as it is: if it is no scenario, reading it says why.
  if (stat !== undefined) return [place]
  if (!/[*?[]/.test(place)) return []
  const parts = place.split('/')
  const fixed = parts.slice(
    0,
    parts.findIndex(p => /[*?[]/.test(p)),
  )
  const base = fixed.length === 0 ? '.' : fixed.join('/') || '/'
  return scenariosBelow(base).filter(file => matches(file.split('/'), parts))
}

/** `**` stands for any number of folders. */
function matches(path: readonly string[], pattern: readonly string[]): boolean {
  if (pattern.length === 0) return path.length === 0
  const [head, ...rest] = pattern
  if (head === '**') return matches(path, rest) || (path.length > 0 && matches(path.slice(1), pattern))
  return path.length > 0 && globToRegExp(head).test(path[0]) && matches(path.slice(1), rest)
}

function scenariosBelow(folder: string, depth = 0): string[] {
  if (depth > DEPTH_MAX) return []
  const entries = entriesOf(folder).filter(e => !e.name.startsWith('.') && e.name !== 'node_modules')
  return entries.flatMap(e => {
    const path = folder === '.' ? e.name : join(folder, e.name)
    if (e.isDirectory()) return scenariosBelow(path, depth + 1)
    return e.isFile() && YAML.test(e.name) && isScenario(path) ? [path] : []
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function isScenario(path: string): boolean {
  try {
    return IS_SCENARIO.test(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
}
