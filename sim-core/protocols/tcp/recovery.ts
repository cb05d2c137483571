/**
 * Loss: what counts as lost, how the window comes down, when it is over.
 *
 * A segment is lost when three later ones were reported by SACK (RFC 6675), or without SACK after three duplicate ACKs
 * (RFC 6582), or, all of them, at a timeout. In recovery the window is brought to the threshold in proportion to what is
 * delivered (RFC 6937, as in Linux). If the ACK that ends a wait answers the original and not the copy (timestamps,
 * RFC 3522), nothing was lost and the window is put back.
 */
import {
  CA_LOSS,
  CA_OPEN,
  CA_RECOVERY,
  CA_REDUCING,
  DUP_THRESHOLD,
  PARTIAL_ACK_SEEN,
  RTX_TIMEOUT,
  SACK_OK,
  SSTHRESH_INFINITE,
  TLP_OUT,
} from './constants.ts'
import { CONGESTION_CONTROLS } from './congestion/index.ts'
import type { TcpCore } from './core.ts'
import { transmitSegment } from './output.ts'
import { arm, countRetransmission } from './retransmission-timer.ts'
import { currentThreshold } from './send-queue.ts'
import { EVER_RETRANS, LOST, RETRANS, SACKED } from './sent-segments.ts'
import { after, before } from './sequence.ts'

/** Marks what the SACKed segments show to be lost; true when something new is. */
export function markLost(t: TcpCore, c: number): boolean {
  const r = t.rows
  if ((r.flags[c] & SACK_OK) === 0) return r.sackedOut[c] >= DUP_THRESHOLD && r.caState[c] <= CA_REDUCING && markHeadLost(t, c)
  const q = t.segments
  let above = r.sackedOut[c]
  let found = false
  for (let s = r.segmentHead[c]; s >= 0 && above >= DUP_THRESHOLD; s = q.next[s]) {
    if ((q.flags[s] & SACKED) !== 0) above--
    else if ((q.flags[s] & LOST) === 0) {
      markOne(t, c, s)
      found = true
    }
  }
  return found
}

/** The oldest segment is lost; true unless it was known. */
export function markHeadLost(t: TcpCore, c: number): boolean {
  const s = t.rows.segmentHead[c]
  if (s < 0 || (t.segments.flags[s] & (LOST | SACKED)) !== 0) return false
  markOne(t, c, s)
  return true
}

function markOne(t: TcpCore, c: number, s: number): void {
  const r = t.rows
  t.segments.flags[s] |= LOST
  r.lostOut[c]++
  if (r.lostHint[c] < 0 || before(t.segments.seq[s], t.segments.seq[r.lostHint[c]])) r.lostHint[c] = s
}

/** Fast recovery begins: the first retransmission leaves whatever the window says. */
export function enterRecovery(t: TcpCore, c: number): void {
  const r = t.rows
  beginEpisode(t, c)
  r.caState[c] = CA_RECOVERY
  r.highSeq[c] = r.sndNxt[c]
  r.prrDelivered[c] = 0
  r.prrOut[c] = 0
  r.cwndCount[c] = 0
  r.flags[c] &= ~PARTIAL_ACK_SEEN
  if (t.settings.likeNs3[r.host[c]] === 1) r.priorCwnd[c] = Math.max(1, r.inFlight(c))
}

function beginEpisode(t: TcpCore, c: number): void {
  const r = t.rows
  r.priorSsthresh[c] = currentThreshold(t, c)
  r.priorCwnd[c] = r.cwnd[c]
  r.ssthresh[c] = CONGESTION_CONTROLS[r.congestion[c]].threshold(r, c)
  r.retransAt[c] = 0
}

