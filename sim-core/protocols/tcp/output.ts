/**
 * Building segments: from a connection's row, or in answer to a packet that no connection wants.
 *
 * Sizes are those of Linux: 20 bytes of options on a SYN, 12 bytes of timestamps on every later segment, 4 + 8n for
 * n SACK blocks. A segment that carries an ACK takes a scheduled one along.
 */
import {
  IPV4_HEADER_BYTES,
  NO_TRAFFIC,
  PACKET_TCP,
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_BYTES,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from '../../net/index.ts'
import {
  DSACK_PENDING,
  PASSIVE,
  SACK_BLOCKS_MAX,
  SACK_BLOCKS_MAX_ALONE,
  SACK_OK,
  SYN_OPTION_BYTES,
  SYN_RECEIVED,
  SYN_SENT,
  TIMESTAMP_BYTES,
  TIMESTAMPS,
} from './constants.ts'
import type { ResetReason, TcpCore } from './core.ts'
import { ackWasSent } from './delayed-ack.ts'
import { later } from './sequence.ts'
import { FIN, PUSH } from './sent-segments.ts'
import { BODY_MARK_AND_SACK, BODY_SACK, BODY_SYN, type Mark, type SackBody, type SynBody, type TcpBody } from './types.ts'

const HEADERS_BYTES = IPV4_HEADER_BYTES + TCP_HEADER_BYTES

/** Sends segment `s` of the connection, for the first time or again. */
export function transmitSegment(t: TcpCore, c: number, s: number): void {
  const q = t.segments
  q.sentAt[s] = t.engine.now
  const flags = TCP_ACK | ((q.flags[s] & PUSH) !== 0 ? TCP_PSH : 0) | ((q.flags[s] & FIN) !== 0 ? TCP_FIN : 0)
  transmit(t, c, flags, q.seq[s], q.bytes[s], q.mark[s])
}

/** An ACK without data, now. */
export function sendAck(t: TcpCore, c: number): void {
  transmit(t, c, TCP_ACK, t.rows.sndNxt[c], 0, null)
}

/** A segment just below the peer's window: it changes nothing and must be answered (window probe, keep-alive). */
export function sendProbe(t: TcpCore, c: number): void {
  transmit(t, c, TCP_ACK, (t.rows.sndUna[c] - 1) | 0, 0, null)
}

/** Aborts towards the peer, as a close with SO_LINGER 0 does: RST with ACK (recording i04). */
export function sendReset(t: TcpCore, c: number): void {
  const { rows } = t
  t.resetsSent[rows.host[c]]++
  t.resets?.(rows.host[c], 'rst-aborted', {
    ...{ local: rows.local[c], localPort: rows.localPort[c], remote: rows.remote[c], remotePort: rows.remotePort[c], flags: 0 },
  })
  transmit(t, c, TCP_RST | TCP_ACK, t.rows.sndNxt[c], 0, null)
}

/** SYN or SYN-ACK, by the state. */
export function sendSyn(t: TcpCore, c: number): void {
  const r = t.rows
  const answer = r.state[c] === SYN_RECEIVED
  const p = allocate(t, c, answer ? TCP_SYN | TCP_ACK : TCP_SYN, r.iss[c], 0)
  t.packets.ipBytes[p] = HEADERS_BYTES + SYN_OPTION_BYTES
  t.packets.body[p] = synBody(r.maxMss[c], (r.flags[c] & SACK_OK) !== 0, (r.flags[c] & TIMESTAMPS) !== 0)
  if (!answer) t.packets.ack[p] = 0
  r.lastSentJiffy[c] = t.jiffy
  dispatch(t, r.host[c], p, (r.flags[c] & PASSIVE) === 0)
}

function transmit(t: TcpCore, c: number, flags: number, seq: number, bytes: number, mark: Mark | null): void {
  const r = t.rows
  const k = t.packets
  const p = allocate(t, c, flags, seq, bytes)
  let options = (r.flags[c] & TIMESTAMPS) !== 0 ? TIMESTAMP_BYTES : 0
  let body: TcpBody | null = mark
  if (r.gapHead[c] >= 0 || (r.flags[c] & DSACK_PENDING) !== 0) {
    const sack = (r.flags[c] & SACK_OK) === 0 ? null : sackBody(t, c)
    if (sack !== null) {
      options += 4 + sack.blocks.length * 4
      body = mark === null ? sack : { kind: BODY_MARK_AND_SACK, mark, sack }
    }
    r.flags[c] &= ~DSACK_PENDING
  }
  if (body !== null) k.body[p] = body
  k.ipBytes[p] = HEADERS_BYTES + options + bytes
  ackWasSent(t, c)
  dispatch(t, r.host[c], p, (r.flags[c] & PASSIVE) === 0)
}

function allocate(t: TcpCore, c: number, flags: number, seq: number, bytes: number): number {
  const r = t.rows
  const k = t.packets
  const p = k.alloc(PACKET_TCP, t.engine.now, t.engine.segment, r.traffic[c])
  k.src[p] = r.local[c]
  k.dst[p] = r.remote[c]
  k.srcPort[p] = r.localPort[c]
  k.dstPort[p] = r.remotePort[c]
  k.flags[p] = flags
  k.seq[p] = seq
  k.ack[p] = r.rcvNxt[c]
  k.window[p] = offeredWindow(t, c)
  k.echo[p] = r.tsRecent[c]
  k.payloadBytes[p] = bytes
  return p
}

/** The window to offer: what the buffer allows, never less than was promised (RFC 9293 §3.8.6.2.2). */
function offeredWindow(t: TcpCore, c: number): number {
  const r = t.rows
  if (r.state[c] === SYN_SENT || r.state[c] === SYN_RECEIVED) return r.rcvWnd[c]
  const end = later((r.rcvWup[c] + r.rcvWnd[c]) | 0, (r.rcvNxt[c] + r.rcvSsthresh[c]) | 0)
  return (end - r.rcvNxt[c]) | 0
}

/** A packet is complete: on its way, or to the host itself in an event of its own. */
export function dispatch(t: TcpCore, host: number, p: number, fromClient: boolean): void {
  if (fromClient && t.meter !== null && t.packets.traffic[p] !== NO_TRAFFIC) t.meter.packetSent(p)
  if (t.network.isLocal(host, t.packets.dst[p])) {
    t.loopback.push(host, p)
    if (t.loopback.length === 2) t.engine.schedule(t.engine.now, t.loopbackKind, 0)
  } else t.network.send(host, p)
}

/**
 * RST to a packet that belongs to no connection here (RFC 9293 §3.10.7.1; recording p08a): its ACK number becomes our sequence
 * number, without one ours is 0 and we acknowledge all of it. Never in answer to a RST.
 */
export function resetUnknown(t: TcpCore, host: number, p: number, reason: ResetReason): void {
  const k = t.packets
  const flags = k.flags[p]
  if ((flags & TCP_RST) !== 0) return
  const q = k.alloc(PACKET_TCP, t.engine.now, t.engine.segment, k.traffic[p])
  answer(t, p, q)
  if ((flags & TCP_ACK) !== 0) {
    k.flags[q] = TCP_RST
    k.seq[q] = k.ack[p]
    k.ack[q] = 0
  } else {
    k.flags[q] = TCP_RST | TCP_ACK
    k.seq[q] = 0
    k.ack[q] = (k.seq[p] + k.payloadBytes[p] + ((flags & TCP_SYN) !== 0 ? 1 : 0) + ((flags & TCP_FIN) !== 0 ? 1 : 0)) | 0
  }
  t.resetsSent[host]++
  t.resets?.(host, reason, { local: k.dst[p], localPort: k.dstPort[p], remote: k.src[p], remotePort: k.srcPort[p], flags })
  dispatch(t, host, q, false)
}

/** A bare ACK of an entry in TIME-WAIT. */
export function ackFromTimeWait(t: TcpCore, w: number, p: number): void {
  const k = t.packets
  const tw = t.timeWait
  const q = k.alloc(PACKET_TCP, t.engine.now, t.engine.segment, tw.traffic[w])
  answer(t, p, q)
  k.flags[q] = TCP_ACK
  k.seq[q] = tw.sndNxt[w]
  k.ack[q] = tw.rcvNxt[w]
  k.window[q] = tw.window[w]
  k.echo[q] = tw.tsRecent[w]
  k.ipBytes[q] = HEADERS_BYTES + (tw.tsRecent[w] > 0 ? TIMESTAMP_BYTES : 0)
  dispatch(t, tw.host[w], q, tw.passive[w] === 0)
}

function answer(t: TcpCore, p: number, q: number): void {
  const k = t.packets
  k.src[q] = k.dst[p]
  k.dst[q] = k.src[p]
  k.srcPort[q] = k.dstPort[p]
  k.dstPort[q] = k.srcPort[p]
  k.payloadBytes[q] = 0
  k.window[q] = 0
  k.echo[q] = 0
  k.ipBytes[q] = HEADERS_BYTES
}

function sackBody(t: TcpCore, c: number): SackBody | null {
  const r = t.rows
  const blocks: number[] = []
  const duplicate = (r.flags[c] & DSACK_PENDING) !== 0
  if (duplicate) blocks.push(r.dsackStart[c], r.dsackEnd[c])
  const most = (r.flags[c] & TIMESTAMPS) !== 0 ? SACK_BLOCKS_MAX : SACK_BLOCKS_MAX_ALONE
  for (let g = r.gapHead[c]; g >= 0 && blocks.length < most * 2; g = t.ranges.next[g]) blocks.push(t.ranges.start[g], t.ranges.end[g])
  return { kind: BODY_SACK, blocks, duplicate }
}

/** SYN options are few and immutable: one object for each that occurs. */
const SYN_BODIES = new Map<number, SynBody>()

function synBody(mss: number, sack: boolean, timestamps: boolean): SynBody {
  const key = mss * 4 + (sack ? 2 : 0) + (timestamps ? 1 : 0)
  let body = SYN_BODIES.get(key)
  if (body === undefined) {
    body = { kind: BODY_SYN, mss, sack, timestamps }
    SYN_BODIES.set(key, body)
  }
  return body
}
