/** `lvsim run`: scenarios in, reports out. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import {
  hasErrors,
  jsonProblems,
  jsonReport,
  loadVariant,
  makeReport,
  modelInSlices,
  type Model,
  type Problem,
  readInstant,
  type Report,
  seriesCsv,
  seriesJson,
  tableInstants,
  textReport,
} from '../sim-core/index.ts'
import { collect, usageError, wholeNumber } from './arguments.ts'
import type { Edits } from './edited.ts'
import { EXIT, styleFor, write, writeJson, writeProblems } from './output.ts'
import { type Opened, rememberingFiles, writeHtml } from './page.ts'
import { Progress } from './progress.ts'
import { type RecordingOptions, Recordings } from './recordings.ts'
import { working } from './repeat.ts'
import { VERSION } from './version.ts'
import { writeWhole } from './write-file.ts'

interface RunOptions {
  readonly json?: boolean
  readonly html?: string
  readonly seed?: number
  readonly at?: readonly string[]
  readonly set?: readonly string[]
  readonly model?: string
  readonly pcap?: string
  readonly trace?: string
  readonly series?: string
}

const HELP = `
What it prints, from top to bottom: what happened and why (the story), how much of it held (windows), what the links
carried, the balancers' tables as ipvsadm prints them, the scenario's expectations, and the answer: HOLDS, DEGRADED or
OUTAGE with the reason and what to do about it.

Exit codes: 0 every expectation held; 1 one failed; 2 the scenario or a file it names is wrong; 130 interrupted.

Examples:
  lvsim run scenarios/capacity/three-vips.yaml                  does anything degrade when a balancer dies?
  lvsim run scenarios/coursework/inactconn.yaml --at 60s        the tables after a minute
  lvsim run my.yaml --set hosts.b1.link.rate=10Gbit             the same with another link
  lvsim run my.yaml --model rates                               hours and hundreds of hosts in seconds, without packets
  lvsim run my.yaml --seed 7 --json | jq .windows.after         for tools; lvsim schema run describes it`

export function addRun(program: Command): void {
  program
    .command('run')
    .summary('run a scenario and say whether it holds')
    .description('Runs scenarios (YAML files that name the real keepalived.conf and ipvsadm files) and says what happens, and why.')
    .argument('<file...>', 'scenario files')
    .option('--json', 'print one JSON document instead of text (a list of them for several files)')
    .option('--html <out>', 'write one HTML file with the page and this scenario in it: opens from a disk, needs no server')
    .option('--seed <n>', 'seed of the random streams instead of the one in the file', wholeNumber('--seed'))
    .addOption(
      new Option('--model <how>', 'packets: every packet; rates: flows and their rates; instead of what the file says').choices([
        'packets',
        'rates',
      ]),
    )
    .option('--at <time>', 'show the tables at this time too, such as 30s (may be repeated)', collect)
    .option('--pcap <dir>', 'write what tcpdump would see: a pcapng file for each interface of each host')
    .option('--trace <out>', 'write the trace, which the page opens')
    .option('--series <out>', 'write every metric over time, as .csv or .json: one value a row')
    .option(
      '--set <path=value>',
      'replace a value of the scenario, such as duration=30s; vips=N and phase=time as lvsim sweep has them (may be repeated)',
      collect,
    )
    .addHelpText('after', HELP)
    .action(async (files: string[], options: RunOptions) => {
      process.exitCode = await run(files, options)
    })
}

async function run(given: readonly string[], options: RunOptions): Promise<number> {
  const at = options.at ?? []
  const atNs = at.map(text => {
    const read = readInstant(text)
    if (!read.ok) throw usageError(`--at: ${read.reason}; ${read.remedy}`)
    return read.value as number
  })
  if (given.length > 1 && (options.pcap ?? options.trace ?? options.series ?? options.html) !== undefined)
    throw usageError('--pcap, --trace, --series and --html hold one run: give one scenario')
  if (options.series !== undefined && !/\.(?:csv|json)$/.test(options.series))
    throw usageError(`--series ${options.series}: write a name that ends in .csv or .json`)
  const edits = editsOf(options)
  if (options.html !== undefined && edits.set?.some(s => /^(vips|phase)=/.test(s)))
    throw usageError('--html holds the scenario as its file can say it: leave vips= and phase= out')
  const documents: unknown[] = []
  let worst: number = EXIT.ok
  for (const [i, file] of given.map(scenarioFile).entries()) {
    const files = rememberingFiles(file)
    const loaded = loadVariant(file, files.source, edits)
    const problems = [...loaded.problems, ...lateTables(loaded.model, atNs, at), ...withoutPackets(loaded.model, options)]
    if (!options.json || loaded.model === undefined) await writeProblems(problems)
    if (loaded.model === undefined || hasErrors(problems)) {
      documents.push(jsonProblems(problems))
      worst = Math.max(worst, EXIT.input)
      continue
    }
    if (i > 0 && !options.json) await write(process.stdout, '\n')
    const { report, wallS, unwritten } = await simulateModel(loaded.model, atNs, options)
    const unsaved = [...unwritten, ...(await writeFiles(report, options, () => files.opened(edits)))]
    if (options.json) documents.push(jsonReport(report, { version: VERSION, wallS }))
    else
      await write(process.stdout, textReport(report, { style: styleFor(process.stdout), command: `lvsim run ${file}`, tablesAtNs: atNs }))
    await writeProblems(unsaved)
    worst = Math.max(worst, exitCodeOf(report), hasErrors(unsaved) ? EXIT.input : EXIT.ok)
  }
  if (options.json) await writeJson(documents.length === 1 ? documents[0] : documents)
  return worst
}

const editsOf = ({ set = [], model, seed }: RunOptions): Edits => ({
  set: [...set, ...(model === undefined ? [] : [`model=${model}`])],
  ...(seed === undefined ? {} : { seed }),
})

/** The files that hold the whole run, besides the recordings made while it went on. Returns what could not be written. */
async function writeFiles(report: Report, { html, series }: RunOptions, opened: () => Opened): Promise<Problem[]> {
  const problems = [
    html === undefined ? undefined : await writeHtml(html, opened()),
    series === undefined
      ? undefined
      : writeWhole(series, series.endsWith('.csv') ? seriesCsv(report) : `${JSON.stringify(seriesJson(report))}\n`),
  ]
  return problems.flatMap(p => (p === undefined ? [] : [p]))
}

