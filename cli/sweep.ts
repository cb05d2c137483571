/** `lvsim sweep`: parameters × seeds, in parallel, with confidence intervals. */
import { join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { hasErrors, LEAST_FOR_PRECISION, loadStatistics, type Problem, sweepJson, sweepResult } from '../sim-core/index.ts'
import { collect, usageError, wholeNumber } from './arguments.ts'
import { onInterrupt } from './interrupt.ts'
import { EXIT, write, writeProblems } from './output.ts'
import { working } from './repeat.ts'
import { scenarioFile } from './run.ts'
import { readShard, type Shard } from './shard.ts'
import { type Prepared, prepareSweep } from './sweep/prepare.ts'
import { OUTSTANDING, queueRunner } from './sweep/queue.ts'
import { addReportOptions, checkReports, exitCodeOf, type ReportOptions, writeSweep } from './sweep/reports.ts'
import { isMine, knownRuns, type Outcome, type Runs, runSweep } from './sweep/run-sweep.ts'
import { manifestOf, RunLog } from './sweep/store.ts'
import { threadRunner } from './sweep/threads.ts'
import { engineId } from './version.ts'
import { defaultJobs } from './workers.ts'
import { writeWhole } from './write-file.ts'

interface SweepOptions extends ReportOptions {
  readonly vary?: readonly string[]
  readonly set?: readonly string[]
  readonly metric?: readonly string[]
  readonly model?: 'packets' | 'rates'
  readonly seeds: number
  readonly seed?: number
  readonly precision?: number
  readonly out?: string
  readonly jobs?: number
  readonly shard?: string
  readonly queue?: string
}

const SEEDS_UNLESS_GIVEN = 10

const HELP = `
Values of --vary: a list (1Gbit,2.5Gbit,10Gbit), a range with both ends (2..8), one with a step (0s..1s/100ms), or all of
these; paths as --set takes them. Two more can be varied: vips=2..8 makes the cluster anew with so many VIPs in the
planner's orders, phase=0s..0.9s/100ms lets every event come so much later, to find the worst moment for a crash.
Every expectation of the scenario is judged at every point, by the confidence interval of its mean; --metric adds what is
only looked at. Each point runs with the same seeds. With --out, finished runs are kept: the same command goes on there.
docs/SWEEPS.md has examples for CI matrices, Slurm, Kubernetes and a queue.

Exit codes: 0 all held at every point; 1 something failed; 2 the input is wrong; 3 an interval straddles its limit; 70 a
bug of ours; 130 interrupted.

Examples:
  lvsim sweep scenarios/capacity/how-many-vips.yaml --vary vips=2..8 --seeds 5
  lvsim sweep my.yaml --vary links.default.rate=1Gbit,10Gbit --precision 1% --seeds 100 --svg=chart.svg
  lvsim sweep my.yaml --vary phase=0s..0.9s/100ms --metric vip.outage:10.10.1.10:failover
  lvsim sweep my.yaml --vary vips=2..8 --shard auto --out part-$i     then: lvsim merge part-*`

export function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .summary('vary parameters and seeds, with confidence intervals')
    .description('Runs a scenario at every combination of the values given, with several seeds each, and says where it holds.')
    .argument('<file>', 'a scenario')
    .option('--vary <path=values>', 'one axis (may be repeated)', collect)
    .option('--seeds <n>', 'replications of each point; with --precision at most so many', wholeNumber('--seeds'), SEEDS_UNLESS_GIVEN)
    .option('--seed <n>', 'the first seed; the scenario’s unless given', wholeNumber('--seed'))
    .option(
      '--precision <percentage>',
      `stop at a point when every half width is within this part of its mean (from ${LEAST_FOR_PRECISION} seeds on)`,
      percentage,
    )
    .option('--metric <name[:of[:window[:stat]]]>', 'look at this metric too (may be repeated)', collect)
    .option('--set <path=value>', 'replace a value at every point (may be repeated)', collect)
    .addOption(
      new Option('--model <how>', 'packets: every packet; rates: flows and their rates, a hundred times faster').choices([
        'packets',
        'rates',
      ]),
    )
    .option('--out <dir>', 'keep finished runs there, and go on with those that are there')
    .option('--jobs <n>', `runs at a time; one a core unless given, ${OUTSTANDING} with --queue`, wholeNumber('--jobs'))
    .option('--shard <i/n>', 'only the i-th of n shares of the runs, or auto; needs --out, then lvsim merge')
    .option('--queue <url>', 'let workers do the runs (lvsim worker --queue), through the Redis at redis://host:port')
  addReportOptions(command)
    .addHelpText('after', HELP)
    .action(async (file: string, options: SweepOptions) => {
      process.exitCode = await sweep(file, options)
    })
}

