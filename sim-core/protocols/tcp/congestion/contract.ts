/** What a congestion control decides. Windows are in segments; it keeps its numbers in `rows.control` (CONTROL_WORDS a row). */
import type { Connections } from '../connections.ts'

export interface CongestionControl {
  /** As net.ipv4.tcp_congestion_control names it. */
  readonly name: string
  /** Slow-start threshold after loss at the present window; at least 2. May note the window for later. */
  threshold(r: Connections, c: number): number
  /** `acked` segments were delivered and the window was in use: grow it. */
  grow(r: Connections, c: number, acked: number, nowNs: number): void
  /** A round trip was measured, µs. */
  measured(r: Connections, c: number, rttUs: number, nowNs: number): void
  /** A retransmission timeout: growth starts afresh. */
  timedOut(r: Connections, c: number): void
}

/** Slow start (RFC 5681 §3.1): a segment a segment acknowledged, up to the threshold; returns what is left for the growth after it. */
export function slowStart(r: Connections, c: number, acked: number): number {
  const cwnd = Math.min(r.cwnd[c] + acked, r.ssthresh[c])
  const left = acked - (cwnd - r.cwnd[c])
  r.cwnd[c] = cwnd
  return left
}

/** A segment for every `per` segments acknowledged; the rest is carried. */
export function growBy(r: Connections, c: number, per: number, acked: number): void {
  // Credit that a larger `per` left behind counts once the smaller one applies.
  if (r.cwndCount[c] >= per) {
    r.cwndCount[c] = 0
    r.cwnd[c]++
  }
  r.cwndCount[c] += acked
  if (r.cwndCount[c] >= per) {
    const more = Math.floor(r.cwndCount[c] / per)
    r.cwndCount[c] -= more * per
    r.cwnd[c] += more
  }
}
