/**
 * When received data is acknowledged, as Linux decides it (net/ipv4/tcp_input.c, tcp_output.c, tcp_timer.c, 6.1).
 *
 * A connection begins in quick mode: its first sixteen ACKs leave at once. An application that answers soon after it
 * received makes it a conversation ("pingpong"): then the ACK waits for the answer, at most for the ACK timeout
 * (40 ms at first, adapted to the gaps between segments, up to 200 ms). Two full segments, a filled gap or data out of
 * order are acknowledged at once; a segment that ends a write is, too, when the application has read it and no conversation is on.
 */
import { ACK_NOW, ACK_PUSHED, ACK_PUSHED_TWICE, ACK_SCHEDULED, MSS_DEFAULT, MSS_MIN, PINGPONG, QUICK_ACKS_MAX } from './constants.ts'
import type { TcpCore } from './core.ts'
import { sendAck } from './output.ts'
import { later } from './sequence.ts'

/** Data came in: adapts the ACK timeout to the gap since the last, and the idea of a usual segment. */
export function dataArrived(t: TcpCore, c: number, bytes: number, pushed: boolean): void {
  const r = t.rows
  measureSegment(t, c, bytes, pushed)
  r.flags[c] |= ACK_SCHEDULED
  if (t.settings.likeNs3[r.host[c]] === 1) return
  const now = t.jiffy
  const atoMin = t.settings.atoMinJiffies
  if (r.atoJiffies[c] === 0) {
    addQuickAcks(t, c)
    r.atoJiffies[c] = atoMin
  } else {
    const gap = now - r.lastReceivedJiffy[c]
    const half = r.atoJiffies[c] >> 1
    if (gap <= atoMin >> 1) r.atoJiffies[c] = half + (atoMin >> 1)
    else if (gap < r.atoJiffies[c]) r.atoJiffies[c] = Math.min(half + gap, r.rtoJiffies[c])
    else if (gap > r.rtoJiffies[c]) addQuickAcks(t, c)
  }
  r.lastReceivedJiffy[c] = now
}

function addQuickAcks(t: TcpCore, c: number): void {
  const r = t.rows
  const room = Math.floor(r.rcvWnd[c] / (2 * r.rcvMss[c]))
  r.quickAcks[c] = Math.max(r.quickAcks[c], Math.min(room === 0 ? 2 : room, QUICK_ACKS_MAX))
}

/** Something arrived that was sent before: the sender must hear of it at once. */
export function enterQuickMode(t: TcpCore, c: number): void {
  if (t.settings.likeNs3[t.rows.host[c]] === 1) return
  addQuickAcks(t, c)
  t.rows.flags[c] &= ~PINGPONG
  t.rows.atoJiffies[c] = t.settings.atoMinJiffies
}

function measureSegment(t: TcpCore, c: number, bytes: number, pushed: boolean): void {
  const r = t.rows
  const lastBytes = r.lastSegmentBytes[c]
  r.lastSegmentBytes[c] = 0
  if (bytes >= r.rcvMss[c]) {
    r.rcvMss[c] = Math.min(bytes, r.maxMss[c])
    if (pushed) r.flags[c] |= ACK_PUSHED // a full segment that ends a write: the sender may wait for its ACK
    return
  }
  if (bytes >= MSS_DEFAULT || (bytes >= MSS_MIN && !pushed)) {
    r.lastSegmentBytes[c] = bytes
    if (bytes === lastBytes) {
      r.rcvMss[c] = bytes
      return
    }
  }
  r.flags[c] |= (r.flags[c] & ACK_PUSHED) !== 0 ? ACK_PUSHED_TWICE | ACK_PUSHED : ACK_PUSHED
}

/** The first full segment that a connection can expect before it has seen one. */
export const initialReceiveMss = (maxMss: number, mss: number, window: number): number =>
  Math.max(MSS_MIN, Math.min(maxMss, mss, window >> 1, MSS_DEFAULT))

/**
 * After a segment was processed: an ACK that is due leaves now or later. Two full ones are not acknowledged while nobody has read
 * them, since the window would have to shrink for that (__tcp_ack_snd_check): the process that reads last acknowledges all.
 */
