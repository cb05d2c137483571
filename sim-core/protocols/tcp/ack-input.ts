/**
 * What an ACK does to the sender: frees what it covers, takes the round trip, reads SACK, drives recovery and the
 * congestion window, restarts the timer. The order is Linux's (tcp_ack).
 */
import {
  CA_LOSS,
  CA_OPEN,
  CA_RECOVERY,
  CA_REDUCING,
  DSACK_SEEN,
  RTX_OFF,
  RTX_WINDOW_PROBE,
  SACK_OK,
  TIMESTAMPS,
  TLP_OUT,
  TLP_WAS_RETRANSMISSION,
} from './constants.ts'
import { CONGESTION_CONTROLS } from './congestion/index.ts'
import type { TcpCore } from './core.ts'
import { enterRecovery, endRecovery, markHeadLost, markLost, probeRepairedLoss, reduceWindow, retransmitLost, undo } from './recovery.ts'
import { disarm } from './retransmission-timer.ts'
import { measuredRoundTrip, timeoutJiffies } from './rtt.ts'
import { windowWasUsed } from './send-queue.ts'
import { EVER_RETRANS, LOST, RETRANS, SACKED } from './sent-segments.ts'
import { after, before, notBefore } from './sequence.ts'
import { type SackBody, sackOf, type TcpBody } from './types.ts'

/** False when the segment must be dropped: it acknowledges what was never sent, or so long ago that it cannot be real (RFC 5961 §5.2). */
export function ackInput(t: TcpCore, c: number, p: number): boolean {
  const r = t.rows
  const k = t.packets
  const ack = k.ack[p]
  if (after(ack, r.sndNxt[c])) return false
  if (before(ack, r.sndUna[c])) return !before(ack, (r.sndUna[c] - r.sndWndMax[c]) | 0)
  const advanced = ack !== r.sndUna[c]
  if (advanced) {
    r.sndUna[c] = ack
    r.retransmits[c] = 0
  }
  const windowChanged = updateWindow(t, c, p)
  const sack = sackOf(k.body[p] as TcpBody | null)
  const duplicate = !advanced && !windowChanged && k.payloadBytes[p] === 0
  if (r.packetsOut[c] === 0) {
    if ((r.flags[c] & TLP_OUT) !== 0) {
      if (sack?.duplicate === true) r.flags[c] |= DSACK_SEEN
      probeAnswered(t, c, duplicate && sack === null)
    }
    windowAnswered(t, c)
    return true
  }
  const freed = advanced ? freeAcked(t, c, ack, k.echo[p]) : 0
  react(t, c, advanced, deliveredBy(t, c, sack, duplicate, freed), k.echo[p], duplicate && sack === null)
  return true
}

/**
 * Segments that this ACK says have arrived, and no ACK said before. `freed`: those below it that SACK had not reported.
 * Without SACK a duplicate ACK stands for one segment beyond the gap, which the ACK of the gap then counts no more.
 */
function deliveredBy(t: TcpCore, c: number, sack: SackBody | null, duplicate: boolean, freed: number): number {
  const r = t.rows
  if ((r.flags[c] & SACK_OK) !== 0) return sack === null ? freed : freed + markSacked(t, c, sack)
  if (duplicate) {
    if (r.sackedOut[c] >= r.packetsOut[c] - 1) return 0
    r.sackedOut[c]++
    return 1
  }
  if (freed === 0) return 0
  const counted = r.sackedOut[c]
  r.sackedOut[c] = Math.min(Math.max(0, counted - (freed - 1)), r.packetsOut[c])
  return Math.max(1, freed - counted)
}

function react(t: TcpCore, c: number, advanced: boolean, delivered: number, echo: number, pureDuplicate: boolean): void {
  const r = t.rows
  if ((r.flags[c] & TLP_OUT) !== 0) probeAnswered(t, c, pureDuplicate && delivered === 0)
  const newlyLost = (delivered > 0 || pureDuplicate) && r.sackedOut[c] > 0 && markLost(t, c)
  if (r.caState[c] === CA_RECOVERY || r.caState[c] === CA_LOSS) inEpisode(t, c, advanced, echo)
  if (r.caState[c] <= CA_REDUCING && r.lostOut[c] > 0) enterRecovery(t, c)
  if (r.caState[c] === CA_RECOVERY) reduceWindow(t, c, delivered, advanced, newlyLost)
  else if (advanced && windowWasUsed(t, c)) CONGESTION_CONTROLS[r.congestion[c]].grow(r, c, delivered, t.engine.now)
  if (r.lostOut[c] > 0) retransmitLost(t, c, advanced && headMustLeave(t, c) ? 1 : 0)
}

/** ns-3: a partial ACK shows that the segment after it is lost; unless it was, it is sent again, whatever the window says. */
function headMustLeave(t: TcpCore, c: number): boolean {
  const r = t.rows
  if (t.settings.likeNs3[r.host[c]] === 0 || r.caState[c] !== CA_RECOVERY) return false
  return (t.segments.flags[r.segmentHead[c]] & RETRANS) === 0
}

const mayUndo = (t: TcpCore, c: number): boolean => (t.rows.flags[c] & TIMESTAMPS) !== 0 && t.settings.likeNs3[t.rows.host[c]] === 0

/** During recovery or after a timeout. */
function inEpisode(t: TcpCore, c: number, advanced: boolean, echo: number): void {
  const r = t.rows
  if (advanced && mayUndo(t, c) && echo > 0 && r.retransAt[c] > 0 && echo < r.retransAt[c]) {
    undo(t, c)
    return
  }
  if (notBefore(r.sndUna[c], r.highSeq[c])) {
    if ((r.flags[c] & SACK_OK) === 0) r.sackedOut[c] = 0
    endRecovery(t, c)
  } else if (advanced && (r.flags[c] & SACK_OK) === 0) {
    // RFC 6582: a partial ACK means that the next segment was lost, too.
    r.sackedOut[c] = Math.max(0, r.sackedOut[c])
    markHeadLost(t, c)
  }
}

