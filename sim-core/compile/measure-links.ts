/**
 * The links' counters of a finished run, as metrics read them: one column of segments a link.
 */
import type { Network } from '../net/index.ts'
import type { LinkMeasurement, Segments } from '../metrics/index.ts'

/** `rateLog[link]`: line rate in each segment, bit/s, kept by whoever changes rates during the run. */
export function measureLinks(network: Network, segments: Segments, endNs: number, rateLog: readonly Float64Array[]): LinkMeasurement[] {
  const { meters, links } = network
  const column = (values: Float64Array, l: number) => Float64Array.from({ length: segments.count }, (_, s) => values[s * meters.links + l])
  return links.names
    .map((name, l) => {
      const accepted = column(meters.acceptedNs, l)
      const backlog = column(meters.backlogNs, l)
      const last = Math.max(0, links.busyUntil[l] - endNs)
      return {
        name,
        from: name.slice(0, name.indexOf('→')),
        to: name.slice(name.indexOf('→') + 1),
        rateBps: rateLog[l],
        offeredWireBytes: column(meters.offeredBytes, l),
        // What was accepted and what was left over from before, less what is left over for later.
        busyNs: accepted.map((ns, s) => ns + backlog[s] - (s + 1 < segments.count ? backlog[s + 1] : last)),
        accepted: column(meters.packets, l),
        drops: column(meters.drops, l),
        queueMaxPackets: column(meters.queueMax, l),
        waits: Array.from({ length: segments.zoneCount }, (_, zone) => meters.waits[zone * meters.links + l]),
        queueLimit:
          links.queuePackets[l] !== Number.POSITIVE_INFINITY ? { packets: links.queuePackets[l] } : { bytes: links.queueBytes[l] },
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
