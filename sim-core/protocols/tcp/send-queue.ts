/**
 * From what the application wrote to segments: as many as the congestion window, the peer's window and the send
 * buffer allow, each with at most one maximum segment of payload. No Nagle: a short last segment leaves at once.
 */
import { CA_LOSS, CA_OPEN, CWND_LIMITED, FIN_QUEUED, FIN_SENT, SSTHRESH_INFINITE } from './constants.ts'
import type { TcpCore } from './core.ts'
import { dataSent } from './delayed-ack.ts'
import { transmitSegment } from './output.ts'
import { armAfterAck, armAfterSending, armWindowProbe } from './retransmission-timer.ts'
import { after, notBefore } from './sequence.ts'
import { FIN, PUSH } from './sent-segments.ts'
import type { Mark } from './types.ts'

/** Sends what may be sent now. `acked`: new data was acknowledged, so the timer starts afresh. */
export function pushPending(t: TcpCore, c: number, acked = false): void {
  const r = t.rows
  if (!hasPending(t, c)) {
    if (acked) armAfterAck(t, c)
    return
  }
  const idle = r.packetsOut[c] === 0
  if (idle) restartAfterIdle(t, c)
  const mss = r.mss[c]
  const windowEnd = (r.sndUna[c] + r.sndWnd[c]) | 0
  const bufferEnd = r.sndUna[c] + r.sendBuffer[c]
  const finQueued = (r.flags[c] & FIN_QUEUED) !== 0
  let room = r.cwnd[c] - r.inFlight(c)
  let sent = 0
  let limited = false
  for (;;) {
    const unsent = r.unsent[c]
    const bytes = Math.min(unsent, mss)
    const fin = finQueued && bytes === unsent
    // The last FIN need not wait for the congestion window.
    if (room <= 0 && !(fin && bytes === 0)) {
      limited = true
      break
    }
    const end = (r.sndNxt[c] + bytes) | 0
    if (after(end, windowEnd) || (after(end, bufferEnd) && r.packetsOut[c] > 0)) break
    sendNew(t, c, bytes, fin)
    sent++
    room--
    if (fin || (unsent === bytes && !finQueued)) break
  }
  validateWindow(t, c, sent > 0, limited)
  if (sent > 0) {
    if (r.caState[c] !== CA_OPEN && r.caState[c] !== CA_LOSS) r.prrOut[c] += sent
    armAfterSending(t, c, idle || acked)
  } else if (acked) armAfterAck(t, c)
  if (r.packetsOut[c] === 0) armWindowProbe(t, c)
}

export function hasPending(t: TcpCore, c: number): boolean {
  const r = t.rows
  return r.unsent[c] > 0 || (r.flags[c] & (FIN_QUEUED | FIN_SENT)) === FIN_QUEUED
}

/** Cuts the next segment off and transmits it; the timer is the caller's. */
export function sendNew(t: TcpCore, c: number, bytes: number, fin: boolean): void {
  const r = t.rows
  const q = t.segments
  const seq = r.sndNxt[c]
  r.unsent[c] -= bytes
  const flags = (fin ? FIN : 0) | (bytes > 0 && r.unsent[c] === 0 ? PUSH : 0)
  const end = (seq + bytes + (fin ? 1 : 0)) | 0
  const s = q.add(seq, bytes, flags, t.engine.now, r.marks[c] === null ? null : takeMarks(t, c, end))
  if (r.segmentTail[c] >= 0) q.next[r.segmentTail[c]] = s
  else r.segmentHead[c] = s
  r.segmentTail[c] = s
  r.sndNxt[c] = end
  if (fin) r.flags[c] |= FIN_SENT
  transmitSegment(t, c, s)
  if (bytes > 0) dataSent(t, c)
  r.packetsOut[c]++
}

/** The messages that end at or before `end`, as a list of their own. */
function takeMarks(t: TcpCore, c: number, end: number): Mark | null {
  const first = t.rows.marks[c]
  let last: Mark | null = null
  for (let m = first; m !== null && notBefore(end, m.end); m = m.next) last = m
  if (last === null) return null
  t.rows.marks[c] = last.next
  last.next = null
  return first
}

/** RFC 2861 as Linux has it: the window halves for every timeout that passed without sending. */
function restartAfterIdle(t: TcpCore, c: number): void {
  const r = t.rows
  if (!t.settings.of[r.host[c]].slowStartAfterIdle) return
  let idle = t.jiffy - r.lastSentJiffy[c]
  if (idle <= r.rtoJiffies[c]) return
  r.ssthresh[c] = currentThreshold(t, c)
  const least = Math.min(t.settings.of[r.host[c]].initialWindow, r.cwnd[c])
  while ((idle -= r.rtoJiffies[c]) > 0 && r.cwnd[c] > least) r.cwnd[c] >>= 1
  r.cwnd[c] = Math.max(r.cwnd[c], least)
  r.cwndCount[c] = 0
}

/** What slow start may aim at again: three quarters of the present window, if that is more than the threshold. */
export function currentThreshold(t: TcpCore, c: number): number {
  const r = t.rows
  if (r.caState[c] !== CA_OPEN || r.ssthresh[c] === SSTHRESH_INFINITE) return r.ssthresh[c]
  return Math.max(r.ssthresh[c], (r.cwnd[c] >> 1) + (r.cwnd[c] >> 2))
}

/** Remembers whether the window was the limit: only then may it grow (RFC 7661's concern, Linux's rule). */
function validateWindow(t: TcpCore, c: number, sent: boolean, limited: boolean): void {
  const r = t.rows
  if (!sent && !limited) return
  const was = (r.flags[c] & CWND_LIMITED) !== 0
  if (notBefore(r.sndUna[c], r.cwndUsageSeq[c]) || limited || (!was && r.packetsOut[c] > r.packetsOutMax[c])) {
    r.flags[c] = limited ? r.flags[c] | CWND_LIMITED : r.flags[c] & ~CWND_LIMITED
    r.packetsOutMax[c] = r.packetsOut[c]
    r.cwndUsageSeq[c] = r.sndNxt[c]
  }
}

/** Whether the congestion window held the sender back lately. */
export function windowWasUsed(t: TcpCore, c: number): boolean {
  const r = t.rows
  if ((r.flags[c] & CWND_LIMITED) !== 0) return true
  return r.cwnd[c] < r.ssthresh[c] && r.cwnd[c] < 2 * r.packetsOutMax[c]
}
