/** NewReno (RFC 5681, RFC 6582): half the window on loss, then one segment a round trip. */
import type { Connections } from '../connections.ts'
import { type CongestionControl, growBy, slowStart } from './contract.ts'

export const newReno: CongestionControl = {
  name: 'reno',
  threshold: (r: Connections, c: number) => Math.max(2, r.cwnd[c] >> 1),
  grow: (r: Connections, c: number, acked: number) => {
    const left = r.cwnd[c] < r.ssthresh[c] ? slowStart(r, c, acked) : acked
    if (left > 0) growBy(r, c, r.cwnd[c], left)
  },
  measured: () => undefined,
  timedOut: () => undefined,
}
