/**
 * ICMP "host unreachable" about a segment that was sent again and again: no sign of congestion, so one doubling of the timeout
 * is taken back, and when the shorter one has passed already the segment leaves at once (RFC 6069; Linux tcp_ld_RTO_revert).
 *
 * A connection that is being opened ends by the same message, right after that. Its last SYN is out all the same: on a host
 * whose neighbour did not answer it is what makes the kernel ask for the neighbour again.
 */
import { RTX_TIMEOUT, SYN_SENT } from './constants.ts'
import type { TcpCore } from './core.ts'
import { arm, retransmissionTimer } from './retransmission-timer.ts'
import { jiffiesOfUs, timeoutJiffies } from './rtt.ts'

/** `seq`: of the segment that the message is about. */
export function hostUnreachable(t: TcpCore, c: number, seq: number): void {
  const r = t.rows
  if (seq !== r.sndUna[c] || r.rtxKind[c] !== RTX_TIMEOUT) return
  const opening = r.state[c] === SYN_SENT
  const timeouts = opening ? r.synRetransmits[c] : Math.min(r.retransmits[c], r.backoff[c])
  if (timeouts === 0) return
  if (!opening) r.backoff[c]--
  const doublings = opening ? timeouts - 1 : r.backoff[c]
  r.rtoJiffies[c] = Math.min(timeoutJiffies(t, c) * 2 ** doublings, t.settings.rtoMaxJiffies)
  const left = r.rtoJiffies[c] - sentBefore(t, c, opening)
  if (left > 0) arm(t, c, RTX_TIMEOUT, left)
  else retransmissionTimer(t, c)
}

/** Ticks since the oldest segment left. */
function sentBefore(t: TcpCore, c: number, opening: boolean): number {
  const r = t.rows
  if (opening) return t.jiffy - r.lastSentJiffy[c]
  return jiffiesOfUs(t, (t.engine.now - t.segments.sentAt[r.segmentHead[c]]) / 1000)
}
