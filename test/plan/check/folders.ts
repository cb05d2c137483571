/** Configuration folders of the repository as a map of files, with edits; what `lvsim check` would read there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mapFiles } from '../../../sim-core/base/files.ts'
import type { CheckResult, RawQuestion } from '../../../sim-core/plan/index.ts'
import { checkCluster, filesOfFolder, readFacts } from '../../../sim-core/plan/index.ts'

/** File → text. */
export type Files = Record<string, string>

/** In `file`, `from` is replaced by `to` everywhere. */
export interface Edit {
  /** Host; all unless given. */
  readonly host?: string
  readonly from: string
  readonly to: string
}

/** The folder of a rule: beside its scenario, or a fixture where no scenario can show it. */
export function folderOf(rule: string): string {
  const shown = join('scenarios/lint', rule)
  return existsSync(join(shown, 'scenario.yaml')) ? shown : join('test/fixtures/check', rule)
}

export const filesIn = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(folder)
      .filter(name => /\.(conf|rules)$/.test(name))
      .sort()
      .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
  )

export function edited(files: Files, edits: readonly Edit[]): Files {
  const out = { ...files }
  for (const { host, from, to } of edits) {
    const names = Object.keys(out).filter(name => host === undefined || name.startsWith(`${host}.`))
    if (!names.some(name => out[name].includes(from))) throw new Error(`an edit finds nothing: ${from}`)
    for (const name of names) out[name] = out[name].replaceAll(from, to)
  }
  return out
}

/** `facts`: keys of a plan.yaml, as text of YAML. */
export function checkFiles(files: Files, facts = '', hosts = filesOfFolder(Object.keys(files)).hosts): CheckResult {
  const raw = facts === '' ? undefined : factsOf(facts)
  const checked = checkCluster({ hosts, files: mapFiles(files), ...(raw === undefined ? {} : { facts: raw }) })
  if (!checked.ok) throw new Error(checked.problems.map(p => `${p.at.file}:${p.at.line} ${p.code} ${p.message}`).join('\n'))
  return checked.result
}

export function factsOf(yaml: string): RawQuestion {
  const read = readFacts({ file: { path: 'plan.yaml', text: yaml } })
  if (read.raw === undefined || read.problems.length > 0) throw new Error(read.problems.map(p => p.message).join('\n'))
  return read.raw
}

/** The addresses that the scenarios give their hosts. */
export const ADDRESSES = 'balancers: { b1: { address: 10.10.1.1 }, b2: { address: 10.10.1.2 } }'
