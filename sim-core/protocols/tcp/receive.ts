/**
 * Data and FIN in: what is in order goes to the application, the rest waits in ranges; and the window we offer.
 *
 * Applications read at once, so the window is the whole buffer. It opens as Linux's does: by two segments for
 * each that arrives, up to a limit that follows what was received in the last round trip (tcp_rmem, auto-tuning).
 */
import { TCP_FIN, TCP_PSH } from '../../net/index.ts'
import {
  ACK_NOW,
  ACK_SCHEDULED,
  DSACK_PENDING,
  FIN_KNOWN,
  FIN_RECEIVED,
  FIXED_WINDOW,
  INITIAL_WINDOW,
  PINGPONG,
  SACK_OK,
  TIMESTAMPS,
} from './constants.ts'
import type { TcpCore } from './core.ts'
import { dataArrived, enterQuickMode } from './delayed-ack.ts'
import { after, before, notBefore } from './sequence.ts'
import { type Mark, marksOf, type TcpBody } from './types.ts'

/** RFC 9293 §3.10.7.4 first check, with Linux's left edge: the last ACK we sent. */
export function isAcceptable(t: TcpCore, c: number, seq: number, end: number): boolean {
  const r = t.rows
  return notBefore(end, r.rcvWup[c]) && !after(seq, (r.rcvWup[c] + r.rcvWnd[c]) | 0)
}

/** Takes payload and FIN of an acceptable segment; returns the bytes that came into order. */
export function receiveData(t: TcpCore, c: number, p: number): number {
  const r = t.rows
  const k = t.packets
  if ((r.flags[c] & FIN_RECEIVED) !== 0) {
    r.flags[c] |= ACK_SCHEDULED | ACK_NOW
    return 0
  }
  const seq = k.seq[p]
  const end = (seq + k.payloadBytes[p]) | 0
  const fin = (k.flags[p] & TCP_FIN) !== 0
  const next = r.rcvNxt[c]
  if (fin) {
    r.flags[c] |= FIN_KNOWN
    r.finSeq[c] = end
  }
  if (!after((end + (fin ? 1 : 0)) | 0, next)) {
    duplicateReceived(t, c, seq, end)
    return 0
  }
  if (after(seq, next)) {
    outOfOrder(t, c, p, seq, end)
    return 0
  }
  if (before(seq, next) && after(end, seq)) noteDuplicate(t, c, seq, next)
  r.rcvNxt[c] = end
  if (r.gapHead[c] >= 0) fillGap(t, c)
  const bytes = (r.rcvNxt[c] - next) | 0
  if (bytes > 0) {
    dataArrived(t, c, k.payloadBytes[p], (k.flags[p] & TCP_PSH) !== 0)
    tuneWindow(t, c, p, k.payloadBytes[p])
  }
  if ((r.flags[c] & FIN_KNOWN) !== 0 && r.rcvNxt[c] === r.finSeq[c]) takeFin(t, c)
  return bytes
}

function takeFin(t: TcpCore, c: number): void {
  const r = t.rows
  r.rcvNxt[c] = (r.rcvNxt[c] + 1) | 0
  r.flags[c] |= FIN_RECEIVED | ACK_SCHEDULED | PINGPONG
}

function fillGap(t: TcpCore, c: number): void {
  const r = t.rows
  r.rcvNxt[c] = t.ranges.reach(r.gapHead[c], r.rcvNxt[c])
  r.gapHead[c] = t.ranges.prune(r.gapHead[c], r.rcvNxt[c])
  // RFC 5681 §4.2: a gap that is filled is reported at once.
  if (r.gapHead[c] < 0) r.flags[c] |= ACK_NOW
}

function outOfOrder(t: TcpCore, c: number, p: number, seq: number, end: number): void {
  const r = t.rows
  r.flags[c] |= ACK_SCHEDULED | ACK_NOW
  if (end === seq) return
  if (t.ranges.covers(r.gapHead[c], seq, end)) noteDuplicate(t, c, seq, end)
  else {
    r.gapHead[c] = t.ranges.add(r.gapHead[c], seq, end)
    stash(t, c, marksOf(t.packets.body[p] as TcpBody | null))
  }
}

/** Nothing new in it: our ACK was lost, or it was sent for nothing. Answer at once and say what came twice (RFC 2883). */
export function duplicateReceived(t: TcpCore, c: number, seq: number, end: number): void {
  const r = t.rows
  enterQuickMode(t, c)
  r.flags[c] |= ACK_SCHEDULED | ACK_NOW
  if (after(end, seq)) noteDuplicate(t, c, seq, end)
}

function noteDuplicate(t: TcpCore, c: number, start: number, end: number): void {
  const r = t.rows
  if ((r.flags[c] & SACK_OK) === 0) return
  r.flags[c] |= DSACK_PENDING
  r.dsackStart[c] = start
  r.dsackEnd[c] = end
}

function stash(t: TcpCore, c: number, marks: Mark | null): void {
  if (marks === null) return
  const waiting = t.rows.stashedMarks[c] ?? []
  for (let m: Mark | null = marks; m !== null; m = m.next) waiting.push(m)
  waiting.sort((a, b) => (a.end - b.end) | 0)
  t.rows.stashedMarks[c] = waiting
}

/** Messages whose last byte lies in (from, rcvNxt]: those of the segment first, then those that had waited. */
export function messagesSince(t: TcpCore, c: number, from: number, marks: Mark | null): object[] {
  const r = t.rows
  const next = r.rcvNxt[c]
  const out: object[] = []
  for (let m = marks; m !== null; m = m.next) if (after(m.end, from) && !after(m.end, next)) out.push(m.message)
  const waiting = r.stashedMarks[c]
  if (waiting === null) return out
  while (waiting.length > 0 && !after(waiting[0].end, next)) {
    const m = waiting.shift() as Mark
    if (after(m.end, from)) out.push(m.message)
  }
  if (waiting.length === 0) r.stashedMarks[c] = null
  return out
}

function tuneWindow(t: TcpCore, c: number, p: number, bytes: number): void {
  const r = t.rows
  if ((r.flags[c] & FIXED_WINDOW) !== 0) return
  const now = t.engine.now
  const aRoundTripAgo = (r.flags[c] & TIMESTAMPS) !== 0 ? t.packets.echo[p] : now - (r.srtt8Us[c] / 8) * 1000
  if (r.rcvSpaceAt[c] === 0) {
    r.rcvSpaceAt[c] = now
    r.rcvSpaceSeq[c] = r.rcvNxt[c]
    r.rcvSpace[c] = INITIAL_WINDOW * r.maxMss[c]
  } else if (r.rcvSpaceAt[c] <= aRoundTripAgo) {
    const copied = (r.rcvNxt[c] - r.rcvSpaceSeq[c]) | 0
    if (copied > r.rcvSpace[c]) {
      const wanted = 2 * copied + 16 * r.maxMss[c]
      const grown = wanted + 2 * Math.floor((wanted * (copied - r.rcvSpace[c])) / r.rcvSpace[c])
      r.rcvLimit[c] = Math.max(r.rcvLimit[c], Math.min(grown, t.settings.of[r.host[c]].receiveMaxBytes))
      r.rcvSpace[c] = copied
    }
    r.rcvSpaceAt[c] = now
    r.rcvSpaceSeq[c] = r.rcvNxt[c]
  }
  if (r.rcvSsthresh[c] < r.rcvLimit[c]) r.rcvSsthresh[c] = Math.min(r.rcvLimit[c], r.rcvSsthresh[c] + 2 * Math.min(bytes, r.maxMss[c]))
}
