/** Where a sweep's result goes: the terminal, unless a document does, and a file for each form that was asked for. */
import type { Command } from 'commander'
import { type Problem, sweepCsv, sweepJson, sweepMarkdown, type SweepResult, sweepSvg, sweepText } from '../../sim-core/index.ts'
import { usageError } from '../arguments.ts'
import { EXIT, styleFor, write } from '../output.ts'
import { writeWhole } from '../write-file.ts'

export interface ReportOptions {
  readonly json?: string | true
  readonly csv?: string | true
  readonly markdown?: string | true
  readonly svg?: string | true
}

const FORMS = ['json', 'csv', 'markdown', 'svg'] as const
type Form = (typeof FORMS)[number]

export function addReportOptions(command: Command): Command {
  return command
    .option('--json [file]', 'the result as JSON (lvsim schema sweep describes it); to stdout without a file')
    .option('--csv [file]', 'a row for each measure at each point')
    .option('--markdown [file]', 'tables for step summaries and wikis')
    .option('--svg [file]', 'a chart with the intervals')
}

/** Refuses what would overwrite a scenario or mix documents on stdout. */
export function checkReports(options: ReportOptions): void {
  for (const form of FORMS) {
    const file = options[form]
    if (typeof file === 'string' && /\.ya?ml$|\.conf$/.test(file))
      throw usageError(
        `--${form} ${file} would overwrite an input: write --${form}=out.${form === 'markdown' ? 'md' : form}, or --${form} last`,
      )
  }
  const printed = FORMS.filter(form => options[form] === true)
  if (printed.length > 1)
    throw usageError(`${printed.map(f => `--${f}`).join(' and ')} cannot share stdout: give one a file, as in --${printed[1]}=out`)
}

const documentOf = async (form: Form, result: SweepResult): Promise<string> => {
  if (form === 'json') return `${JSON.stringify(sweepJson(result), null, 2)}\n`
  if (form === 'csv') return sweepCsv(result)
  return form === 'markdown' ? sweepMarkdown(result) : await sweepSvg(result)
}

/** Returns what could not be written. */
export async function writeSweep(result: SweepResult, options: ReportOptions): Promise<Problem[]> {
  const problems: Problem[] = []
  let printed = false
  for (const form of FORMS) {
    const wanted = options[form]
    if (wanted === undefined) continue
    const text = await documentOf(form, result)
    if (wanted === true) {
      printed = true
      await write(process.stdout, text)
    } else {
      const problem = writeWhole(wanted, text)
      if (problem !== undefined) problems.push(problem)
    }
  }
  if (!printed) await write(process.stdout, sweepText(result, styleFor(process.stdout)))
  return problems
}

/** 0 all held, 1 something failed, 3 an interval straddles its limit. */
export function exitCodeOf({ conclusion }: SweepResult): number {
  if (conclusion === 'failed') return EXIT.failed
  return conclusion === 'inconclusive' ? EXIT.inconclusive : EXIT.ok
}
