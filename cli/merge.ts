/** `lvsim merge`: the shares of a sweep, put together to what one machine would have said. */
import type { Command } from 'commander'
import { hasErrors, loadStatistics, type Problem, replicationsUsed, inOrder, type SweepDesign, sweepResult } from '../sim-core/index.ts'
import { EXIT, writeProblems } from './output.ts'
import { addReportOptions, checkReports, exitCodeOf, type ReportOptions, writeSweep } from './sweep/reports.ts'
import { isMine, knownRuns, type Runs } from './sweep/run-sweep.ts'
import { type Manifest, readManifest } from './sweep/store.ts'

interface MergeOptions extends ReportOptions {
  readonly allowPartial?: boolean
}

const HELP = `
The result is the same, byte for byte, as that of the sweep without --shard. Folders of another configuration or version
are refused, and so are shares that are missing, unfinished or given twice, unless --allow-partial says that what is there
shall do.

Exit codes: as lvsim sweep.

Example:
  lvsim merge part-1 part-2 part-3 --json=result.json --svg=chart.svg`

export function addMerge(program: Command): void {
  const command = program
    .command('merge')
    .summary('put the shares of a sweep together')
    .description('Reads the folders that `lvsim sweep --shard i/n --out DIR` wrote and reports as the whole sweep would.')
    .argument('<dir...>', 'folders of shares')
    .option('--allow-partial', 'report on what is there')
  addReportOptions(command)
    .addHelpText('after', HELP)
    .action(async (folders: string[], options: MergeOptions) => {
      process.exitCode = await merge(folders, options)
    })
}

interface Part {
  readonly folder: string
  readonly manifest: Manifest
}

async function merge(folders: readonly string[], options: MergeOptions): Promise<number> {
  checkReports(options)
  await loadStatistics()
  const parts: Part[] = []
  const problems: Problem[] = []
  for (const folder of folders) {
    const manifest = readManifest(folder)
    if ('severity' in manifest) problems.push(manifest)
    else parts.push({ folder, manifest })
  }
  const [first] = parts
  if (first !== undefined) problems.push(...parts.flatMap(p => differs(p, first)))
  if (first === undefined || problems.length > 0) return refuse(problems)
  const { design } = first.manifest
  const runs = knownRuns(design, folders)
  const gaps = [...twice(parts), ...missing(parts, design, runs)]
  if (options.allowPartial !== true && gaps.length > 0) return refuse(gaps)
  await writeProblems(gaps.map(g => ({ ...g, severity: 'warning' })))
  const result = sweepResult(design, runs)
  const unwritten = await writeSweep(result, options)
  await writeProblems(unwritten)
  return hasErrors(unwritten) ? EXIT.input : exitCodeOf(result)
}

async function refuse(problems: readonly Problem[]): Promise<number> {
  await writeProblems(problems)
  return EXIT.input
}

const problem = (file: string, code: string, message: string, remedy: string): Problem => ({
  at: { file, line: 1, column: 1 },
  severity: 'error',
  code,
  message,
  remedy,
})

/** Nothing is put together that does not belong together. */
function differs({ folder, manifest }: Part, first: Part): Problem[] {
  const remedy = `merge folders of one sweep only (the first is ${first.folder})`
  if (manifest.engine !== first.manifest.engine)
    return [problem(folder, 'mixed-versions', `it was made by lvsim ${manifest.engine}, the first by ${first.manifest.engine}`, remedy)]
  if (manifest.config !== first.manifest.config)
    return [problem(folder, 'mixed-sweeps', 'its scenario, files, values, metrics or seeds are not those of the first', remedy)]
  return manifest.shard?.count === first.manifest.shard?.count
    ? []
    : [problem(folder, 'mixed-shards', `it is ${nameOf(manifest)}, the first is ${nameOf(first.manifest)}`, remedy)]
}

const nameOf = ({ shard }: Manifest): string => (shard === null ? 'a whole sweep' : `shard ${shard.index}/${shard.count}`)

function twice(parts: readonly Part[]): Problem[] {
  return parts.flatMap(({ folder, manifest }, i) => {
    const before = parts.slice(0, i).find(p => p.manifest.shard?.index === manifest.shard?.index)
    return before === undefined
      ? []
      : [problem(folder, 'shard-twice', `it is ${nameOf(manifest)}, and so is ${before.folder}`, 'give each share once')]
  })
}

function missing(parts: readonly Part[], design: SweepDesign, runs: Runs): Problem[] {
  const count = parts[0].manifest.shard?.count ?? 1
  const lacking = new Map<number, number>()
  design.points.forEach((point, p) => {
    if (replicationsUsed(design, point, inOrder(runs[p])) !== undefined) return
    for (let r = 1; r <= design.seedsMax; r++) {
      if (runs[p].has(r)) continue
      for (let index = 1; index <= count; index++)
        if (isMine(design, { index, count }, p, r)) lacking.set(index, (lacking.get(index) ?? 0) + 1)
    }
  })
  const problems: Problem[] = []
  for (let index = 1; index <= count; index++) {
    const part = parts.find(({ manifest: m }) => (m.shard?.index ?? 1) === index)
    const name = count === 1 ? 'the sweep' : `shard ${index}/${count}`
    const redo = 'run it again with its --out, which goes on where it stopped; or merge with --allow-partial'
    if (part === undefined)
      problems.push(problem(name, 'shard-missing', 'its folder was not given', 'give its folder, or merge with --allow-partial'))
    else if (lacking.has(index)) problems.push(problem(part.folder, 'shard-unfinished', `${name} lacks ${lacking.get(index)} runs`, redo))
  }
  return problems
}