/** In slices, so that an interrupt is heard between two of them. */
async function simulateModel(
  model: Model,
  atNs: readonly number[],
  wanted: RecordingOptions,
): Promise<{ report: Report; wallS: number; unwritten: readonly Problem[] }> {
  working(`lvsim run ${model.file} --seed ${model.seed}${model.model === 'rates' ? ' --model rates' : ''}`)
  const progress = new Progress(model.file)
  const begun = performance.now()
  let recordings: Recordings | undefined
  const slices = modelInSlices(model, [...tableInstants(model), ...atNs], simulation => {
    recordings = new Recordings(simulation, wanted)
  })
  let step = slices.next(true)
  while (!step.done) {
    await new Promise(resolve => setImmediate(resolve))
    step = slices.next(progress.show(step.value))
  }
  progress.done()
  const unwritten = recordings?.finish(step.value) ?? []
  return { report: makeReport(model, step.value), wallS: (performance.now() - begun) / 1000, unwritten }
}

function exitCodeOf({ view, verdicts }: Report): number {
  if (view.result.stopped === 'interrupted') return EXIT.interrupted
  return verdicts.every(v => v.ok) ? EXIT.ok : EXIT.failed
}

/** A folder stands for the scenario.yaml in it. */
export function scenarioFile(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.isDirectory() === true ? join(path, 'scenario.yaml') : path
}

/** Captures and traces are made of packets. */
function withoutPackets(model: Model | undefined, { pcap, trace }: RecordingOptions): Problem[] {
  if (model?.model !== 'rates') return []
  const wanted = [...(pcap === undefined ? [] : [`--pcap ${pcap}`]), ...(trace === undefined ? [] : [`--trace ${trace}`])]
  return wanted.map(option => ({
    at: { file: option, line: 1, column: 1 },
    severity: 'error' as const,
    code: 'not-in-rates',
    message: 'model: rates has no packets to write',
    remedy: 'leave the option out, or run with --model packets',
  }))
}

function lateTables(model: Model | undefined, atNs: readonly number[], texts: readonly string[]): Problem[] {
  if (model === undefined) return []
  return atNs.flatMap((t, i) =>
    t <= model.durationNs
      ? []
      : [
          {
            at: { file: `--at ${texts[i]}`, line: 1, column: 1 },
            severity: 'error' as const,
            code: 'after-end',
            message: `the run ends at ${model.durationNs / 1e9} s`,
            remedy: 'write an earlier time, or --set duration=… for a longer run',
          },
        ],
  )
}
