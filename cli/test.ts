/** `lvsim test`: every scenario that promises something, and whether it keeps its promises. */
import type { Command } from 'commander'
import { type Commands, countEntries, entryText, type SuiteEntry, suiteText } from '../sim-core/index.ts'
import { collect, usageError, wholeNumber } from './arguments.ts'
import { onInterrupt } from './interrupt.ts'
import { EXIT, goOnWithoutReader, styleFor, write, writeProblems } from './output.ts'
import { working } from './repeat.ts'
import { readShard, type Shard, shareOf } from './shard.ts'
import { DEFAULT_PLACE, discover } from './suite/discover.ts'
import { readReporters, type Reporter, REPORTERS, writeReports } from './suite/reporters.ts'
import { type Candidate, promises, readCandidate, runSuite } from './suite/run-suite.ts'
import { ChangeWatch } from './suite/watch.ts'
import { defaultJobs } from './workers.ts'

interface TestOptions {
  readonly reporter?: readonly string[]
  readonly json?: boolean
  readonly update?: boolean
  readonly bail?: number | true
  readonly grep?: string
  readonly shard?: string
  readonly jobs?: number
  readonly watch?: boolean
}

const HELP = `
A scenario is tested when it has expectations, or a golden table beside it (NAME.golden.txt, which --update writes).
In CI: --reporter junit=out.xml, github (annotations and step summary, by itself on GitHub), gitlab=codequality.json,
json, markdown; several at once. --shard i/n runs every n-th scenario; auto takes i and n from the job's environment.

Exit codes: 0 all held; 1 something did not; 2 a scenario or a file it names is wrong; 70 a bug of ours; 130 interrupted.

Examples:
  lvsim test                                            everything below scenarios/
  lvsim test 'scenarios/capacity/*-vips.yaml' --bail    until the first that does not hold
  lvsim test --reporter junit=junit.xml --shard auto    one of several CI jobs
  lvsim test --watch --grep failover                    again at every change`

export function addTest(program: Command): void {
  program
    .command('test')
    .summary('run every scenario with expectations and say which hold')
    .description('Runs all scenarios that have expectations, in parallel, and says what was promised and not kept.')
    .argument('[glob...]', `scenario files, folders, or patterns; ${DEFAULT_PLACE}/ unless given`)
    .option('--reporter <name[=file]>', `${REPORTERS.join(', ')} (may be repeated)`, collect)
    .option('--json', 'print one JSON document (as --reporter json)')
    .option('--update', 'write the golden tables instead of comparing them')
    .option('--bail [n]', 'stop after the first (or the n-th) scenario that does not hold', wholeNumber('--bail'))
    .option('--grep <pattern>', 'only scenarios whose file or title matches this regular expression')
    .option('--shard <i/n>', 'only the i-th of n shares of the scenarios, or auto')
    .option('--jobs <n>', 'scenarios at a time; one a core unless given', wholeNumber('--jobs'))
    .option('--watch', 'run again when a file changes')
    .addHelpText('after', HELP)
    .action(async (globs: string[], options: TestOptions, command: Command) => {
      process.exitCode = await test(globs, options, commandsFor(command.parent?.commands.some(c => c.name() === 'view') === true))
    })
}

interface Wanted {
  readonly reporters: readonly Reporter[]
  readonly shard: Shard | undefined
  readonly grep: RegExp | undefined
}

async function test(globs: readonly string[], options: TestOptions, commands: Commands): Promise<number> {
  const wanted = read(options)
  working(`lvsim ${process.argv.slice(2).join(' ')}`)
  const interrupt = new AbortController()
  onInterrupt(() => interrupt.abort())
  if (options.watch !== true && wanted.reporters.some(r => r.file !== undefined)) goOnWithoutReader()
  const { candidates, leftOut } = choose(globs, wanted)
  const watch = options.watch === true ? new ChangeWatch(candidates.map(c => c.file)) : undefined
  let code = await runOnce(candidates, options, wanted, commands, leftOut, interrupt.signal)
  while (watch !== undefined && !interrupt.signal.aborted) {
    await write(process.stderr, 'waiting for changes; Ctrl-C ends\n')
    const files = await watch.next(interrupt.signal)
    if (files.length > 0) code = await runOnce(files.map(readCandidate), options, wanted, commands, 0, interrupt.signal)
  }
  watch?.close()
  return interrupt.signal.aborted && watch === undefined ? EXIT.interrupted : code
}

