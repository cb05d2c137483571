/**
 * NewReno and CUBIC as ns-3 3.37 runs them, for comparisons with it. What sets them apart from Linux's:
 *
 * - Loss halves what is in flight (without what is lost or was reported), not the window.
 * - NewReno grows by ACKs, not by what they cover; no growth at the ACK that just reaches the recovery point.
 * - CUBIC rounds its target to whole segments, has no Reno-friendly region, and keeps the segments acknowledged while
 *   the target was not above the window: once it is, they all count, and the window leaps.
 * - HyStart looks at the smoothed round trip and lets a train last for the shortest one, not half of it.
 */
import { cbrt } from '../../../base/math.ts'
import { CONTROL_WORDS, type Connections } from '../connections.ts'
import { after } from '../sequence.ts'
import { type CongestionControl, slowStart } from './contract.ts'

export const ns3NewReno: CongestionControl = {
  name: 'ns3-newreno',
  threshold: (r, c) => Math.max(2, r.inFlight(c) >> 1),
  grow: (r, c) => {
    if (r.sndUna[c] === r.highSeq[c]) return
    if (r.cwnd[c] < r.ssthresh[c]) slowStart(r, c, 1)
    else growInBytes(r, c)
  },
  measured: () => undefined,
  timedOut: () => undefined,
}

/** RFC 5681 equation 3 in whole bytes: what exceeds full segments is kept in `cwndCount`. */
function growInBytes(r: Connections, c: number): void {
  const mss = r.mss[c]
  r.cwndCount[c] += Math.max(1, Math.floor((mss * mss) / (r.cwnd[c] * mss + r.cwndCount[c])))
  if (r.cwndCount[c] < mss) return
  r.cwndCount[c] -= mss
  r.cwnd[c]++
}

export const ns3Cubic: CongestionControl = { name: 'ns3-cubic', threshold, grow, measured, timedOut }

const BETA = 0.7
const C = 0.4
/** At most this many segments acknowledged for one more, before the first loss. */
const COUNT_MAX_BEFORE_LOSS = 20
/** Round trips measured so soon after an epoch began are not looked at. */
const SETTLE_NS = 10_000_000
const HYSTART_LOW_WINDOW = 16
const HYSTART_ACK_GAP_NS = 2_000_000
const HYSTART_SAMPLES = 8
const HYSTART_DELAY_MIN_US = 4_000
const HYSTART_DELAY_MAX_US = 1_000_000

/** Words of `control`. Times are in ns, 0: none. */
const EPOCH_AT = 0
const W_MAX = 1
const K_S = 2
const ORIGIN = 3
const ACKED = 4
const DELAY_MIN_US = 5
const ROUND_AT = 6
const ROUND_END = 7
const ROUND_DELAY_US = 8
const SAMPLES = 9
const LAST_ACK_AT = 10
const FOUND = 11

function threshold(r: Connections, c: number): number {
  const w = r.control
  const o = c * CONTROL_WORDS
  const cwnd = r.cwnd[c]
  w[o + W_MAX] = cwnd < w[o + W_MAX] ? Math.floor((cwnd * (1 + BETA)) / 2) : cwnd
  w[o + EPOCH_AT] = 0
  return Math.max(2, Math.floor(cwnd * BETA))
}

function timedOut(r: Connections, c: number): void {
  const w = r.control
  const o = c * CONTROL_WORDS
  w[o + W_MAX] = w[o + ORIGIN] = w[o + K_S] = w[o + DELAY_MIN_US] = w[o + FOUND] = w[o + ROUND_AT] = w[o + LAST_ACK_AT] = 0
}

function grow(r: Connections, c: number, acked: number, nowNs: number): void {
  if (r.sndUna[c] === r.highSeq[c]) return
  const w = r.control
  const o = c * CONTROL_WORDS
  if (r.cwnd[c] < r.ssthresh[c]) {
    if (w[o + ROUND_AT] === 0 || after(r.sndUna[c], w[o + ROUND_END] | 0)) beginRound(r, c, nowNs)
    r.cwnd[c] += acked
    return
  }
  w[o + ACKED] += acked
  const count = countForOne(r, c, nowNs)
  if (w[o + ACKED] < count) return
  r.cwnd[c]++
  w[o + ACKED] -= count
}

/** Segments acknowledged for each segment that the window grows by. */
function countForOne(r: Connections, c: number, nowNs: number): number {
  const w = r.control
  const o = c * CONTROL_WORDS
  const cwnd = r.cwnd[c]
  if (w[o + EPOCH_AT] === 0) {
    w[o + EPOCH_AT] = nowNs
    w[o + K_S] = cwnd < w[o + W_MAX] ? cbrt((w[o + W_MAX] - cwnd) / C) : 0
    w[o + ORIGIN] = Math.max(cwnd, w[o + W_MAX])
  }
  const offset = (nowNs - w[o + EPOCH_AT]) / 1e9 + w[o + DELAY_MIN_US] / 1e6 - w[o + K_S]
  const distance = Math.floor(C * Math.abs(offset * offset * offset))
  const target = offset < 0 ? w[o + ORIGIN] - distance : w[o + ORIGIN] + distance
  const count = target > cwnd ? Math.floor(cwnd / (target - cwnd)) : 100 * cwnd
  return Math.max(2, w[o + W_MAX] === 0 ? Math.min(count, COUNT_MAX_BEFORE_LOSS) : count)
}

function beginRound(r: Connections, c: number, nowNs: number): void {
  const w = r.control
  const o = c * CONTROL_WORDS
  w[o + ROUND_AT] = w[o + LAST_ACK_AT] = nowNs
  w[o + ROUND_END] = r.sndNxt[c]
  w[o + ROUND_DELAY_US] = w[o + SAMPLES] = 0
}

function measured(r: Connections, c: number, _rttUs: number, nowNs: number): void {
  const w = r.control
  const o = c * CONTROL_WORDS
  const rttUs = r.srtt8Us[c] / 8
  if (w[o + EPOCH_AT] > 0 && nowNs - w[o + EPOCH_AT] < SETTLE_NS) return
  if (w[o + DELAY_MIN_US] === 0 || rttUs < w[o + DELAY_MIN_US]) w[o + DELAY_MIN_US] = rttUs
  if (w[o + FOUND] === 0 && r.cwnd[c] <= r.ssthresh[c] && r.cwnd[c] >= HYSTART_LOW_WINDOW) hystart(r, c, rttUs, nowNs)
}

function hystart(r: Connections, c: number, rttUs: number, nowNs: number): void {
  const w = r.control
  const o = c * CONTROL_WORDS
  const delayMin = w[o + DELAY_MIN_US]
  let found = false
  if (w[o + LAST_ACK_AT] > 0 && nowNs - w[o + LAST_ACK_AT] <= HYSTART_ACK_GAP_NS) {
    w[o + LAST_ACK_AT] = nowNs
    found = nowNs - w[o + ROUND_AT] > delayMin * 1000
  }
  if (w[o + SAMPLES] < HYSTART_SAMPLES) {
    if (w[o + SAMPLES] === 0 || rttUs < w[o + ROUND_DELAY_US]) w[o + ROUND_DELAY_US] = rttUs
    w[o + SAMPLES]++
  } else found ||= w[o + ROUND_DELAY_US] > delayMin + Math.min(HYSTART_DELAY_MAX_US, Math.max(HYSTART_DELAY_MIN_US, delayMin))
  if (!found) return
  w[o + FOUND] = 1
  r.ssthresh[c] = r.cwnd[c]
}
