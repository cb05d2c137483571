/** What became of a traffic source's packets or requests that were sent in a span. */
import { SECOND_NS } from '../base/units.ts'
import { type Distribution, distribution } from './distribution.ts'
import type { RequestRecord, TrafficMeasurement } from './measurements.ts'
import type { Segments } from './segments.ts'
import { lengthNs, type Span, total, zonesOf } from './sums.ts'

export interface TrafficLoad {
  /** IP bits a second. */
  readonly offeredBps: number
  readonly deliveredBps: number
  readonly sent: number
  readonly delivered: number
  /** Sent, neither delivered nor under way at the end of the run. */
  readonly lost: number
  /** 1 − delivered / sent, of those whose fate is known; 0 when nothing was sent. */
  readonly loss: number
}

export function trafficLoad(segments: Segments, traffic: TrafficMeasurement, span: Span): TrafficLoad {
  const ns = lengthNs(segments, span)
  const sent = total(traffic.sent, span)
  const delivered = total(traffic.delivered, span)
  const lost = Math.max(0, sent - delivered - total(traffic.unresolved, span))
  const perSecond = (bytes: number) => (ns === 0 ? 0 : (8 * bytes * SECOND_NS) / ns)
  return {
    offeredBps: perSecond(total(traffic.sentBytes, span)),
    deliveredBps: perSecond(total(traffic.deliveredBytes, span)),
    sent,
    delivered,
    lost,
    loss: lost === 0 ? 0 : lost / (lost + delivered),
  }
}

export function trafficDelays(segments: Segments, traffic: TrafficMeasurement, span: Span): Distribution {
  return distribution(zonesOf(segments, span).map(z => traffic.delays[z]))
}

export interface ConnectionCounts {
  readonly opened: number
  readonly completed: number
  readonly reset: number
  readonly refused: number
  readonly timedOut: number
}

export function connectionCounts(requests: readonly RequestRecord[], traffic: string, fromNs: number, toNs: number): ConnectionCounts {
  const counts = { opened: 0, completed: 0, reset: 0, refused: 0, timedOut: 0 }
  for (const r of requests) {
    if (r.traffic !== traffic || r.sentNs < fromNs || r.sentNs >= toNs) continue
    counts.opened++
    if (r.fate === 'ok') counts.completed++
    else if (r.fate === 'reset') counts.reset++
    else if (r.fate === 'refused') counts.refused++
    else if (r.fate === 'timed_out') counts.timedOut++
  }
  return counts
}

/** The same from what the flow level counts: who was refused is known by the reason, resets count among those timed out. */
export function connectionCountsInRates(segments: Segments, traffic: TrafficMeasurement, span: Span): ConnectionCounts {
  const { sent, delivered, lost } = trafficLoad(segments, traffic, span)
  const dropped = traffic.dropped.reduce((sum, column) => sum + (column === undefined ? 0 : total(column, span)), 0)
  const refused = Math.min(lost, dropped)
  return { opened: sent, completed: delivered, reset: 0, refused, timedOut: lost - refused }
}

/** Drops of the traffic sent in a span, by reason, most frequent first. */
export function dropsByReason(
  traffic: TrafficMeasurement,
  reasons: readonly string[],
  span: Span,
): readonly { reason: string; count: number }[] {
  return reasons
    .map((reason, i) => ({ reason, count: traffic.dropped[i] === undefined ? 0 : total(traffic.dropped[i], span) }))
    .filter(d => d.count > 0)
    .sort((a, b) => b.count - a.count)
}
