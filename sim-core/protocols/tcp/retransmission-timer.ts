/**
 * The one timer of a sender: retransmission timeout, tail loss probe or window probe, whichever is due next.
 *
 * Linux's rules with its times (net/ipv4/tcp_timer.c, tcp_output.c; RFC 6298, RFC 8985 §7): after data was sent the
 * timer is a probe at two round trips (plus the minimum timeout when a single segment is out, since its ACK may be
 * delayed), never later than the timeout; the probe sends the last segment again and starts the timeout from then.
 * Recordings y02–y04, e05: probe after 21 ticks of 10 ms, timeout 21 later, then 42, 84, 168 …, each by the timer wheel.
 */
import {
  CA_OPEN,
  CA_RECOVERY,
  CA_REDUCING,
  PARTIAL_ACK_SEEN,
  PROBE_MARGIN_JIFFIES,
  RTX_LOSS_PROBE,
  RTX_OFF,
  RTX_TIMEOUT,
  RTX_WINDOW_PROBE,
  SACK_OK,
  SYN_RECEIVED,
  SYN_SENT,
  TLP_OUT,
  TLP_WAS_RETRANSMISSION,
} from './constants.ts'
import type { TcpCore } from './core.ts'
import { sendSyn, transmitSegment } from './output.ts'
import { enterLoss, retransmitLost } from './recovery.ts'
import { jiffiesOfUs } from './rtt.ts'
import { hasPending, sendNew } from './send-queue.ts'
import { EVER_RETRANS } from './sent-segments.ts'
import { after } from './sequence.ts'
import { probeWindow } from './window-probe.ts'

export function arm(t: TcpCore, c: number, kind: number, jiffies: number): void {
  const r = t.rows
  const timers = t.engine.timers
  const now = t.jiffy
  const wanted = Math.min(jiffies, t.settings.rtoMaxJiffies)
  if (r.rtxTimer[c] < 0) r.rtxTimer[c] = timers.create(t.rtxTimerKind, c)
  else if (r.rtxKind[c] === kind && r.rtxArmedJiffy[c] === now && r.rtxJiffies[c] === wanted && timers.isArmed(r.rtxTimer[c])) return
  r.rtxKind[c] = kind
  r.rtxArmedJiffy[c] = now
  r.rtxJiffies[c] = wanted
  timers.arm(r.rtxTimer[c], t.expiry(r.host[c], wanted))
}

export function disarm(t: TcpCore, c: number): void {
  const r = t.rows
  r.rtxKind[c] = RTX_OFF
  if (r.rtxTimer[c] >= 0) t.engine.timers.cancel(r.rtxTimer[c])
}

/** Starts the timeout: from now, or from the sending of the oldest segment when a probe's time is being handed back. */
export function armRetransmission(t: TcpCore, c: number): void {
  const r = t.rows
  if (r.packetsOut[c] === 0) {
    disarm(t, c)
    return
  }
  let jiffies = r.rtoJiffies[c]
  if (r.rtxKind[c] === RTX_LOSS_PROBE) jiffies = jiffiesOfUs(t, Math.max(1, timeoutLeftUs(t, c)))
  arm(t, c, RTX_TIMEOUT, jiffies)
}

/** How far in the future the oldest segment's timeout is, µs; negative when it has passed. */
function timeoutLeftUs(t: TcpCore, c: number): number {
  const r = t.rows
  const rtoUs = (r.rtoJiffies[c] * 1e6) / t.clock.hz
  return rtoUs - (t.engine.now - t.segments.sentAt[r.segmentHead[c]]) / 1000
}

/** New data left. `restart`: nothing was out before, or an ACK of new data came just now; then the timeout starts from now. */
export function armAfterSending(t: TcpCore, c: number, restart: boolean): void {
  if (armLossProbe(t, c, false)) return
  if (restart && !isImpatient(t, c)) t.rows.rtxKind[c] = RTX_OFF
  else if (t.rows.rtxKind[c] === RTX_TIMEOUT) return
  armRetransmission(t, c)
}

/** Makes the timer a tail loss probe if one may be sent; false when it stays a timeout. `advancing`: an ACK restarted the timeout. */
export function armLossProbe(t: TcpCore, c: number, advancing: boolean): boolean {
  const r = t.rows
  if (!t.settings.of[r.host[c]].lossProbe || r.packetsOut[c] === 0 || (r.flags[c] & SACK_OK) === 0) return false
  if (r.caState[c] !== CA_OPEN && r.caState[c] !== CA_REDUCING) return false
  let jiffies = t.settings.initialJiffies
  if (r.srtt8Us[c] > 0) {
    jiffies = jiffiesOfUs(t, r.srtt8Us[c] >> 2)
    jiffies += r.packetsOut[c] === 1 ? jiffiesOfUs(t, t.settings.rtoMinUs[r.host[c]]) : PROBE_MARGIN_JIFFIES
  }
  const left = advancing ? (r.rtoJiffies[c] * 1e6) / t.clock.hz : timeoutLeftUs(t, c)
  if (left > 0) jiffies = Math.min(jiffies, jiffiesOfUs(t, left))
  arm(t, c, RTX_LOSS_PROBE, jiffies)
  return true
}