export function decideAck(t: TcpCore, c: number): void {
  const r = t.rows
  const flags = r.flags[c]
  if ((flags & ACK_SCHEDULED) === 0) return
  const unread = t.processesLast && r.application[c] >= 0
  if (
    (!unread && ((r.rcvNxt[c] - r.rcvWup[c]) | 0) > r.rcvMss[c]) ||
    (r.quickAcks[c] > 0 && (flags & PINGPONG) === 0) ||
    (flags & ACK_NOW) !== 0 ||
    r.gapHead[c] >= 0
  )
    sendAck(t, c)
  else delay(t, c)
}

/** The application has read what there was: the last small segment needs no further waiting. */
export function afterRead(t: TcpCore, c: number): void {
  const r = t.rows
  const flags = r.flags[c]
  if ((flags & ACK_SCHEDULED) === 0 || t.settings.likeNs3[r.host[c]] === 1) return
  const small = (flags & ACK_PUSHED_TWICE) !== 0 || ((flags & ACK_PUSHED) !== 0 && (flags & PINGPONG) === 0)
  if (small || ((r.rcvNxt[c] - r.rcvWup[c]) | 0) > r.rcvMss[c]) sendAck(t, c)
}

/** How long this ACK may wait, in ticks (tcp_send_delayed_ack). */
function ackTimeout(t: TcpCore, c: number): number {
  const r = t.rows
  const { atoMinJiffies, delackMaxJiffies } = t.settings
  if (t.settings.likeNs3[r.host[c]] === 1) return delackMaxJiffies
  const ato = r.atoJiffies[c]
  if (ato <= atoMinJiffies) return Math.min(ato, delackMaxJiffies)
  let most = (r.flags[c] & (PINGPONG | ACK_PUSHED)) !== 0 ? delackMaxJiffies : t.clock.hz >> 1
  if (r.srtt8Us[c] > 0) most = Math.min(most, Math.max(Math.ceil(((r.srtt8Us[c] / 8) * t.clock.hz) / 1e6), atoMinJiffies))
  return Math.min(ato, most, delackMaxJiffies)
}

function delay(t: TcpCore, c: number): void {
  const r = t.rows
  const ato = ackTimeout(t, c)
  const now = t.jiffy
  let deadline = now + ato
  const timers = t.engine.timers
  if (r.delackTimer[c] < 0) r.delackTimer[c] = timers.create(t.delackTimerKind, c)
  else if (timers.isArmed(r.delackTimer[c]) && deadline >= r.delackJiffy[c] - (ato >> 2)) deadline = r.delackJiffy[c]
  if (timers.isArmed(r.delackTimer[c]) && deadline === r.delackJiffy[c]) return
  r.delackJiffy[c] = deadline
  timers.arm(r.delackTimer[c], t.expiry(r.host[c], deadline - now))
}

/** Any segment with an ACK left: nothing is owed any more, and the window it offered is promised. */
export function ackWasSent(t: TcpCore, c: number): void {
  const r = t.rows
  const offered = (r.rcvNxt[c] + r.rcvSsthresh[c]) | 0
  const promised = (r.rcvWup[c] + r.rcvWnd[c]) | 0
  r.rcvWnd[c] = (later(offered, promised) - r.rcvNxt[c]) | 0
  r.rcvWup[c] = r.rcvNxt[c]
  if (r.quickAcks[c] > 0 && --r.quickAcks[c] === 0) r.atoJiffies[c] = t.settings.atoMinJiffies
  if ((r.flags[c] & ACK_SCHEDULED) === 0) return
  r.flags[c] &= ~(ACK_SCHEDULED | ACK_NOW | ACK_PUSHED | ACK_PUSHED_TWICE)
  if (r.delackTimer[c] >= 0) t.engine.timers.cancel(r.delackTimer[c])
}

/** The application answers: soon after it received, that is a conversation. */
export function dataSent(t: TcpCore, c: number): void {
  const r = t.rows
  const now = t.jiffy
  r.lastSentJiffy[c] = now
  if (now - r.lastReceivedJiffy[c] < r.atoJiffies[c]) r.flags[c] |= PINGPONG
}

/** The ACK timer ran: the answer it waited for did not come. */
export function delackTimeout(t: TcpCore, c: number): void {
  const r = t.rows
  if ((r.flags[c] & ACK_SCHEDULED) === 0) return
  if ((r.flags[c] & PINGPONG) === 0) r.atoJiffies[c] = Math.min(r.atoJiffies[c] << 1, r.rtoJiffies[c])
  else {
    r.flags[c] &= ~PINGPONG
    r.atoJiffies[c] = t.settings.atoMinJiffies
  }
  sendAck(t, c)
}
