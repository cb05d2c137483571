/**
 * Where a suite's results go: `--reporter NAME` prints, `--reporter NAME=FILE` writes a file, several at once. Without
 * one that prints, the terminal's stays. On GitHub annotations and the step summary come by themselves.
 */
import { appendFileSync } from 'node:fs'
import {
  type Commands,
  githubAnnotations,
  gitlabFindings,
  type Problem,
  suiteJson,
  suiteMarkdown,
  type SuiteEntry,
} from '../../sim-core/index.ts'
import { reasonOf } from '../files.ts'
import { write } from '../output.ts'
import { writeWhole } from '../write-file.ts'
import { junitXml } from './junit.ts'

export const REPORTERS = ['terminal', 'junit', 'github', 'gitlab', 'json', 'markdown'] as const
export type ReporterName = (typeof REPORTERS)[number]

export interface Reporter {
  readonly name: ReporterName
  /** Undefined: stdout. */
  readonly file?: string
}

/** The reporters, or what is wrong with what was written. */
export function readReporters(texts: readonly string[], env: NodeJS.ProcessEnv): readonly Reporter[] | string {
  const reporters: Reporter[] = []
  for (const text of texts) {
    const equals = text.indexOf('=')
    const word = equals < 0 ? text : text.slice(0, equals)
    const name = REPORTERS.find(r => r === word)
    if (name === undefined) return `there is no reporter "${word}": write one of ${REPORTERS.join(', ')}, alone or with =FILE`
    if (equals === text.length - 1) return `--reporter ${text} names no file: write --reporter ${name}=out`
    reporters.push(equals < 0 ? { name } : { name, file: text.slice(equals + 1) })
  }
  const printing = reporters.filter(r => r.file === undefined)
  const documents = printing.filter(r => r.name !== 'terminal' && r.name !== 'github')
  if (documents.length > 0 && printing.length > 1)
    return `${printing.map(r => r.name).join(' and ')} cannot share stdout: give ${documents[0].name} a file, as in --reporter ${documents[0].name}=out`
  if (printing.length > 0) return reporters
  const annotate: Reporter[] = env['GITHUB_ACTIONS'] === 'true' && texts.length === 0 ? [{ name: 'github' }] : []
  return [{ name: 'terminal' }, ...annotate, ...reporters]
}

const documentOf = (name: ReporterName, entries: readonly SuiteEntry[], commands: Commands): string => {
  if (name === 'junit') return junitXml(entries)
  if (name === 'github') return githubAnnotations(entries)
  if (name === 'gitlab') return `${JSON.stringify(gitlabFindings(entries), null, 2)}\n`
  if (name === 'markdown') return suiteMarkdown(entries, commands)
  return `${JSON.stringify(suiteJson(entries), null, 2)}\n`
}

/** Everything but the terminal's, which writes as it goes. Returns what could not be written. */
export async function writeReports(
  reporters: readonly Reporter[],
  entries: readonly SuiteEntry[],
  commands: Commands,
  env: NodeJS.ProcessEnv,
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const { name, file } of reporters) {
    if (name === 'terminal') continue
    const text = documentOf(name, entries, commands)
    const problem = file === undefined ? await write(process.stdout, text) : writeWhole(file, text)
    if (problem !== undefined) problems.push(problem as Problem)
    if (name === 'github') problems.push(...appendSummary(env['GITHUB_STEP_SUMMARY'], suiteMarkdown(entries, commands)))
  }
  return problems
}

function appendSummary(file: string | undefined, text: string): Problem[] {
  if (file === undefined || file === '') return []
  try {
    appendFileSync(file, text)
    return []
  } catch (error) {
    const message = `the step summary cannot be written: ${reasonOf(error)}`
    return [{ at: { file, line: 1, column: 1 }, severity: 'warning', code: 'cannot-write', message }]
  }
}
