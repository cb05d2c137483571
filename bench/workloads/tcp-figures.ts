/** What the TCP workloads are there to show besides speed. */
import { Histogram } from '../../sim-core/base/histogram.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import { CLOSED, PASSIVE } from '../../sim-core/protocols/tcp/constants.ts'
import type { Model } from '../../sim-core/scenario/index.ts'
import type { Work } from '../measure.ts'

const sum = (values: Iterable<number>): number => {
  let all = 0
  for (const v of values) all += v
  return all
}

/** Payload that arrived in order, by connection: what ns-3's PacketSink counts. */
function bytesReceived({ applications }: Simulation): number[] {
  const { rows } = applications.tcp
  const out: number[] = []
  for (let c = 0; c < rows.rows; c++)
    if (rows.state[c] !== CLOSED && (rows.flags[c] & PASSIVE) !== 0) out.push((rows.rcvNxt[c] - rows.irs[c] - 1) | 0)
  return out
}

/** W3: goodput, loss at the bottleneck and Jain's fairness index of the flows; a flow that never connected counts as 0. */
export function bulkFigures(simulation: Simulation): Record<string, number> {
  const { measurements } = simulation.result()
  const bytes = bytesReceived(simulation)
  const flows = measurements.traffic.length
  const bottleneck = measurements.links.find(l => l.name === 'left→right')
  if (bottleneck === undefined) throw new Error('W3 has no bottleneck')
  const dropped = sum(bottleneck.drops)
  return {
    goodput_mbps: (sum(bytes) * 8e3) / simulation.now,
    bottleneck_utilisation: sum(bottleneck.busyNs) / simulation.now,
    loss: dropped / (dropped + sum(bottleneck.accepted)),
    jain: sum(bytes) ** 2 / (flows * sum(bytes.map(b => b * b))),
  }
}

/** W4: how many requests were answered, and how long they took from SYN to last byte. */
export function completionFigures(simulation: Simulation): Record<string, number> {
  const { measurements } = simulation.result()
  const delays = new Histogram()
  for (const t of measurements.traffic) for (const d of t.delays) delays.add(d)
  return {
    requests: sum(measurements.traffic.map(t => sum(t.sent))),
    completed: sum(measurements.traffic.map(t => sum(t.delivered))),
    completion_mean_ms: delays.mean / 1e6,
    completion_p99_ms: delays.quantile(0.99) / 1e6,
  }
}

/** W6: run minute by minute, so that the cost of a packet-hop with full tables can be held against that with small ones. */
export function runByMinutes(model: Model): () => Work {
  const simulation = new Simulation(model)
  return () => {
    const cost: number[] = []
    for (let minute = 1; minute * 60e9 <= model.durationNs; minute++) {
      const hops = simulation.network.links.hops
      const before = process.cpuUsage()
      simulation.run(minute * 60e9)
      const used = process.cpuUsage(before)
      cost.push(((used.user + used.system) * 1e3) / (simulation.network.links.hops - hops))
    }
    const entries = sum(simulation.directors.hosts.map(host => simulation.directors.ipvs.director(host).entries.table.count))
    return {
      packetHops: simulation.network.links.hops,
      events: simulation.engine.events,
      figures: () => ({
        entries,
        ns_per_hop_minute_1: cost[0],
        ns_per_hop_last_minute: cost[cost.length - 1],
        // The tables are full from the third minute on; growth would show from there.
        last_over_fourth_minute: cost[cost.length - 1] / (cost[3] ?? cost[0]),
      }),
    }
  }
}