function percentage(text: string): number {
  const m = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)
  if (m === null || Number(m[1]) <= 0) throw new InvalidArgumentError('--precision takes a percentage above 0, such as 1%.')
  return Number(m[1]) / 100
}

async function sweep(given: string, options: SweepOptions): Promise<number> {
  const file = scenarioFile(given)
  const shard = check(options)
  working(`lvsim ${process.argv.slice(2).join(' ')}`)
  await loadStatistics()
  const set = [...(options.set ?? []), ...(options.model === undefined ? [] : [`model=${options.model}`])]
  const prepared = prepareSweep({
    ...{ file, vary: options.vary ?? [], set, metrics: options.metric ?? [], seeds: options.seeds },
    ...(options.seed === undefined ? {} : { seedFirst: options.seed }),
    ...(options.precision === undefined ? {} : { precision: options.precision }),
  })
  if (!('design' in prepared)) return refuse(prepared)
  await writeProblems(prepared.problems)
  const runs = knownRuns(prepared.design, options.out === undefined ? [] : [options.out])
  const log = options.out === undefined ? undefined : RunLog.open(options.out, manifest(prepared, shard))
  if (log !== undefined && 'severity' in log) return refuse([log])
  const interrupt = new AbortController()
  onInterrupt(() => interrupt.abort())
  const outcome = await perform(prepared, runs, shard, log, options, interrupt.signal)
  log?.close()
  if (outcome.bug !== undefined) return reportBug(prepared, outcome.bug)
  if (outcome.problem !== undefined) await writeProblems([outcome.problem])
  const code = shard === undefined ? await report(prepared, runs, options) : await reportShare(prepared, runs, shard, options.out as string)
  if (interrupt.signal.aborted) return EXIT.interrupted
  return outcome.problem === undefined ? code : EXIT.input
}

function check(options: SweepOptions): Shard | undefined {
  checkReports(options)
  if (options.seeds < 1) throw usageError('--seeds takes a whole number from 1 on')
  if (options.shard === undefined) return undefined
  const shard = readShard(options.shard, process.env)
  if (typeof shard === 'string') throw usageError(shard)
  if (options.out === undefined) throw usageError('--shard needs --out DIR, where its share of the runs is kept for lvsim merge')
  if (options.queue !== undefined) throw usageError('--shard and --queue both divide the work: use one of them')
  if (options.json ?? options.csv ?? options.markdown ?? options.svg)
    throw usageError('a share has no result of its own: give --json, --csv, --markdown and --svg to lvsim merge')
  return shard
}

const manifest = ({ design, config }: Prepared, shard: Shard | undefined) =>
  manifestOf({ engine: engineId(), config, shard: shard ?? null, design })

async function perform(
  prepared: Prepared,
  runs: Runs,
  shard: Shard | undefined,
  log: RunLog | undefined,
  options: SweepOptions,
  stop: AbortSignal,
): Promise<Outcome> {
  const jobs = Math.max(1, options.jobs ?? (options.queue === undefined ? defaultJobs() : OUTSTANDING))
  const runner = options.queue === undefined ? threadRunner(jobs, stop) : await queueRunner(options.queue, jobs, stop)
  try {
    return await runSweep(prepared, runs, shard, runner, log, stop)
  } finally {
    await runner.close()
  }
}

async function report({ design }: Prepared, runs: Runs, options: SweepOptions): Promise<number> {
  const result = sweepResult(design, runs)
  const problems = await writeSweep(result, options)
  if (options.out !== undefined && result.complete) {
    const problem = writeWhole(join(options.out, 'result.json'), `${JSON.stringify(sweepJson(result), null, 2)}\n`)
    if (problem !== undefined) problems.push(problem)
  }
  await writeProblems(problems)
  return hasErrors(problems) ? EXIT.input : exitCodeOf(result)
}

async function reportShare({ design }: Prepared, runs: Runs, shard: Shard, folder: string): Promise<number> {
  let mine = 0
  design.points.forEach((_, p) => {
    for (const r of runs[p].keys()) if (isMine(design, shard, p, r)) mine++
  })
  await write(process.stdout, `shard ${shard.index}/${shard.count}: ${mine} runs are in ${folder}; when all are there: lvsim merge DIR…\n`)
  return EXIT.ok
}

async function refuse(problems: readonly Problem[]): Promise<number> {
  await writeProblems(problems)
  return EXIT.input
}

async function reportBug({ design }: Prepared, bug: NonNullable<Outcome['bug']>): Promise<number> {
  const { point, task } = bug.job
  const at = [`--seed ${task.seed}`, ...design.points[point].set.map(s => `--set '${s}'`)].join(' ')
  await write(
    process.stderr,
    `lvsim has a bug: ${bug.text}\n  repeat  lvsim run ${design.file} ${at}\n  node    ${process.version}, ${process.platform}\n`,
  )
  return EXIT.bug
}
