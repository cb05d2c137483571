/**
 * Ending a connection: FIN from either side or both (RFC 9293 §3.6, §3.10.4), abort, TIME-WAIT.
 *
 * After close TCP goes on alone: it delivers what was written, then the FIN, and waits for the peer's. FIN-WAIT-2 without
 * an application and TIME-WAIT are small entries (time-wait.ts) for 60 s.
 */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../net/index.ts'
import {
  CLOSE_WAIT,
  CLOSING,
  ESTABLISHED,
  FIN_QUEUED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  PASSIVE,
  SYN_RECEIVED,
  SYN_SENT,
} from './constants.ts'
import type { TcpCore } from './core.ts'
import { ackFromTimeWait, resetUnknown, sendAck, sendReset } from './output.ts'
import { pushPending } from './send-queue.ts'
import { after } from './sequence.ts'

/** The application closes and forgets the connection. */
export function close(t: TcpCore, c: number): void {
  const r = t.rows
  r.application[c] = -1
  if (r.state[c] === SYN_SENT || r.state[c] === SYN_RECEIVED) {
    t.release(c)
    return
  }
  r.keepalive[c] = 0
  if (r.auxTimer[c] >= 0) t.engine.timers.cancel(r.auxTimer[c])
  if (r.state[c] === FIN_WAIT_2) toTimeWait(t, c, true)
  else shutdown(t, c)
}

/** As close; the application is told when the peer has acknowledged the FIN (SO_LINGER), if it is open at all. */
export function closeLingering(t: TcpCore, c: number): void {
  const r = t.rows
  t.lingering.set(c, { application: r.application[c], owner: r.owner[c] })
  close(t, c)
}

/** No more will be written; reading goes on. */
export function shutdown(t: TcpCore, c: number): void {
  const r = t.rows
  if ((r.flags[c] & FIN_QUEUED) !== 0) return
  if (r.state[c] === ESTABLISHED) r.state[c] = FIN_WAIT_1
  else if (r.state[c] === CLOSE_WAIT) r.state[c] = LAST_ACK
  r.flags[c] |= FIN_QUEUED
  pushPending(t, c)
}

/** RST to the peer and nothing more. */
export function abort(t: TcpCore, c: number): void {
  const r = t.rows
  r.application[c] = -1
  if (r.state[c] !== SYN_SENT) sendReset(t, c)
  t.release(c)
}

/** Everything sent is acknowledged, our FIN included; true when the connection is gone. */
export function finAcknowledged(t: TcpCore, c: number): boolean {
  const r = t.rows
  if (r.state[c] === FIN_WAIT_1) {
    r.state[c] = FIN_WAIT_2
    t.lingered(c)
  } else if (r.state[c] === CLOSING) {
    toTimeWait(t, c, false)
    return true
  } else if (r.state[c] === LAST_ACK) {
    t.release(c)
    return true
  }
  return false
}

/** The peer's FIN was reached; true when the connection is gone (to TIME-WAIT, with the last ACK sent). */
export function finReceived(t: TcpCore, c: number): boolean {
  const r = t.rows
  if (r.state[c] === ESTABLISHED) r.state[c] = CLOSE_WAIT
  else if (r.state[c] === FIN_WAIT_1) {
    r.state[c] = CLOSING
    sendAck(t, c)
  } else if (r.state[c] === FIN_WAIT_2) {
    sendAck(t, c)
    const application = r.application[c]
    if (application >= 0) {
      r.application[c] = -1
      t.applications[application].onPeerClosed(c)
    }
    toTimeWait(t, c, false)
    return true
  }
  return false
}

/** An application that closed in FIN-WAIT-1 waits in FIN-WAIT-2 without a connection row. */
export function leaveIfAlone(t: TcpCore, c: number): boolean {
  if (t.rows.state[c] !== FIN_WAIT_2 || t.rows.application[c] >= 0) return false
  toTimeWait(t, c, true)
  return true
}

export function toTimeWait(t: TcpCore, c: number, halfOpen: boolean): void {
  const r = t.rows
  const tw = t.timeWait
  const w = tw.add(r.host[c], r.local[c], r.localPort[c], r.remote[c], r.remotePort[c])
  tw.sndNxt[w] = r.sndNxt[c]
  tw.rcvNxt[w] = r.rcvNxt[c]
  tw.window[w] = r.rcvWnd[c]
  tw.traffic[w] = r.traffic[c]
  tw.passive[w] = r.flags[c] & PASSIVE
  tw.halfOpen[w] = halfOpen ? 1 : 0
  tw.tsRecent[w] = r.tsRecent[c]
  t.release(c)
  startWait(t, w)
}

function startWait(t: TcpCore, w: number): void {
  const seconds = t.settings.of[t.timeWait.host[w]].timeWaitS
  const at = t.expiry(t.timeWait.host[w], seconds * t.clock.hz)
  if (t.timeWait.wait(w, at)) t.engine.schedule(at, t.timeWaitKind, 0)
}

/** A packet for an entry; true when it is dealt with, false when a SYN may open the flow anew. */
export function timeWaitInput(t: TcpCore, w: number, host: number, p: number): boolean {
  const k = t.packets
  const tw = t.timeWait
  const flags = k.flags[p]
  const seq = k.seq[p]
  const end = (seq + k.payloadBytes[p] + ((flags & TCP_FIN) !== 0 ? 1 : 0)) | 0
  if ((flags & TCP_RST) !== 0) {
    if (seq === tw.rcvNxt[w]) tw.drop(w)
    return true
  }
  if ((flags & (TCP_SYN | TCP_ACK)) === TCP_SYN && tw.halfOpen[w] === 0 && (after(seq, tw.rcvNxt[w]) || k.sentAt[p] > tw.tsRecent[w])) {
    tw.drop(w)
    return false
  }
  if (tw.halfOpen[w] !== 0) {
    if ((flags & TCP_SYN) !== 0) resetUnknown(t, host, p, 'rst-time-wait')
    else if (after(end, tw.rcvNxt[w])) lastSegment(t, w, host, p, end)
    return true
  }
  if (seq === tw.rcvNxt[w] && end === seq && (flags & TCP_SYN) === 0) {
    startWait(t, w)
    return true
  }
  if ((flags & TCP_ACK) !== 0) startWait(t, w)
  ackFromTimeWait(t, w, p)
  return true
}

/** In FIN-WAIT-2 only the FIN is welcome: data has nobody to read it (RFC 1122 §4.2.2.13). */
function lastSegment(t: TcpCore, w: number, host: number, p: number, end: number): void {
  const tw = t.timeWait
  if ((t.packets.flags[p] & TCP_FIN) === 0 || end !== ((tw.rcvNxt[w] + 1) | 0)) {
    resetUnknown(t, host, p, 'rst-data-after-close')
    tw.drop(w)
    return
  }
  tw.rcvNxt[w] = end
  tw.halfOpen[w] = 0
  tw.tsRecent[w] = tw.tsRecent[w] > 0 ? t.packets.sentAt[p] : 0
  startWait(t, w)
  ackFromTimeWait(t, w, p)
}
