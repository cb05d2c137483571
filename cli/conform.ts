/** `lvsim conform`: recordings of real systems, replayed and compared. */
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { conform, hasErrors, type Problem } from '../sim-core/index.ts'
import { usageError } from './arguments.ts'
import { filesBeside } from './files.ts'
import { EXIT, styleFor, write, writeJson, writeProblems } from './output.ts'
import { Progress, wasInterrupted } from './progress.ts'

const HELP = `
A recording is a folder with case.json, the configuration files that it names and observed.jsonl (docs/FIDELITY.md says
what the given ones show). lvsim builds the same hosts, does to them what was done, and compares every event: adverts,
states, tables, connections, requests, frames.

Exit codes: 0 every recording matches, or differs as listed; 1 one differs otherwise; 2 a recording cannot be read.

Examples:
  lvsim conform                                    the recordings that lvsim is tested with
  lvsim conform test/conformance/vrrp/v02a         one of them
  lvsim conform /my/recordings --json | jq .kinds  others, for tools`

interface ConformOptions {
  readonly json?: boolean
  readonly markdown?: boolean
}

/** The recordings of a checkout; an installed package has none. */
const given = (): string => relative(process.cwd(), join(dirname(fileURLToPath(import.meta.url)), '../test/conformance')) || '.'

export function addConform(program: Command): void {
  program
    .command('conform')
    .summary('compare lvsim with recordings of real systems')
    .description('Replays recordings of real keepalived and IPVS, and says what matches and where the first difference is.')
    .argument('[dir...]', 'recordings, or folders of them; those of the checkout unless given')
    .option('--json', 'print one JSON document')
    .option('--markdown', 'print docs/FIDELITY.md, what is compared and how near it comes')
    .addHelpText('after', HELP)
    .action(async (dirs: string[], options: ConformOptions) => {
      process.exitCode = await run(dirs.length > 0 ? dirs : [given()], options)
    })
}

async function run(dirs: readonly string[], options: ConformOptions): Promise<number> {
  const { scores, problems } = replayAll(dirs)
  if (options.json) await writeJson(conform.conformJson(scores))
  else if (options.markdown) await write(process.stdout, conform.fidelityMarkdown(scores))
  else if (scores.length > 0) await write(process.stdout, conform.conformText(scores, styleFor(process.stdout)))
  await writeProblems(problems)
  if (wasInterrupted()) return EXIT.interrupted
  if (hasErrors(problems)) return EXIT.input
  return scores.every(s => s.ok || conform.knownDifference(s) !== undefined) ? EXIT.ok : EXIT.failed
}

function replayAll(dirs: readonly string[]): { scores: conform.CaseScore[]; problems: Problem[] } {
  const scores: conform.CaseScore[] = []
  const problems: Problem[] = []
  const work = dirs.flatMap(dir => {
    const files = filesBeside(join(dir, 'case.json'))
    const cases = existsSync(dir) ? conform.findCases(files, dir) : []
    if (cases.length === 0) throw usageError(`${dir} holds no recording: there is no case.json in it or in the folders below it`)
    return cases.map(directory => ({ files, directory }))
  })
  const progress = new Progress('conform')
  work.forEach(({ files, directory }, i) => {
    if (!progress.show(i / work.length)) return
    const replayed = conform.replayDirectory(files, directory)
    problems.push(...replayed.problems)
    if (replayed.score !== undefined) scores.push(replayed.score)
  })
  progress.done()
  return { scores, problems }
}