function read(options: TestOptions): Wanted {
  if (options.update === true && isCi(process.env['CI']))
    throw usageError('--update would hide what changed from the review: run it where you work, and commit the tables (CI is set here)')
  const reporters = readReporters([...(options.json === true ? ['json'] : []), ...(options.reporter ?? [])], process.env)
  if (typeof reporters === 'string') throw usageError(reporters)
  const shard = options.shard === undefined ? undefined : readShard(options.shard, process.env)
  if (typeof shard === 'string') throw usageError(shard)
  return { reporters, shard, grep: options.grep === undefined ? undefined : pattern(options.grep) }
}

const isCi = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0' && value !== 'false'

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch (error) {
    throw usageError(`--grep: ${(error as Error).message}`)
  }
}

function choose(globs: readonly string[], { grep, shard }: Wanted): { candidates: readonly Candidate[]; leftOut: number } {
  const { files, missing } = discover(globs)
  if (missing.length > 0)
    throw usageError(
      globs.length === 0
        ? 'there is no scenario in this folder: name YAML files, folders or patterns, or let lvsim init write a first one'
        : `there is no scenario ${missing.map(m => `"${m}"`).join(', ')}: name YAML files, folders or patterns`,
    )
  const read = files.map(readCandidate).filter(c => grep === undefined || grep.test(c.file) || grep.test(c.model?.title ?? ''))
  const promising = read.filter(promises)
  if (promising.length === 0)
    throw usageError(read.length === 0 ? 'no scenario matches' : 'no scenario has expectations: write some under expect:')
  return { candidates: shareOf(promising, shard), leftOut: read.length - promising.length }
}

async function runOnce(
  candidates: readonly Candidate[],
  options: TestOptions,
  { reporters }: Wanted,
  commands: Commands,
  leftOut: number,
  stop: AbortSignal,
): Promise<number> {
  const style = styleFor(process.stdout)
  const terminal = reporters.some(r => r.name === 'terminal')
  const begun = performance.now()
  const suite = { jobs: Math.max(1, options.jobs ?? defaultJobs()), update: options.update === true }
  const entries = await runSuite(
    candidates,
    { ...suite, ...(options.bail === undefined ? {} : { bail: options.bail === true ? 1 : options.bail }) },
    async entry => {
      if (terminal) await write(process.stdout, entryText(entry, style, commands))
    },
    stop,
  )
  if (terminal) {
    await write(process.stdout, suiteText(entries, (performance.now() - begun) / 1000, style))
    if (leftOut > 0) await write(process.stdout, `${leftOut} without expectations were left out\n`)
  }
  const problems = await writeReports(reporters, entries, commands, process.env)
  await writeProblems(problems)
  return problems.some(p => p.severity === 'error') ? EXIT.input : exitCodeOf(entries, stop)
}

function exitCodeOf(entries: readonly SuiteEntry[], stop: AbortSignal): number {
  if (entries.some(e => e.state === 'broken')) return EXIT.bug
  if (stop.aborted) return EXIT.interrupted
  if (entries.some(e => e.state === 'wrong-input')) return EXIT.input
  return countEntries(entries).failed > 0 ? EXIT.failed : EXIT.ok
}

/** A file as a shell takes it. */
const quoted = (file: string): string => (/^[\w@%+=:,./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`)

function commandsFor(hasView: boolean): Commands {
  const look = hasView ? 'view' : 'run'
  const seconds = (ns: number) => `${Number((ns / 1e9).toFixed(3))}s`
  return {
    repeat: e => `lvsim run ${quoted(e.file)} --seed ${e.seed}`,
    look: (e, atNs) => `lvsim ${look} ${quoted(e.file)} --seed ${e.seed} --at ${seconds(atNs)}`,
  }
}
