/**
 * Does a window hold? It does when all that was sent in it was delivered or answered and no link is offered more than
 * its wire rate. It is degraded when anything was lost, reset, refused or timed out, or a link is offered more. It is
 * an outage when a VIP to which packets were sent was unserved throughout. Takeovers are judged apart (takeovers.ts).
 */
import { linkLoad } from './links.ts'
import type { Measurements } from './measurements.ts'
import type { Span } from './sums.ts'
import { trafficLoad } from './traffic.ts'
import { unservedThroughout } from './vips.ts'

export type Verdict = 'HOLDS' | 'DEGRADED' | 'OUTAGE'

export type Reason =
  | { readonly kind: 'unserved'; readonly vip: string }
  | {
      readonly kind: 'lost'
      readonly traffic: string
      readonly counts: 'packets' | 'requests'
      readonly lost: number
      readonly loss: number
    }
  | { readonly kind: 'overload'; readonly link: string; readonly from: string; readonly to: string; readonly offered: number }

export interface Judgement {
  readonly verdict: Verdict
  /** Worst first; empty when it holds. */
  readonly reasons: readonly Reason[]
}

export function judge(m: Measurements, span: Span): Judgement {
  const lost: Reason[] = []
  for (const t of m.traffic) {
    const load = trafficLoad(m.segments, t, span)
    if (load.lost > 0) lost.push({ kind: 'lost', traffic: t.name, counts: t.counts, lost: load.lost, loss: load.loss })
  }
  // A packet that is on the way when the span ends leaves its VIP without a delivery: only loss makes it an outage.
  const unserved: Reason[] =
    lost.length === 0 ? [] : m.vips.filter(v => unservedThroughout(v, span)).map(v => ({ kind: 'unserved', vip: v.address }))
  const overloads = m.links
    .map(l => ({ kind: 'overload' as const, link: l.name, from: l.from, to: l.to, offered: linkLoad(m.segments, l, span).offered }))
    .filter(o => o.offered > 1)
    .sort((a, b) => b.offered - a.offered)
  const reasons = [...unserved, ...overloads, ...lost]
  return { verdict: unserved.length > 0 ? 'OUTAGE' : reasons.length > 0 ? 'DEGRADED' : 'HOLDS', reasons }
}