/** A timeout (RFC 5681 §3.1, RFC 6675 §5.1): everything not reported is lost, the window is one segment. */
export function enterLoss(t: TcpCore, c: number): void {
  const r = t.rows
  const q = t.segments
  const again = t.settings.likeNs3[r.host[c]] === 1 && r.caState[c] === CA_RECOVERY
  if (again || r.caState[c] <= CA_REDUCING || !after(r.highSeq[c], r.sndUna[c]) || (r.caState[c] === CA_LOSS && r.retransmits[c] === 0)) {
    beginEpisode(t, c)
    CONGESTION_CONTROLS[r.congestion[c]].timedOut(r, c)
  }
  if ((r.flags[c] & SACK_OK) === 0) r.sackedOut[c] = 0
  for (let s = r.segmentHead[c]; s >= 0; s = q.next[s])
    q.flags[s] = (q.flags[s] & SACKED) !== 0 ? q.flags[s] : (q.flags[s] | LOST) & ~RETRANS
  r.lostOut[c] = r.packetsOut[c] - r.sackedOut[c]
  r.retransOut[c] = 0
  r.lostHint[c] = r.segmentHead[c]
  r.cwnd[c] = r.inFlight(c) + 1
  r.cwndCount[c] = 0
  r.caState[c] = CA_LOSS
  r.highSeq[c] = r.sndNxt[c]
  r.flags[c] &= ~TLP_OUT
}

/** Sends lost segments again while the window has room; `least` of them in any case. */
export function retransmitLost(t: TcpCore, c: number, least: number): void {
  const r = t.rows
  const q = t.segments
  if (r.lostOut[c] <= r.retransOut[c] && least === 0) return
  let sent = 0
  let s = r.lostHint[c]
  while (s >= 0 && (sent < least || r.inFlight(c) < r.cwnd[c])) {
    if ((q.flags[s] & (LOST | SACKED | RETRANS)) === LOST) {
      q.flags[s] |= RETRANS | EVER_RETRANS
      r.retransOut[c]++
      if (r.retransAt[c] === 0) r.retransAt[c] = t.engine.now
      countRetransmission(t, c)
      transmitSegment(t, c, s)
      sent++
      if (s === r.segmentHead[c] && r.caState[c] === CA_RECOVERY && t.settings.likeNs3[r.host[c]] === 0)
        arm(t, c, RTX_TIMEOUT, r.rtoJiffies[c])
    }
    s = q.next[s]
  }
  r.lostHint[c] = s
  if (r.caState[c] === CA_RECOVERY) r.prrOut[c] += sent
}

/** Proportional rate reduction (RFC 6937 §3.1 with the slow-start bound). */
export function reduceWindow(t: TcpCore, c: number, delivered: number, advanced: boolean, newlyLost: boolean): void {
  const r = t.rows
  if (delivered <= 0 || r.priorCwnd[c] === 0) return
  const flight = r.inFlight(c)
  const room = r.ssthresh[c] - flight
  r.prrDelivered[c] += delivered
  let send: number
  if (room < 0) send = Math.ceil((r.ssthresh[c] * r.prrDelivered[c]) / r.priorCwnd[c]) - r.prrOut[c]
  else {
    send = Math.max(r.prrDelivered[c] - r.prrOut[c], delivered)
    if ((advanced && !newlyLost) || t.settings.likeNs3[r.host[c]] === 1) send++
    send = Math.min(room, send)
  }
  r.cwnd[c] = flight + Math.max(send, r.prrOut[c] > 0 ? 0 : 1)
}

/** Everything sent before the loss is acknowledged. */
export function endRecovery(t: TcpCore, c: number): void {
  const r = t.rows
  if (r.caState[c] !== CA_LOSS && r.ssthresh[c] < SSTHRESH_INFINITE) r.cwnd[c] = r.ssthresh[c]
  r.caState[c] = CA_OPEN
  r.retransAt[c] = 0
}

/** The timeout or retransmission was unnecessary: back to where the window was. */
export function undo(t: TcpCore, c: number): void {
  const r = t.rows
  const q = t.segments
  for (let s = r.segmentHead[c]; s >= 0; s = q.next[s]) q.flags[s] &= ~(LOST | RETRANS)
  r.lostOut[c] = 0
  r.retransOut[c] = 0
  r.lostHint[c] = -1
  r.cwnd[c] = Math.max(r.cwnd[c], r.priorCwnd[c])
  r.ssthresh[c] = Math.max(r.ssthresh[c], r.priorSsthresh[c])
  r.caState[c] = CA_OPEN
  r.retransAt[c] = 0
}

/** A tail loss probe repaired the loss (RFC 8985 §7.4.2): the window comes down once, without recovery. */
export function probeRepairedLoss(t: TcpCore, c: number): void {
  beginEpisode(t, c)
  t.rows.cwnd[c] = t.rows.ssthresh[c]
  t.rows.cwndCount[c] = 0
}
