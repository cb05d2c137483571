/** `lvsim bench`: how fast lvsim is here, next to others. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import type { BenchReport } from '../bench/index.ts'
import { usageError, wholeNumber } from './arguments.ts'
import { EXIT, styleFor, write, writeJson } from './output.ts'

interface BenchFlags {
  readonly json?: boolean
  readonly peers?: boolean
  readonly runs?: number
  readonly one?: boolean
}

const HELP = `
Workloads (docs/BENCHMARKS.md describes them): W1 to W7 and growth; a name also stands for its variants (W1: W1 and W1-poisson).
Times are CPU seconds of the simulation itself, medians over the runs. Compare ratios, not absolute figures.

Examples:
  lvsim bench W1                 packet-hops a second through three directors
  lvsim bench W1 --peers         the same next to ns-3, SimPy and hand-written loops, where they are installed`

export function addBench(program: Command): void {
  program
    .command('bench')
    .summary('measure how fast lvsim is on this machine')
    .description('Runs the benchmark workloads, each in a process of its own, and prints medians.')
    .argument('[workload...]', 'W1 … W7, or a variant such as W2-poisson-1.0; all unless given')
    .option('--peers', 'also build and run ns-3, SimPy and hand-written programs that find their tools')
    .option(
      '--runs <n>',
      'runs of each workload, each with a seed of its own; 3 unless given, and for W2 as many as its comparison with ns-3 needs',
      wholeNumber('--runs'),
    )
    .option('--json', 'print one JSON document')
    .option('--one', 'run one workload once, in this process, and print its measurement (used by bench itself)')
    .addHelpText('after', HELP)
    .action(async (names: string[], flags: BenchFlags) => {
      process.exitCode = await run(names, flags)
    })
}

async function run(names: readonly string[], flags: BenchFlags): Promise<number> {
  const { bench, runOne, workloadNames } = await import('../bench/index.ts')
  if (flags.one) {
    await writeJson(runOne(names[0], Number(names[1] ?? 1)))
    return EXIT.ok
  }
  const known = workloadNames()
  const unknown = names.find(n => !known.some(k => k === n || k.startsWith(`${n}-`)))
  if (unknown !== undefined) throw usageError(`there is no workload "${unknown}": write some of ${known.join(', ')}`)
  const report = await bench({
    only: names,
    runs: flags.runs,
    peers: flags.peers === true,
    say: line => process.stderr.isTTY && process.stderr.write(`${line}\n`),
    child: [process.execPath, process.argv[1], 'bench', '--one'],
  })
  if (flags.json) await writeJson(report)
  else await write(process.stdout, table(report, baseline()))
  return EXIT.ok
}

type Baseline = Readonly<Record<string, number>>

function baseline(): Baseline {
  const here = dirname(fileURLToPath(import.meta.url))
  try {
    return JSON.parse(readFileSync(join(here, '../bench/baseline.json'), 'utf8')) as Baseline
  } catch {
    return {}
  }
}

/** W2 next to ns-3: means over the runs with their 95 % confidence intervals. */
function agreement(report: BenchReport, bold: (text: string) => string): string[] {
  if (report.agreement.length === 0) return []
  const shown = ({ mean, half }: { mean: number; half: number }): string =>
    half === 0 ? String(Number(mean.toFixed(1))) : `${Number(mean.toPrecision(5))} ± ${Number(half.toPrecision(2))}`
  const rows = report.agreement.map(a => {
    const test = a.t === null ? 'exact to 0.1' : `t ${a.t.toFixed(2)}, ${(a.degrees_of_freedom as number).toFixed(0)} df`
    return `${a.workload.padEnd(18)}${a.figure.padEnd(14)}${String(a.runs).padStart(5)}${shown(a.ours).padStart(24)}${shown(a.ns3).padStart(24)}  ${a.agrees ? 'agrees' : 'DIFFERS'} (${test})`
  })
  const head = `${'against ns-3'.padEnd(18)}${'figure'.padEnd(14)}${'runs'.padStart(5)}${'lvsim'.padStart(24)}${'ns-3'.padStart(24)}  Welch’s test at 5 %`
  return ['', bold(head), ...rows]
}

const millions = (n: number): string => (n >= 1e5 ? `${(n / 1e6).toFixed(2)} M/s` : '')

function table(report: BenchReport, base: Baseline): string {
  const { bold } = styleFor(process.stdout)
  const lines = [
    `${report.machine.cpu}, ${report.machine.cores} cores, Node ${report.machine.node}; calibration loop ${report.machine.calibration_s.toFixed(3)} s`,
    '',
    bold(
      `${'workload'.padEnd(18)}${'CPU s'.padStart(8)}${'hops/CPU-s'.padStart(13)}${'events/CPU-s'.padStart(14)}${'MiB'.padStart(6)}${'vs baseline'.padStart(13)}`,
    ),
  ]
  for (const r of report.results) {
    const was = base[r.name]
    const against = was === undefined ? '' : `${(r.over_calibration / was).toFixed(2)} ×`
    lines.push(
      `${r.name.padEnd(18)}${r.cpu_s.toFixed(2).padStart(8)}${millions(r.packet_hops_per_cpu_s).padStart(13)}${millions(r.events_per_cpu_s).padStart(14)}${r.peak_rss_mib.toFixed(0).padStart(6)}${against.padStart(13)}  ${r.what}`,
    )
    const figures = Object.entries(r.figures_over_runs).map(
      ([k, f]) => `${k} ${Number(f.mean.toFixed(3))}${r.runs > 1 ? ` ± ${Number(f.standard_error.toFixed(3))}` : ''}`,
    )
    if (figures.length > 0) lines.push(`${''.padEnd(18)}  ${figures.join(', ')}`)
  }
  if (report.results.some(r => r.runs > 1 && Object.keys(r.figures).length > 0))
    lines.push('', 'figures: mean over the runs ± its standard error; times: the run with the median CPU time')
  lines.push(...agreement(report, bold))
  if (report.peers.length > 0) lines.push('', bold(`${'peer'.padEnd(36)}${'CPU s'.padStart(8)}${'hops/CPU-s'.padStart(13)}  lvsim is`))
  for (const p of report.peers)
    lines.push(
      `${p.name.padEnd(36)}${p.cpu_s.toFixed(2).padStart(8)}${millions(p.packet_hops_per_cpu_s).padStart(13)}  ${p.ratio.toFixed(2)} × as fast (${p.workload})`,
    )
  return `${lines.join('\n')}\n`
}
