/**
 * `lvsim bench`: the workloads, each several times in processes of its own, next to a calibration loop and, when
 * asked, to the peers. Absolute times move with the machine; what is compared with baseline.json is the time of a
 * workload over that of the calibration loop, so a slower machine is no regression.
 */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { type Measured, meanFigures, measure, median } from './measure.ts'
import { type PeerResult, runPeers } from './peers.ts'
import { type Agreement, compareWithTruth, runsOfTruth } from './truth.ts'
import { loadStatistics } from '../sim-core/sweep/statistics.ts'
import { calibrate } from './workloads/calibration.ts'
import { WORKLOADS } from './workloads/index.ts'

export interface BenchOptions {
  /** Names, or beginnings of names; empty: all. */
  readonly only: readonly string[]
  /** Of each workload; undefined: three, or as many as the comparison with ns-3 needs. */
  readonly runs?: number
  readonly peers: boolean
  readonly say: (line: string) => void
  /** How this program runs one workload in a process of its own; the workload and seed are appended. */
  readonly child: readonly string[]
}

export interface BenchReport {
  readonly schema_version: 1
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly calibration_s: number }
  readonly results: readonly (Measured & {
    readonly what: string
    readonly over_calibration: number
    readonly runs: number
    readonly figures_over_runs: ReturnType<typeof meanFigures>
  })[]
  /** `ratio`: how many times as fast lvsim was in this run, by CPU time. */
  readonly peers: readonly (PeerResult & { readonly ratio: number })[]
  /** W2's figures next to ns-3's. */
  readonly agreement: readonly Agreement[]
}

const RUNS = 3

/** In the child: one run of one workload, as JSON. */
export function runOne(name: string, seed: number): Measured {
  const workload = WORKLOADS.find(w => w.name === name)
  if (workload === undefined) throw new Error(`there is no workload ${name}`)
  return measure(name, workload.prepare(seed))
}

export const workloadNames = (): readonly string[] => WORKLOADS.map(w => w.name)

export async function bench(options: BenchOptions): Promise<BenchReport> {
  await loadStatistics()
  const chosen = WORKLOADS.filter(w => options.only.length === 0 || options.only.some(o => w.name === o || w.name.startsWith(`${o}-`)))
  const calibrationS = calibrate()
  const results = chosen.map(w => {
    options.say(`${w.name}: ${w.what}`)
    const runs = Array.from({ length: options.runs ?? runsOfTruth(w.name) ?? RUNS }, (_, i) => child(options.child, w.name, i + 1))
    const m = median(runs)
    return { ...m, what: w.what, over_calibration: m.cpu_s / calibrationS, runs: runs.length, figures_over_runs: meanFigures(runs) }
  })
  const peers = options.peers ? runPeers(new Set(chosen.map(w => w.name)), options.say) : []
  return {
    schema_version: 1,
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, calibration_s: calibrationS },
    results,
    agreement: results.flatMap(r => compareWithTruth(r.name, r.runs, r.figures_over_runs)),
    peers: peers.map(p => ({ ...p, ratio: timesAsFast(results.find(r => r.name === p.workload) as Measured, p) })),
  }
}

/** By CPU time for the same work; the event queue's peers do fewer operations, so by operations a second. */
function timesAsFast(ours: Measured, peer: PeerResult): number {
  return ours.packet_hops > 0 ? peer.cpu_s / ours.cpu_s : ours.events_per_cpu_s / peer.events_per_cpu_s
}

function child(command: readonly string[], name: string, seed: number): Measured {
  const { status, stdout, stderr } = spawnSync(command[0], [...command.slice(1), name, String(seed)], { encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout) as Measured
}
