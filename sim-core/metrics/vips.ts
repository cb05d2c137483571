/**
 * Who owned a VIP in a window, and for how long nobody did or nothing came through. `outage` is what the control
 * plane says (no live, reachable MASTER), `unserved` what the clients felt (no packet to it was delivered): they
 * differ by the time until the new owner's gratuitous ARP, and when a MASTER has no real server.
 */
import type { Ownership, VipMeasurement } from './measurements.ts'
import type { Span, Window } from './sums.ts'
import { total } from './sums.ts'

/** The owners within [fromNs, toNs), cut to it, in the order of their beginning. */
export function ownersIn(vip: VipMeasurement, fromNs: number, toNs: number): Ownership[] {
  return vip.owners
    .filter(o => o.fromNs < toNs && o.toNs > fromNs)
    .map(o => ({ host: o.host, fromNs: Math.max(o.fromNs, fromNs), toNs: Math.min(o.toNs, toNs) }))
}

/** Owners at an instant, in the order of names. */
export const ownersAt = (vip: VipMeasurement, t: number): string[] =>
  [...new Set(vip.owners.filter(o => o.fromNs <= t && t < o.toNs).map(o => o.host))].sort()

/** The set of owners from each change to the next, over all of [fromNs, toNs). */
export function ownersOverTime(
  vip: VipMeasurement,
  fromNs: number,
  toNs: number,
): { readonly fromNs: number; readonly toNs: number; readonly hosts: readonly string[] }[] {
  const changes = new Set(ownersIn(vip, fromNs, toNs).flatMap(o => [o.fromNs, o.toNs]))
  const edges = Array.from(changes.add(fromNs).add(toNs)).sort((a, b) => a - b)
  return edges.slice(0, -1).map((from, i) => ({ fromNs: from, toNs: edges[i + 1], hosts: ownersAt(vip, from) }))
}

/** Longest time in [fromNs, toNs) with no owner, ns. */
export function outageNs(vip: VipMeasurement, { fromNs, toNs }: Pick<Window, 'fromNs' | 'toNs'>): number {
  let longest = 0
  let coveredTo = fromNs
  for (const o of ownersIn(vip, fromNs, toNs)) {
    longest = Math.max(longest, o.fromNs - coveredTo)
    coveredTo = Math.max(coveredTo, o.toNs)
  }
  return Math.max(longest, toNs - coveredTo)
}

/** Total time in [fromNs, toNs) with two owners or more, ns. */
export function dualMasterNs(vip: VipMeasurement, { fromNs, toNs }: Pick<Window, 'fromNs' | 'toNs'>): number {
  const edges = ownersIn(vip, fromNs, toNs).flatMap(o => [
    { t: o.fromNs, change: 1 },
    { t: o.toNs, change: -1 },
  ])
  edges.sort((a, b) => a.t - b.t || a.change - b.change)
  let owners = 0
  let sum = 0
  edges.forEach((e, i) => {
    if (owners >= 2) sum += e.t - edges[i - 1].t
    owners += e.change
  })
  return sum
}

/**
 * Longest time in which no packet to the VIP was delivered, ns, while packets were being sent to it (from the first
 * to the last one sent in the span). Undefined when none was sent: nothing can be said then.
 */
export function unservedNs(vip: VipMeasurement, span: Span): number | undefined {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const s of span) {
    if (vip.firstSentNs[s] < from) from = vip.firstSentNs[s]
    if (vip.lastSentNs[s] > to) to = vip.lastSentNs[s]
  }
  if (from > to) return undefined
  let longest = 0
  let last = from
  for (const s of span) {
    if (vip.delivered[s] === 0) continue
    longest = Math.max(longest, vip.firstDeliveredNs[s] - last, vip.longestGapNs[s])
    last = Math.max(last, vip.lastDeliveredNs[s])
  }
  return Math.max(longest, to - last, 0)
}

/** Whether packets were sent to it in the span and none was delivered. */
export const unservedThroughout = (vip: VipMeasurement, span: Span): boolean =>
  total(vip.sent, span) > 0 && total(vip.delivered, span) === 0
