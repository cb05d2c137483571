/**
 * Keep-alive probes for connections whose application asks for them (RFC 9293 §3.8.4; tcp_keepalive_time, _intvl,
 * _probes): after two idle hours nine probes 75 s apart, then the connection is given up.
 */
import { FIN_QUEUED } from './constants.ts'
import type { TcpCore } from './core.ts'
import { sendProbe } from './output.ts'
import { hasPending } from './send-queue.ts'

export function setKeepalive(t: TcpCore, c: number, on: boolean): void {
  const r = t.rows
  r.keepalive[c] = on ? 1 : 0
  r.keepaliveProbes[c] = 0
  if (on) armIn(t, c, t.settings.of[r.host[c]].keepaliveS)
  else if (r.auxTimer[c] >= 0) t.engine.timers.cancel(r.auxTimer[c])
}

function armIn(t: TcpCore, c: number, seconds: number): void {
  const r = t.rows
  if (r.auxTimer[c] < 0) r.auxTimer[c] = t.engine.timers.create(t.auxTimerKind, c)
  t.engine.timers.arm(r.auxTimer[c], t.expiry(r.host[c], Math.max(1, Math.ceil(seconds * t.clock.hz))))
}

export function keepaliveTimer(t: TcpCore, c: number): void {
  const r = t.rows
  if (r.keepalive[c] === 0 || (r.flags[c] & FIN_QUEUED) !== 0) return
  const s = t.settings.of[r.host[c]]
  const idleS = (t.engine.now - r.lastHeardAt[c]) / 1e9
  if (r.packetsOut[c] > 0 || hasPending(t, c)) armIn(t, c, s.keepaliveS)
  else if (idleS < s.keepaliveS) {
    r.keepaliveProbes[c] = 0
    armIn(t, c, s.keepaliveS - idleS)
  } else if (r.keepaliveProbes[c] >= s.keepaliveProbes) t.fail(c, 'timeout')
  else {
    r.keepaliveProbes[c]++
    sendProbe(t, c)
    armIn(t, c, s.keepaliveIntervalS)
  }
}
