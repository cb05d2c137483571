/**
 * One measurement of one workload: CPU and wall time of the simulated region alone, memory of the process at its end.
 * Each runs in a process of its own (index.ts), so that one workload's compiled code and heap are not another's.
 */
import { readFileSync } from 'node:fs'

export interface Measured {
  readonly name: string
  readonly cpu_s: number
  readonly wall_s: number
  readonly packet_hops: number
  readonly events: number
  readonly packet_hops_per_cpu_s: number
  readonly events_per_cpu_s: number
  readonly peak_rss_mib: number
  /** What the workload is there to show besides speed, by name; units in the names. */
  readonly figures: Readonly<Record<string, number>>
}

export interface Work {
  readonly packetHops: number
  readonly events: number
  /** Worked out after the clock was stopped: they are what the run is for, not the run. */
  readonly figures?: () => Readonly<Record<string, number>>
}

/** Runs `work` once and measures it. Making the workload is not measured. */
export function measure(name: string, work: () => Work): Measured {
  const cpu = process.cpuUsage()
  const wall = process.hrtime.bigint()
  const done = work()
  const wallS = Number(process.hrtime.bigint() - wall) / 1e9
  const used = process.cpuUsage(cpu)
  const cpuS = (used.user + used.system) / 1e6
  return {
    name,
    cpu_s: cpuS,
    wall_s: wallS,
    packet_hops: done.packetHops,
    events: done.events,
    packet_hops_per_cpu_s: done.packetHops / cpuS,
    events_per_cpu_s: done.events / cpuS,
    peak_rss_mib: peakMib(),
    figures: done.figures?.() ?? {},
  }
}

/** The kernel's own figure where there is one: maxRSS is inherited from the process that started this one. */
function peakMib(): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}

/** Mean of every figure over the runs (each has a seed of its own) and the standard error of that mean. */
export function meanFigures(runs: readonly Measured[]): Record<string, { mean: number; standard_error: number }> {
  const out: Record<string, { mean: number; standard_error: number }> = {}
  for (const name of Object.keys(runs[0]?.figures ?? {})) {
    const values = runs.map(r => r.figures[name])
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const variance = values.reduce((a, v) => a + (v - mean) * (v - mean), 0) / Math.max(1, values.length - 1)
    out[name] = { mean, standard_error: Math.sqrt(variance / values.length) }
  }
  return out
}

/** The run with the median CPU time; with an even number the faster of the middle two. */
export function median(runs: readonly Measured[]): Measured {
  return [...runs].sort((a, b) => a.cpu_s - b.cpu_s)[Math.floor((runs.length - 1) / 2)]
}
