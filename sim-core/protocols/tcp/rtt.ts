/**
 * Round-trip estimate and retransmission timeout (RFC 6298) with Linux's refinements: the deviation falls only once a
 * round trip, is never taken below the minimum timeout (200 ms), and the timeout is srtt + that, rounded up to ticks.
 *
 * `srtt8Us` is the smoothed time × 8, `mdev4Us` the mean deviation × 4, as the filters' gains 1/8 and 1/4 suggest.
 */
import type { TcpCore } from './core.ts'
import { after } from './sequence.ts'

/** A new measurement, ns. It also ends the back-off. */
export function measuredRoundTrip(t: TcpCore, c: number, rttNs: number): void {
  const r = t.rows
  const us = Math.max(1, Math.round(rttNs / 1000))
  const floorUs = t.settings.rtoMinUs[r.host[c]]
  if (r.minRttUs[c] === 0 || us < r.minRttUs[c]) r.minRttUs[c] = us
  if (r.srtt8Us[c] === 0) {
    r.srtt8Us[c] = us * 8
    r.mdev4Us[c] = us * 2
    r.rttvarUs[c] = r.mdevMaxUs[c] = Math.max(us * 2, floorUs)
    r.rttSeq[c] = r.sndNxt[c]
  } else smooth(t, c, us, floorUs)
  r.rtoJiffies[c] = timeoutJiffies(t, c)
  r.backoff[c] = 0
}

function smooth(t: TcpCore, c: number, us: number, floorUs: number): void {
  const r = t.rows
  const error = us - (r.srtt8Us[c] >> 3)
  r.srtt8Us[c] = Math.max(1, r.srtt8Us[c] + error)
  let excess = Math.abs(error) - (r.mdev4Us[c] >> 2)
  // A sample below the mean that raises the deviation counts an eighth: the timeout must not grow because things got faster.
  if (error < 0 && excess > 0) excess >>= 3
  r.mdev4Us[c] += excess
  if (r.mdev4Us[c] > r.mdevMaxUs[c]) {
    r.mdevMaxUs[c] = r.mdev4Us[c]
    if (r.mdevMaxUs[c] > r.rttvarUs[c]) r.rttvarUs[c] = r.mdevMaxUs[c]
  }
  if (after(r.sndUna[c], r.rttSeq[c])) {
    if (r.mdevMaxUs[c] < r.rttvarUs[c]) r.rttvarUs[c] -= (r.rttvarUs[c] - r.mdevMaxUs[c]) >> 2
    r.rttSeq[c] = r.sndNxt[c]
    r.mdevMaxUs[c] = floorUs
  }
}

/** srtt + deviation in ticks, rounded up, at most 120 s; 1 s before the first measurement. */
export function timeoutJiffies(t: TcpCore, c: number): number {
  const r = t.rows
  if (r.srtt8Us[c] === 0) return t.settings.initialJiffies
  const us =
    t.settings.likeNs3[r.host[c]] === 1
      ? Math.max(t.settings.rtoMinUs[r.host[c]], (r.srtt8Us[c] >> 3) + r.mdev4Us[c])
      : (r.srtt8Us[c] >> 3) + r.rttvarUs[c]
  return Math.min(t.settings.rtoMaxJiffies, jiffiesOfUs(t, us))
}

export const jiffiesOfUs = (t: TcpCore, us: number): number => Math.ceil((us * t.clock.hz) / 1e6)
