/**
 * Opening a connection from either side (RFC 9293 §3.5, §3.10.7.2–3): SYN, SYN-ACK, ACK, and what goes wrong with them.
 *
 * A Linux client sends a bare ACK for the SYN-ACK before the application can write, so a director sees SYN, ACK,
 * request. SYN and SYN-ACK are repeated after 1, 2, 4 … s by the timer wheel (retransmission-timer.ts).
 */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../net/index.ts'
import { CONGESTION_CONTROLS } from './congestion/index.ts'
import {
  ESTABLISHED,
  FIXED_WINDOW,
  HANDSHAKE_DONE,
  MSS_DEFAULT,
  PASSIVE,
  RTX_TIMEOUT,
  SACK_OK,
  SSTHRESH_INFINITE,
  SYN_RECEIVED,
  SYN_SENT,
  TIMESTAMP_BYTES,
  TIMESTAMPS,
} from './constants.ts'
import type { Listener, TcpCore } from './core.ts'
import { initialReceiveMss } from './delayed-ack.ts'
import { resetUnknown, sendAck, sendSyn } from './output.ts'
import { pathMtu } from './path-mtu.ts'
import { arm, disarm } from './retransmission-timer.ts'
import { measuredRoundTrip } from './rtt.ts'
import { BODY_SYN, type SynBody, type TcpBody } from './types.ts'

/** TCP and IP headers without options. */
const HEADERS_BYTES = 40
/** Largest window without scaling, which is how a SYN states it. */
const WINDOW_UNSCALED_MAX = 65_535
/** tcp_rmem[1] / 2: where the offered window's limit begins. */
const RECEIVE_LIMIT_INITIAL = 65_536

/** RFC 1122 §4.2.3.1: 3 s, in units of Linux's 1 s. */
const NS3_SYN_TIMEOUT = 3

export interface OpenOptions {
  readonly host: number
  readonly local: number
  readonly localPort: number
  readonly remote: number
  readonly remotePort: number
  readonly application: number
  readonly owner: number
  readonly traffic: number
}

/** A row with what both sides start from. */
function openRow(t: TcpCore, o: OpenOptions): number {
  const r = t.rows
  const s = t.settings.of[o.host]
  const c = r.open(o.host, o.local, o.localPort, o.remote, o.remotePort)
  r.application[c] = o.application
  r.owner[c] = o.owner
  r.traffic[c] = o.traffic
  r.maxMss[c] = r.mss[c] = pathMtu(t, o.host, o.remote) - HEADERS_BYTES
  r.iss[c] = initialSequence(t, c)
  r.sndUna[c] = r.iss[c]
  r.sndNxt[c] = (r.iss[c] + 1) | 0
  r.congestion[c] = t.settings.congestion[o.host]
  r.cwnd[c] = s.initialWindow
  r.ssthresh[c] = SSTHRESH_INFINITE
  r.sendBuffer[c] = s.sendBytes
  r.rtoJiffies[c] = t.settings.likeNs3[o.host] === 1 ? NS3_SYN_TIMEOUT * t.settings.initialJiffies : t.settings.initialJiffies
  r.flags[c] = (s.sack ? SACK_OK : 0) | (s.timestamps ? TIMESTAMPS : 0) | (s.receiveBytes > 0 ? FIXED_WINDOW : 0)
  return c
}

function offerWindow(t: TcpCore, c: number): void {
  const r = t.rows
  const fixed = t.settings.of[r.host[c]].receiveBytes
  const most = fixed > 0 ? Math.min(fixed, WINDOW_UNSCALED_MAX) : WINDOW_UNSCALED_MAX
  r.rcvWnd[c] = fixed > 0 ? most : most - (most % r.mss[c])
  r.rcvSsthresh[c] = fixed > 0 ? fixed : r.rcvWnd[c]
  r.rcvLimit[c] = fixed > 0 ? fixed : RECEIVE_LIMIT_INITIAL
}

/** Sends the first SYN; returns the connection. */
export function openActive(t: TcpCore, o: OpenOptions): number {
  const c = openRow(t, o)
  t.rows.state[c] = SYN_SENT
  offerWindow(t, c)
  firstSyn(t, c)
  return c
}

function firstSyn(t: TcpCore, c: number): void {
  t.rows.retransAt[c] = t.engine.now
  sendSyn(t, c)
  arm(t, c, RTX_TIMEOUT, t.rows.rtoJiffies[c])
}

/** A packet to a listening port that belongs to no connection. */
export function listenerInput(t: TcpCore, host: number, p: number, listener: Listener): void {
  const k = t.packets
  const flags = k.flags[p]
  if ((flags & TCP_RST) !== 0) return
  if ((flags & TCP_ACK) !== 0 || ((flags & TCP_SYN) !== 0 && listener.refuses)) {
    resetUnknown(t, host, p, (flags & TCP_ACK) !== 0 ? 'rst-unknown-connection' : 'rst-port-refuses')
    return
  }
  if ((flags & TCP_SYN) === 0 || (flags & TCP_FIN) !== 0) return
  const r = t.rows
  const c = openRow(t, {
    host,
    local: k.dst[p],
    localPort: k.dstPort[p],
    remote: k.src[p],
    remotePort: k.srcPort[p],
    application: listener.application,
    owner: listener.owner,
    traffic: k.traffic[p],
  })
  r.flags[c] |= PASSIVE
  r.peerMac[c] = k.srcMac[p]
  r.state[c] = SYN_RECEIVED
  takeSyn(t, c, p)
  offerWindow(t, c)
  firstSyn(t, c)
}