/** Takes acknowledged segments off the queue; returns how many of them had not been reported before. */
function freeAcked(t: TcpCore, c: number, ack: number, echo: number): number {
  const r = t.rows
  const q = t.segments
  let delivered = 0
  let firstSentAt = -1
  let ambiguous = false
  let s = r.segmentHead[c]
  while (s >= 0 && notBefore(ack, q.end(s))) {
    const flags = q.flags[s]
    if ((flags & EVER_RETRANS) !== 0) ambiguous = true
    else if (firstSentAt < 0 && (flags & SACKED) === 0) firstSentAt = q.sentAt[s]
    if ((flags & SACKED) !== 0) r.sackedOut[c]--
    else delivered++
    if ((flags & LOST) !== 0) r.lostOut[c]--
    if ((flags & RETRANS) !== 0) r.retransOut[c]--
    r.packetsOut[c]--
    if (r.lostHint[c] === s) r.lostHint[c] = q.next[s]
    s = q.free(s)
  }
  r.segmentHead[c] = s
  if (s < 0) r.segmentTail[c] = -1
  else if (after(ack, q.seq[s])) {
    q.bytes[s] -= (ack - q.seq[s]) | 0
    q.seq[s] = ack
  }
  takeRoundTrip(t, c, ambiguous ? -1 : firstSentAt, echo)
  return delivered
}

/** From the oldest segment covered, or when one of them was sent twice from the echoed timestamp (in ms, at least one). */
function takeRoundTrip(t: TcpCore, c: number, sentAt: number, echo: number): void {
  const r = t.rows
  const now = t.engine.now
  let rttNs = now - sentAt
  if (sentAt < 0) {
    if (t.settings.likeNs3[r.host[c]] === 1) {
      // ns-3 computes the timeout afresh at every ACK, so that its back-off ends without a measurement.
      r.rtoJiffies[c] = timeoutJiffies(t, c)
      return
    }
    if ((r.flags[c] & TIMESTAMPS) === 0 || echo <= 0 || echo > now) return
    rttNs = Math.max(1, Math.floor(now / 1e6) - Math.floor(echo / 1e6)) * 1e6
  }
  measuredRoundTrip(t, c, rttNs)
  CONGESTION_CONTROLS[r.congestion[c]].measured(r, c, Math.max(1, Math.round(rttNs / 1000)), now)
}

/** Marks segments inside the blocks; returns how many are new. */
function markSacked(t: TcpCore, c: number, sack: SackBody): number {
  const r = t.rows
  const q = t.segments
  const blocks = sack.blocks
  const first = sack.duplicate ? 2 : 0
  if (sack.duplicate) r.flags[c] |= DSACK_SEEN
  if (first >= blocks.length) return 0
  let highest = r.sndUna[c]
  for (let b = first; b < blocks.length; b += 2)
    if (after(blocks[b + 1], highest) && !after(blocks[b + 1], r.sndNxt[c])) highest = blocks[b + 1]
  let delivered = 0
  for (let s = r.segmentHead[c]; s >= 0 && before(q.seq[s], highest); s = q.next[s]) {
    if ((q.flags[s] & SACKED) !== 0 || !inBlocks(blocks, first, q.seq[s], q.end(s))) continue
    if ((q.flags[s] & LOST) !== 0) r.lostOut[c]--
    if ((q.flags[s] & RETRANS) !== 0) r.retransOut[c]--
    q.flags[s] = (q.flags[s] & ~(LOST | RETRANS)) | SACKED
    r.sackedOut[c]++
    delivered++
  }
  return delivered
}

function inBlocks(blocks: readonly number[], first: number, seq: number, end: number): boolean {
  for (let b = first; b < blocks.length; b += 2) if (!before(seq, blocks[b]) && !after(end, blocks[b + 1])) return true
  return false
}

/** RFC 8985 §7.4: what the answer to a tail loss probe says. */
function probeAnswered(t: TcpCore, c: number, duplicateOnly: boolean): void {
  const r = t.rows
  if (before(r.sndUna[c], r.tlpHighSeq[c])) return
  const duplicateReported = (r.flags[c] & DSACK_SEEN) !== 0
  const wasCopy = (r.flags[c] & TLP_WAS_RETRANSMISSION) !== 0
  if (wasCopy && !duplicateReported && after(r.sndUna[c], r.tlpHighSeq[c]) && r.caState[c] === CA_OPEN) probeRepairedLoss(t, c)
  else if (wasCopy && !duplicateReported && !duplicateOnly) return
  r.flags[c] &= ~(TLP_OUT | TLP_WAS_RETRANSMISSION | DSACK_SEEN)
}

/** RFC 9293 §3.10.7.4: the newest segment's window counts; true when it changed. */
function updateWindow(t: TcpCore, c: number, p: number): boolean {
  const r = t.rows
  const seq = t.packets.seq[p]
  const window = t.packets.window[p]
  if (before(seq, r.sndWl1[c])) return false
  r.sndWl1[c] = seq
  if (window === r.sndWnd[c]) return false
  r.sndWnd[c] = window
  if (window > r.sndWndMax[c]) r.sndWndMax[c] = window
  return true
}

function windowAnswered(t: TcpCore, c: number): void {
  const r = t.rows
  if (r.rtxKind[c] !== RTX_WINDOW_PROBE) {
    if (r.rtxKind[c] !== RTX_OFF) disarm(t, c)
    return
  }
  r.backoff[c] = 0
  if (r.sndWnd[c] > 0) disarm(t, c)
}