/** RFC 6582 §4: ns-3 is impatient: of the ACKs of one recovery only the first partial one restarts the timeout. */
function isImpatient(t: TcpCore, c: number): boolean {
  const r = t.rows
  if (t.settings.likeNs3[r.host[c]] === 0 || r.caState[c] !== CA_RECOVERY) return false
  const first = (r.flags[c] & PARTIAL_ACK_SEEN) === 0
  r.flags[c] |= PARTIAL_ACK_SEEN
  return !first
}

/** After an ACK of new data: a probe, a timeout, or nothing when all is acknowledged. */
export function armAfterAck(t: TcpCore, c: number): void {
  if (t.rows.packetsOut[c] === 0) disarm(t, c)
  else if (isImpatient(t, c)) return
  else if (!armLossProbe(t, c, true)) armRetransmission(t, c)
}

/** The peer's window is closed and nothing is on the way: ask for it again. */
export function armWindowProbe(t: TcpCore, c: number): void {
  const r = t.rows
  if (r.rtxKind[c] !== RTX_OFF || r.packetsOut[c] > 0 || !hasPending(t, c)) return
  arm(t, c, RTX_WINDOW_PROBE, Math.max(r.rtoJiffies[c], jiffiesOfUs(t, t.settings.rtoMinUs[r.host[c]])) * 2 ** r.backoff[c])
}

/** The timer ran. */
export function retransmissionTimer(t: TcpCore, c: number): void {
  const r = t.rows
  const kind = r.rtxKind[c]
  if (kind === RTX_LOSS_PROBE) sendLossProbe(t, c)
  else if (kind === RTX_WINDOW_PROBE) {
    r.rtxKind[c] = RTX_OFF
    probeWindow(t, c)
  } else if (kind === RTX_TIMEOUT) {
    r.rtxKind[c] = RTX_OFF
    if (r.state[c] === SYN_SENT || r.state[c] === SYN_RECEIVED) handshakeTimeout(t, c)
    else timeout(t, c)
  }
}

function sendLossProbe(t: TcpCore, c: number): void {
  const r = t.rows
  if ((r.flags[c] & TLP_OUT) === 0 && r.packetsOut[c] > 0) {
    const bytes = Math.min(r.mss[c], r.unsent[c])
    const fits = r.unsent[c] > 0 && !after((r.sndNxt[c] + bytes) | 0, (r.sndUna[c] + r.sndWnd[c]) | 0)
    r.flags[c] &= ~TLP_WAS_RETRANSMISSION
    if (fits) sendNew(t, c, bytes, false)
    else {
      const s = r.segmentTail[c]
      t.segments.flags[s] |= EVER_RETRANS
      countRetransmission(t, c)
      transmitSegment(t, c, s)
      r.flags[c] |= TLP_WAS_RETRANSMISSION
    }
    r.flags[c] |= TLP_OUT
    r.tlpHighSeq[c] = r.sndNxt[c]
    r.rtxKind[c] = RTX_OFF
  }
  armRetransmission(t, c)
}

export function countRetransmission(t: TcpCore, c: number): void {
  t.rows.totalRetrans[c]++
  t.retransmitted[t.rows.host[c]]++
}

function timeout(t: TcpCore, c: number): void {
  const r = t.rows
  if (r.packetsOut[c] === 0) return
  if (isGivenUp(t, c)) {
    t.fail(c, 'timeout')
    return
  }
  enterLoss(t, c)
  retransmitLost(t, c, 1)
  r.backoff[c]++
  r.retransmits[c]++
  r.rtoJiffies[c] = Math.min(r.rtoJiffies[c] * 2, t.settings.rtoMaxJiffies)
  arm(t, c, RTX_TIMEOUT, r.rtoJiffies[c])
}

/** tcp_retries2 as a time since the first retransmission; sooner when no application waits any more. */
function isGivenUp(t: TcpCore, c: number): boolean {
  const r = t.rows
  if (r.retransmits[c] === 0) return false
  const limit = r.application[c] < 0 ? t.settings.orphanLimitNs : t.settings.retryLimitNs
  return t.engine.now - r.retransAt[c] >= limit[r.host[c]]
}

function handshakeTimeout(t: TcpCore, c: number): void {
  const r = t.rows
  const { synRetries, synAckRetries } = t.settings.of[r.host[c]]
  if (r.synRetransmits[c] >= (r.state[c] === SYN_SENT ? synRetries : synAckRetries)) {
    t.fail(c, 'timeout')
    return
  }
  r.synRetransmits[c]++
  if (!isHeld(t, c)) {
    countRetransmission(t, c)
    sendSyn(t, c)
  }
  r.rtoJiffies[c] = Math.min(r.rtoJiffies[c] * 2, t.settings.rtoMaxJiffies)
  arm(t, c, RTX_TIMEOUT, r.rtoJiffies[c])
}

/** The first SYN still waits for ARP: no copy is made of it (skb_still_in_host_queue), the next timeout is twice as long all the same. */
function isHeld(t: TcpCore, c: number): boolean {
  const r = t.rows
  if (r.state[c] !== SYN_SENT || t.holds === undefined) return false
  return t.holds(r.host[c], r.local[c], r.remote[c], r.localPort[c], r.remotePort[c])
}