/** The peer's SYN: its sequence number and options. */
function takeSyn(t: TcpCore, c: number, p: number): void {
  const r = t.rows
  const k = t.packets
  const body = k.body[p] as TcpBody | null
  const syn: SynBody | null = body !== null && body.kind === BODY_SYN ? body : null
  if (syn === null || !syn.sack) r.flags[c] &= ~SACK_OK
  if (syn === null || !syn.timestamps) r.flags[c] &= ~TIMESTAMPS
  const timestamps = (r.flags[c] & TIMESTAMPS) !== 0
  r.mss[c] = Math.min(r.maxMss[c], syn === null ? MSS_DEFAULT : syn.mss) - (timestamps ? TIMESTAMP_BYTES : 0)
  r.irs[c] = k.seq[p]
  r.rcvNxt[c] = r.rcvWup[c] = (k.seq[p] + 1) | 0
  r.sndWnd[c] = r.sndWndMax[c] = k.window[p]
  r.sndWl1[c] = k.seq[p]
  if (timestamps) r.tsRecent[c] = k.sentAt[p]
}

export function synSentInput(t: TcpCore, c: number, p: number): void {
  const r = t.rows
  const k = t.packets
  const flags = k.flags[p]
  const acks = (flags & TCP_ACK) !== 0
  if (acks && k.ack[p] !== r.sndNxt[c]) {
    resetUnknown(t, r.host[c], p, 'rst-wrong-ack')
    return
  }
  if ((flags & TCP_RST) !== 0) {
    if (acks) t.fail(c, 'refused')
    return
  }
  if ((flags & TCP_SYN) === 0) return
  takeSyn(t, c, p)
  if (acks) {
    establish(t, c, k.echo[p], k.ack[p])
    sendAck(t, c)
    tellConnected(t, c)
  } else {
    r.state[c] = SYN_RECEIVED
    sendSyn(t, c)
  }
}

/** A segment for a half-open connection; true when the connection is now open and the segment is to be processed further. */
export function synReceivedInput(t: TcpCore, c: number, p: number): boolean {
  const r = t.rows
  const k = t.packets
  const flags = k.flags[p]
  if ((flags & TCP_RST) !== 0) {
    if (k.seq[p] === r.rcvNxt[c]) endHalfOpen(t, c)
    return false
  }
  if ((flags & TCP_SYN) !== 0) {
    if (k.seq[p] === r.irs[c] && (flags & TCP_ACK) === 0) sendSyn(t, c)
    else if ((flags & TCP_ACK) !== 0 && k.ack[p] === r.sndNxt[c]) {
      establish(t, c, k.echo[p], k.ack[p]) // simultaneous open: the peer's SYN-ACK
      tellConnected(t, c)
    }
    return false
  }
  if ((flags & TCP_ACK) === 0) return false
  if (k.ack[p] !== r.sndNxt[c]) {
    resetUnknown(t, r.host[c], p, 'rst-wrong-ack')
    return false
  }
  r.sndWnd[c] = k.window[p]
  r.sndWl1[c] = k.seq[p]
  establish(t, c, k.echo[p], k.ack[p])
  const serial = r.serial[c]
  tellConnected(t, c)
  return r.serial[c] === serial
}

function endHalfOpen(t: TcpCore, c: number): void {
  if ((t.rows.flags[c] & PASSIVE) !== 0) t.release(c)
  else t.fail(c, 'refused')
}

function tellConnected(t: TcpCore, c: number): void {
  const r = t.rows
  const serial = r.serial[c]
  const tell = () => {
    if (r.serial[c] === serial && r.application[c] >= 0) t.applications[r.application[c]].onConnected(c)
  }
  if (t.processesLast) t.whenAwake(tell)
  else tell()
}

function establish(t: TcpCore, c: number, echo: number, ack: number): void {
  const r = t.rows
  const now = t.engine.now
  r.state[c] = ESTABLISHED
  r.flags[c] |= HANDSHAKE_DONE
  r.sndUna[c] = ack
  r.rtoJiffies[c] = t.settings.initialJiffies
  disarm(t, c)
  const sentAt = r.synRetransmits[c] === 0 ? r.retransAt[c] : (r.flags[c] & TIMESTAMPS) !== 0 && echo > 0 ? echo : -1
  if (sentAt >= 0 && sentAt <= now) {
    const rttNs = now - sentAt
    measuredRoundTrip(t, c, rttNs)
    CONGESTION_CONTROLS[r.congestion[c]].measured(r, c, Math.max(1, Math.round(rttNs / 1000)), now)
  } else r.rtoJiffies[c] = 3 * t.settings.initialJiffies // no sample: TCP_TIMEOUT_FALLBACK
  // RFC 6298 §5.7 and RFC 5681 §3.1 as Linux reads them: one lost SYN is forgiven.
  if (r.synRetransmits[c] > 1) r.cwnd[c] = 1
  r.retransAt[c] = 0
  r.rcvMss[c] = initialReceiveMss(r.maxMss[c], r.mss[c], r.rcvWnd[c])
  r.lastReceivedJiffy[c] = r.lastSentJiffy[c] = t.jiffy
  r.lastHeardAt[c] = now
  if (t.settings.likeNs3[r.host[c]] === 1) r.quickAcks[c] = 1
  t.network.confirm(r.host[c], r.remote[c])
}

/** RFC 6528: a hash of the flow plus a clock (Linux: 64 ns a step). */
function initialSequence(t: TcpCore, c: number): number {
  const r = t.rows
  const value = t.network.addresses.value
  let h = Math.imul(value[r.local[c]] ^ 0x5bd1e995, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15) ^ value[r.remote[c]], 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ (r.localPort[c] * 65_536 + r.remotePort[c]), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) + Math.floor(t.engine.now / 64)) | 0
}
