/**
 * Path MTU discovery (RFC 1191): a router, or a director that tunnels, says that a segment does not fit.
 *
 * The connection's segments become smaller, those in the network that are too large are cut and sent again (Linux:
 * tcp_v4_mtu_reduced, tcp_simple_retransmit; the congestion window stays), and connections opened later to that
 * address begin with what was learnt.
 */
import { CA_LOSS, ESTABLISHED, RTX_TIMEOUT, TIMESTAMP_BYTES, TIMESTAMPS } from './constants.ts'
import type { TcpCore } from './core.ts'
import { retransmitLost } from './recovery.ts'
import { arm } from './retransmission-timer.ts'
import { currentThreshold } from './send-queue.ts'
import { after, before, notBefore } from './sequence.ts'
import { FIN, LOST, PUSH, RETRANS, SACKED } from './sent-segments.ts'
import type { Mark } from './types.ts'

const HEADERS_BYTES = 40
/** net.ipv4.route.min_pmtu. */
const MTU_MIN_BYTES = 552

const pathKey = (host: number, remote: number): number => host * 4_194_304 + remote

/** Bytes of the largest IP packet to `remote`, as far as the host knows. */
export function pathMtu(t: TcpCore, host: number, remote: number): number {
  const own = t.mtuBytes(host, remote)
  return t.pathMtus.size === 0 ? own : Math.min(own, t.pathMtus.get(pathKey(host, remote)) ?? own)
}

/** ICMP "fragmentation needed" about a segment that began at `seq`. */
export function mtuReduced(t: TcpCore, c: number, mtuBytes: number, seq: number): void {
  const r = t.rows
  if (r.state[c] < ESTABLISHED || before(seq, r.sndUna[c]) || !before(seq, r.sndNxt[c])) return
  const mtu = Math.max(MTU_MIN_BYTES, mtuBytes)
  t.pathMtus.set(pathKey(r.host[c], r.remote[c]), mtu)
  const mss = mtu - HEADERS_BYTES - ((r.flags[c] & TIMESTAMPS) !== 0 ? TIMESTAMP_BYTES : 0)
  if (mss >= r.mss[c]) return
  r.mss[c] = mss
  if (!cutLarge(t, c, mss)) return
  if (r.caState[c] !== CA_LOSS) {
    r.highSeq[c] = r.sndNxt[c]
    r.ssthresh[c] = r.priorSsthresh[c] = currentThreshold(t, c)
    r.priorCwnd[c] = r.cwnd[c]
    r.caState[c] = CA_LOSS
  }
  r.lostHint[c] = r.segmentHead[c]
  retransmitLost(t, c, 0)
  arm(t, c, RTX_TIMEOUT, r.rtoJiffies[c])
}

/** Cuts segments larger than `mss` and marks the pieces lost; true when there were any. */
function cutLarge(t: TcpCore, c: number, mss: number): boolean {
  const r = t.rows
  const q = t.segments
  let found = false
  for (let s = r.segmentHead[c]; s >= 0; s = q.next[s]) {
    if (q.bytes[s] <= mss || (q.flags[s] & SACKED) !== 0) continue
    found = true
    if ((q.flags[s] & LOST) === 0) {
      q.flags[s] |= LOST
      r.lostOut[c]++
    }
    if ((q.flags[s] & RETRANS) !== 0) {
      q.flags[s] &= ~RETRANS
      r.retransOut[c]--
    }
    split(t, c, s, mss)
    r.packetsOut[c]++
    r.lostOut[c]++
  }
  return found
}

/** Splits segment `s` after `bytes`; the rest is a row of its own behind it, with the FIN, the push and its messages. */
function split(t: TcpCore, c: number, s: number, bytes: number): void {
  const q = t.segments
  const seq = (q.seq[s] + bytes) | 0
  const rest = q.add(seq, q.bytes[s] - bytes, q.flags[s], q.sentAt[s], marksAfter(q.mark[s], seq))
  q.mark[s] = marksUpTo(q.mark[s], seq)
  q.bytes[s] = bytes
  q.flags[s] &= ~(FIN | PUSH)
  q.next[rest] = q.next[s]
  q.next[s] = rest
  if (t.rows.segmentTail[c] === s) t.rows.segmentTail[c] = rest
}

/** Lists on segments that were sent are shared with packets in flight: new ones are made. */
function marksUpTo(marks: Mark | null, end: number): Mark | null {
  if (marks === null || !notBefore(end, marks.end)) return null
  return { ...marks, next: marksUpTo(marks.next, end) }
}

function marksAfter(marks: Mark | null, end: number): Mark | null {
  let m = marks
  while (m !== null && !after(m.end, end)) m = m.next
  return m
}
