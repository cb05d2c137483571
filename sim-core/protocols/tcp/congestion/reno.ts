/**
 * Reno (RFC 5681, recovery by RFC 6582 and 6675): half the window on loss, then one segment a round trip.
 *
 * Two ways to count the round trip. `reno` is Linux's: by segments acknowledged, so delayed ACKs do not slow it down.
 * `newreno` is RFC 5681's equation 3 to the letter, and what ns-3's TcpNewReno does: a step for each ACK, so that a
 * receiver that acknowledges every other segment halves the growth; in slow start, too.
 */
import type { Connections } from '../connections.ts'
import { type CongestionControl, growBy, slowStart } from './contract.ts'

const threshold = (r: Connections, c: number): number => Math.max(2, r.cwnd[c] >> 1)

export const reno: CongestionControl = {
  name: 'reno',
  threshold,
  grow: (r: Connections, c: number, acked: number) => {
    const left = r.cwnd[c] < r.ssthresh[c] ? slowStart(r, c, acked) : acked
    if (left > 0) growBy(r, c, r.cwnd[c], left)
  },
  measured: () => undefined,
  timedOut: () => undefined,
}

export const newReno: CongestionControl = {
  ...reno,
  name: 'newreno',
  grow: (r: Connections, c: number) => {
    if (r.cwnd[c] < r.ssthresh[c]) slowStart(r, c, 1)
    else growBy(r, c, r.cwnd[c], 1)
  },
}
