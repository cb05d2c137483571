/**
 * A segment arrives: whose it is, whether it is acceptable, and what it changes, in the order of RFC 9293 §3.10.7
 * with RFC 5961's guards. Applications are called last, when the connection is consistent again.
 */
import { DROP_SERVER_HANGS, NO_TRAFFIC, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../net/index.ts'
import { ackInput } from './ack-input.ts'
import { finAcknowledged, finReceived, leaveIfAlone, timeWaitInput } from './closing.ts'
import { ESTABLISHED, FIN_RECEIVED, FIN_SENT, FIN_WAIT_1, FIN_WAIT_2, PASSIVE, SYN_RECEIVED, SYN_SENT, TIMESTAMPS } from './constants.ts'
import type { TcpCore } from './core.ts'
import { afterRead, decideAck } from './delayed-ack.ts'
import { listenerInput, synReceivedInput, synSentInput } from './handshake.ts'
import { resetUnknown, sendAck } from './output.ts'
import { duplicateReceived, isAcceptable, messagesSince, receiveData } from './receive.ts'
import { pushPending } from './send-queue.ts'
import { after, before } from './sequence.ts'
import { marksOf, type TcpBody } from './types.ts'

/** Takes the packet; it is freed here. */
export function input(t: TcpCore, host: number, p: number): void {
  if (t.hanging[host] > 0 && meetsHangingListener(t, host, p)) {
    t.network.drop(host, p, DROP_SERVER_HANGS)
    return
  }
  route(t, host, p)
  t.packets.free(p)
}

/** A listener that hangs takes nothing; what it accepted before goes on (recordings: a socket filter on the listener). */
function meetsHangingListener(t: TcpCore, host: number, p: number): boolean {
  const k = t.packets
  if (t.listeners.get(host * 65_536 + k.dstPort[p])?.hangs !== true) return false
  const c = t.rows.find(host, k.dst[p], k.dstPort[p], k.src[p], k.srcPort[p])
  if (c >= 0) return t.rows.state[c] === SYN_RECEIVED
  return t.timeWait.find(host, k.dst[p], k.dstPort[p], k.src[p], k.srcPort[p]) < 0
}

function route(t: TcpCore, host: number, p: number): void {
  const k = t.packets
  const r = t.rows
  const c = r.find(host, k.dst[p], k.dstPort[p], k.src[p], k.srcPort[p])
  if (c >= 0) {
    r.peerMac[c] = k.srcMac[p]
    if ((r.flags[c] & PASSIVE) !== 0) delivered(t, host, p)
    else returned(t, p)
    if (r.state[c] >= ESTABLISHED) segmentInput(t, c, p)
    else if (r.state[c] === SYN_SENT) synSentInput(t, c, p)
    else if (synReceivedInput(t, c, p)) segmentInput(t, c, p)
    return
  }
  const w = t.timeWait.find(host, k.dst[p], k.dstPort[p], k.src[p], k.srcPort[p])
  if (w >= 0) {
    if (t.timeWait.passive[w] !== 0) delivered(t, host, p)
    if (timeWaitInput(t, w, host, p)) return
  }
  const listener = t.listeners.get(host * 65_536 + k.dstPort[p])
  if (listener === undefined) resetUnknown(t, host, p, isSyn(k.flags[p]) ? 'rst-port-closed' : 'rst-unknown-connection')
  else {
    if (w < 0) delivered(t, host, p)
    listenerInput(t, host, p, listener)
  }
}

const isSyn = (flags: number): boolean => (flags & (TCP_SYN | TCP_ACK)) === TCP_SYN

function delivered(t: TcpCore, host: number, p: number): void {
  if (t.meter !== null && t.packets.traffic[p] !== NO_TRAFFIC) t.meter.packetDelivered(host, p)
}

function returned(t: TcpCore, p: number): void {
  if (t.meter !== null && t.packets.traffic[p] !== NO_TRAFFIC) t.meter.packetReturned(p)
}

/** A segment of an open connection. */
function segmentInput(t: TcpCore, c: number, p: number): void {
  const r = t.rows
  const k = t.packets
  if (!passesGuards(t, c, p)) return
  const seq = k.seq[p]
  r.lastHeardAt[c] = t.engine.now
  if ((r.flags[c] & TIMESTAMPS) !== 0 && !after(seq, r.rcvWup[c]) && k.sentAt[p] > r.tsRecent[c]) r.tsRecent[c] = k.sentAt[p]
  const una = r.sndUna[c]
  const outBefore = r.packetsOut[c]
  if (!ackInput(t, c, p)) {
    sendAck(t, c)
    return
  }
  const from = r.rcvNxt[c]
  const finBefore = r.flags[c] & FIN_RECEIVED
  const carries = k.payloadBytes[p] > 0 || (k.flags[p] & TCP_FIN) !== 0
  const bytes = carries ? receiveData(t, c, p) : 0
  if ((r.flags[c] & FIN_SENT) !== 0 && r.sndUna[c] === r.sndNxt[c] && r.sndUna[c] !== una && finAcknowledged(t, c)) return
  const marks = carries ? marksOf(k.body[p] as TcpBody | null) : null
  const messages = bytes > 0 && (marks !== null || r.stashedMarks[c] !== null) ? messagesSince(t, c, from, marks) : null
  const closed = finBefore === 0 && (r.flags[c] & FIN_RECEIVED) !== 0
  finish(t, c, outBefore > 0 && r.sndUna[c] !== una, bytes, messages, closed)
}

/** The sender's turn, the receiver's, then the application's. */
function finish(t: TcpCore, c: number, acked: boolean, bytes: number, messages: object[] | null, closed: boolean): void {
  const r = t.rows
  const serial = r.serial[c]
  pushPending(t, c, acked)
  if (closed && r.state[c] === FIN_WAIT_2) {
    tellData(t, c, serial, bytes, messages)
    if (r.serial[c] === serial) finReceived(t, c)
    return
  }
  if (closed) finReceived(t, c)
  if (leaveIfAlone(t, c)) return
  decideAck(t, c)
  if (!t.processesLast) takeTurn(t, c, serial, bytes, messages, closed)
  else if (bytes > 0 || closed) t.whenAwake(() => takeTurn(t, c, serial, bytes, messages, closed))
}

/** The process reads, and acts on it. */
function takeTurn(t: TcpCore, c: number, serial: number, bytes: number, messages: object[] | null, closed: boolean): void {
  const r = t.rows
  if (r.serial[c] !== serial) return
  if (bytes > 0) {
    if (r.application[c] >= 0) afterRead(t, c)
    tellData(t, c, serial, bytes, messages)
  }
  if (closed && r.serial[c] === serial && r.application[c] >= 0) t.applications[r.application[c]].onPeerClosed(c)
}

function tellData(t: TcpCore, c: number, serial: number, bytes: number, messages: object[] | null): void {
  const r = t.rows
  if (bytes <= 0 || r.application[c] < 0) return
  t.applications[r.application[c]].onData(c, bytes)
  if (messages === null) return
  for (const message of messages) {
    if (r.serial[c] !== serial || r.application[c] < 0) return
    t.applications[r.application[c]].onMessage(c, message)
  }
}

/** Sequence number, RST, SYN, ACK bit, and data that nobody will read; false: the segment ends here. */
function passesGuards(t: TcpCore, c: number, p: number): boolean {
  const r = t.rows
  const k = t.packets
  const flags = k.flags[p]
  const seq = k.seq[p]
  const dataEnd = (seq + k.payloadBytes[p]) | 0
  const end = (dataEnd + ((flags & TCP_FIN) !== 0 ? 1 : 0)) | 0
  if (!isAcceptable(t, c, seq, end)) {
    if ((flags & TCP_RST) !== 0) return false
    if (after(end, seq) && before(seq, r.rcvNxt[c])) duplicateReceived(t, c, seq, dataEnd)
    sendAck(t, c)
    return false
  }
  if ((flags & TCP_RST) !== 0) {
    // RFC 5961 §3.2: only the exact next number resets; others in the window are asked to prove it.
    if (seq === r.rcvNxt[c]) t.fail(c, 'reset')
    else sendAck(t, c)
    return false
  }
  if ((flags & TCP_SYN) !== 0) {
    sendAck(t, c) // RFC 5961 §4.2
    return false
  }
  if ((flags & TCP_ACK) === 0) return false
  const alone = r.application[c] < 0 && (r.state[c] === FIN_WAIT_1 || r.state[c] === FIN_WAIT_2)
  if (alone && k.payloadBytes[p] > 0 && after(dataEnd, r.rcvNxt[c])) {
    resetUnknown(t, r.host[c], p, 'rst-data-after-close')
    t.release(c)
    return false
  }
  return true
}
