/** What a link did in a span: offered and sent rates, drops, waiting. Definitions in docs and `lvsim metrics`. */
import { SECOND_NS } from '../base/units.ts'
import { type Distribution, distribution } from './distribution.ts'
import type { LinkMeasurement } from './measurements.ts'
import type { Segments } from './segments.ts'
import { highest, lengthNs, type Span, total, zonesOf } from './sums.ts'

export interface LinkLoad {
  /** Wire bits a second presented to the queue, before drops. */
  readonly offeredBps: number
  /** The same over the link's rate; above 1: more than it can carry. */
  readonly offered: number
  /** Share of the time in which it was sending, 0–1. */
  readonly utilisation: number
  readonly drops: number
  readonly queueMaxPackets: number
}

export function linkLoad(segments: Segments, link: LinkMeasurement, span: Span): LinkLoad {
  const ns = lengthNs(segments, span)
  const bits = 8 * total(link.offeredWireBytes, span)
  return {
    offeredBps: ns === 0 ? 0 : (bits * SECOND_NS) / ns,
    offered: offeredRatio(segments, link, span),
    utilisation: ns === 0 ? 0 : total(link.busyNs, span) / ns,
    drops: total(link.drops, span),
    queueMaxPackets: highest(link.queueMaxPackets, span),
  }
}

/** Time that the offered bits need on the line, over the time there was. */
export function offeredRatio(segments: Segments, link: LinkMeasurement, span: Span): number {
  const ns = lengthNs(segments, span)
  let neededNs = 0
  for (const s of span) if (link.offeredWireBytes[s] > 0) neededNs += (8 * link.offeredWireBytes[s] * SECOND_NS) / link.rateBps[s]
  return ns === 0 ? 0 : neededNs / ns
}

/** Waiting times of the packets accepted in the span, ns. The span must be made of whole windows' pieces. */
export function linkWaits(segments: Segments, link: LinkMeasurement, span: Span): Distribution {
  return distribution(
    zonesOf(segments, span).map(z => link.waits[z] ?? null),
    total(link.accepted, span),
  )
}
