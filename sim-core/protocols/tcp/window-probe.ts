/**
 * Asking for a closed window again (RFC 9293 §3.8.6.1): a segment without data that the peer must answer, at doubling
 * intervals; when part of the window is open, what fits in it.
 */
import type { TcpCore } from './core.ts'
import { sendProbe } from './output.ts'
import { armAfterSending, armWindowProbe } from './retransmission-timer.ts'
import { sendNew } from './send-queue.ts'

export function probeWindow(t: TcpCore, c: number): void {
  const r = t.rows
  const { retries } = t.settings.of[r.host[c]]
  if (r.backoff[c] >= retries) {
    t.fail(c, 'timeout')
    return
  }
  const room = (r.sndUna[c] + r.sndWnd[c] - r.sndNxt[c]) | 0
  if (room > 0 && r.unsent[c] > 0) {
    sendNew(t, c, Math.min(room, r.mss[c], r.unsent[c]), false)
    armAfterSending(t, c, true)
    return
  }
  sendProbe(t, c)
  r.backoff[c]++
  armWindowProbe(t, c)
}
