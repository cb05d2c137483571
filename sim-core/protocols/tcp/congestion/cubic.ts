/**
 * CUBIC (RFC 9438) as Linux runs it (net/ipv4/tcp_cubic.c): β = 717/1024, C = 0.4, fast convergence, the Reno-friendly
 * region, and HyStart: slow start ends when ACKs of a round arrive over half the shortest round trip, or when the
 * shortest of a round's first eight measurements exceeds the shortest ever by an eighth (4–16 ms).
 *
 * The window is W(t) = C (t − K)³ + Wmax with t since the last loss and K = ∛((Wmax − cwnd) / C).
 */
import { cbrt } from '../../../base/math.ts'
import { CONTROL_WORDS, type Connections } from '../connections.ts'
import { after } from '../sequence.ts'
import { type CongestionControl, growBy, slowStart } from './contract.ts'

const BETA = 717 / 1024
const C = 0.4
/** 3 (1 − β) / (1 + β): Reno's growth for the same share at this β (RFC 9438 §4.3). */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA)

/** Words of `control`. */
const EPOCH_AT = 0 // ns; 0: no loss-free period has begun
const W_MAX = 1
const K_S = 2
const ORIGIN = 3
const W_RENO = 4
const DELAY_MIN_US = 5
const ROUND_AT = 6
const ROUND_END = 7
const ROUND_DELAY_US = 8
const SAMPLES = 9
const LAST_ACK_AT = 10
/** Until the window is back at its size before the loss, the Reno estimate grows by ALPHA, then by 1. */
const W_BEFORE = 11

const HYSTART_LOW_WINDOW = 16
const HYSTART_ACK_GAP_NS = 2_000_000
const HYSTART_SAMPLES = 8
const HYSTART_DELAY_MIN_US = 4_000
const HYSTART_DELAY_MAX_US = 16_000
/** The round trip varies less than this share of it within a round that has no queue. */
const HYSTART_DELAY_SHARE = 8

export const cubic: CongestionControl = {
  name: 'cubic',
  threshold,
  grow: (r, c, acked, nowNs) => grow(r, c, acked, nowNs, true),
  measured,
  timedOut,
}

/** Without the Reno-friendly region: Linux with tcp_cubic.tcp_friendliness=0, and ns-3 3.37. */
export const cubicPure: CongestionControl = {
  ...cubic,
  name: 'cubic-pure',
  grow: (r, c, acked, nowNs) => grow(r, c, acked, nowNs, false),
}

function threshold(r: Connections, c: number): number {
  const w = r.control
  const o = c * CONTROL_WORDS
  const cwnd = r.cwnd[c]
  w[o + EPOCH_AT] = 0
  w[o + W_MAX] = cwnd < w[o + W_MAX] ? (cwnd * (1 + BETA)) / 2 : cwnd
  w[o + W_BEFORE] = cwnd
  return Math.max(2, Math.floor(cwnd * BETA))
}

function timedOut(r: Connections, c: number): void {
  const delayMin = r.control[c * CONTROL_WORDS + DELAY_MIN_US]
  const wMax = r.control[c * CONTROL_WORDS + W_MAX]
  const before = r.control[c * CONTROL_WORDS + W_BEFORE]
  r.control.fill(0, c * CONTROL_WORDS, (c + 1) * CONTROL_WORDS)
  r.control[c * CONTROL_WORDS + DELAY_MIN_US] = delayMin
  r.control[c * CONTROL_WORDS + W_MAX] = wMax
  r.control[c * CONTROL_WORDS + W_BEFORE] = before
}

function grow(r: Connections, c: number, acked: number, nowNs: number, friendly: boolean): void {
  const left = r.cwnd[c] < r.ssthresh[c] ? slowStart(r, c, acked) : acked
  if (left > 0) growBy(r, c, ackedForOne(r, c, left, nowNs, friendly), left)
}

/** Segments acknowledged for each segment that the window grows by. */
function ackedForOne(r: Connections, c: number, acked: number, nowNs: number, friendly: boolean): number {
  const w = r.control
  const o = c * CONTROL_WORDS
  const cwnd = r.cwnd[c]
  if (w[o + EPOCH_AT] === 0) {
    w[o + EPOCH_AT] = nowNs
    w[o + W_RENO] = cwnd
    w[o + K_S] = cwnd < w[o + W_MAX] ? cbrt((w[o + W_MAX] - cwnd) / C) : 0
    w[o + ORIGIN] = Math.max(cwnd, w[o + W_MAX])
    r.cwndCount[c] = 0
  }
  const elapsedS = (nowNs - w[o + EPOCH_AT]) / 1e9 + w[o + DELAY_MIN_US] / 1e6
  const offset = elapsedS - w[o + K_S]
  const target = w[o + ORIGIN] + C * offset * offset * offset
  w[o + W_RENO] += ((w[o + W_RENO] >= w[o + W_BEFORE] ? 1 : ALPHA) * acked) / cwnd
  const aim = friendly ? Math.max(target, w[o + W_RENO]) : target
  // At most half as much again in a round trip; with nothing to gain, hardly at all (1 % a round trip).
  if (aim <= cwnd) return 100 * cwnd
  return Math.max(2, Math.floor(cwnd / (aim - cwnd)))
}

function measured(r: Connections, c: number, rttUs: number, nowNs: number): void {
  const w = r.control
  const o = c * CONTROL_WORDS
  if (w[o + DELAY_MIN_US] === 0 || rttUs < w[o + DELAY_MIN_US]) w[o + DELAY_MIN_US] = rttUs
  if (r.cwnd[c] < r.ssthresh[c] && r.cwnd[c] >= HYSTART_LOW_WINDOW) hystart(r, c, rttUs, nowNs)
}

function hystart(r: Connections, c: number, rttUs: number, nowNs: number): void {
  const w = r.control
  const o = c * CONTROL_WORDS
  if (w[o + ROUND_AT] === 0 || after(r.sndUna[c], w[o + ROUND_END] | 0)) {
    w[o + ROUND_AT] = w[o + LAST_ACK_AT] = nowNs
    w[o + ROUND_END] = r.sndNxt[c]
    w[o + ROUND_DELAY_US] = rttUs
    w[o + SAMPLES] = 0
  }
  const delayMin = w[o + DELAY_MIN_US]
  let found = false
  if (nowNs - w[o + LAST_ACK_AT] <= HYSTART_ACK_GAP_NS) {
    w[o + LAST_ACK_AT] = nowNs
    found = nowNs - w[o + ROUND_AT] > (delayMin * 1000) / 2
  }
  if (rttUs < w[o + ROUND_DELAY_US]) w[o + ROUND_DELAY_US] = rttUs
  if (w[o + SAMPLES] < HYSTART_SAMPLES) w[o + SAMPLES]++
  else {
    const slack = Math.min(HYSTART_DELAY_MAX_US, Math.max(HYSTART_DELAY_MIN_US, delayMin / HYSTART_DELAY_SHARE))
    found ||= w[o + ROUND_DELAY_US] > delayMin + slack
  }
  if (found) r.ssthresh[c] = r.cwnd[c]
}
