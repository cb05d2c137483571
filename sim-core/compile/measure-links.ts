/**
 * The links' counters of a finished run, as metrics read them: one column of segments a link.
 */
import { ACCEPTED, ACCEPTED_NS, BACKLOG_NS, DROPPED, type Network, OFFERED_BYTES, QUEUE_MAX } from '../net/index.ts'
import type { LinkMeasurement, Segments } from '../metrics/index.ts'

/** `rateLog[link]`: line rate in each segment, bit/s, kept by whoever changes rates during the run. */
export function measureLinks(network: Network, segments: Segments, endNs: number, rateLog: readonly Float64Array[]): LinkMeasurement[] {
  const { meters, links } = network
  return links.names
    .map((name, l) => {
      const accepted = meters.column(ACCEPTED_NS, l)
      const backlog = meters.column(BACKLOG_NS, l)
      const last = links.backlogNs(l, endNs)
      const { queuePackets, queueBytes } = links.optionsOf(l)
      return {
        name,
        from: name.slice(0, name.indexOf('→')),
        to: name.slice(name.indexOf('→') + 1),
        rateBps: rateLog[l],
        offeredWireBytes: meters.column(OFFERED_BYTES, l),
        // What was accepted and what was left over from before, less what is left over for later.
        busyNs: accepted.map((ns, s) => ns + backlog[s] - (s + 1 < segments.count ? backlog[s + 1] : last)),
        accepted: meters.column(ACCEPTED, l),
        drops: meters.column(DROPPED, l),
        queueMaxPackets: meters.column(QUEUE_MAX, l),
        waits: Array.from({ length: segments.zoneCount }, (_, zone) => meters.waits[zone * meters.links + l]),
        queueLimit: queuePackets !== Number.POSITIVE_INFINITY ? { packets: queuePackets } : { bytes: queueBytes },
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
