/** What a finished (or interrupted) run leaves behind, in the terms of metrics. */
import { formatIpv4 } from '../base/address.ts'
import { segmentAt, type DirectorTables, type RunResult, type TrafficMeasurement, type VipMeasurement } from '../metrics/index.ts'
import { DROP_REASONS } from '../net/index.ts'
import { measureLinks } from './measure-links.ts'
import type { Simulation } from './simulation.ts'

export function buildResult(simulation: Simulation, tables: readonly DirectorTables[]): RunResult {
  const { engine, network, segments, directorSamples } = simulation
  directorSamples.sample(segmentAt(segments, Math.max(0, engine.now - 1)))
  return {
    digest: simulation.digest(),
    events: engine.events,
    packetHops: network.links.hops,
    simulatedNs: engine.now,
    ...(simulation.stopped === undefined ? {} : { stopped: simulation.stopped }),
    measurements: {
      segments,
      links: measureLinks(network, segments, engine.now, simulation.rateLog),
      traffic: simulation.model.traffic.map((_, i) => trafficOf(simulation, i)),
      vips: simulation.vips.map((_, i) => vipOf(simulation, i)),
      dropReasons: DROP_REASONS,
      directors: directorSamples.measurements(network.stack.hostNames),
    },
    happenings: simulation.happenings,
    requests: simulation.applications.requests(),
    tables,
  }
}

/** The directors' tables now. */
export function directorTables(simulation: Simulation): DirectorTables[] {
  return simulation.directors.hosts.map(host => ({
    tNs: simulation.now,
    host: simulation.network.stack.hostNames[host],
    ...simulation.tables(host),
  }))
}

function trafficOf(simulation: Simulation, i: number): TrafficMeasurement {
  const { trafficMeters: m, model } = simulation
  const sent = m.column(m.sent, i)
  const delivered = m.column(m.delivered, i)
  const packets = model.traffic[i].options.kind === 'udp'
  return {
    name: model.traffic[i].name,
    counts: packets ? 'packets' : 'requests',
    sent,
    delivered,
    unresolved: (packets ? onTheWay(simulation, i) : openRequests(simulation, model.traffic[i].name)).map((n, s) =>
      Math.min(n, sent[s] - delivered[s]),
    ),
    sentBytes: m.column(m.sentBytes, i),
    deliveredBytes: m.column(m.deliveredBytes, i),
    delays: m.delaysOf(i),
    dropped: m.droppedOf(i),
  }
}

/** Packets of a source that are in a queue, on a line or waiting for ARP, by the segment in which they were sent. */
function onTheWay({ network, segments }: Simulation, source: number): Float64Array {
  const out = new Float64Array(segments.count)
  const count = (p: number): void => {
    if (network.packets.traffic[p] === source) out[network.packets.segment[p]]++
  }
  network.links.forEachInFlight(count)
  network.neighbours.forEachWaiting(count)
  return out
}

/** Requests of a source that are neither answered nor failed, by the segment in which they were sent. */
function openRequests({ applications, segments }: Simulation, traffic: string): Float64Array {
  const out = new Float64Array(segments.count)
  for (const r of applications.requests()) if (r.traffic === traffic && r.fate === 'open') out[segmentAt(segments, r.sentNs)]++
  return out
}

function vipOf(simulation: Simulation, i: number): VipMeasurement {
  const { vipMeters: m } = simulation
  return {
    address: formatIpv4(simulation.vips[i]),
    owners: simulation.owners.of(i, simulation.network.stack.hostNames),
    sent: m.column(m.sentCount, i),
    firstSentNs: m.column(m.firstSent, i),
    lastSentNs: m.column(m.lastSent, i),
    delivered: m.column(m.deliveredCount, i),
    firstDeliveredNs: m.column(m.firstDelivered, i),
    lastDeliveredNs: m.column(m.lastDelivered, i),
    longestGapNs: m.column(m.longestGap, i),
  }
}
