/**
 * The congestion controls alone: what RFC 5681 and RFC 9438 say of a window's size, worked out from their formulas. Windows
 * are whole segments here, so curves are met to a segment.
 */
import { describe, expect, it } from 'vitest'
import { congestionIndex, CONGESTION_CONTROLS } from '../../../sim-core/protocols/tcp/congestion/index.ts'
import { Connections } from '../../../sim-core/protocols/tcp/connections.ts'

function one(name: string) {
  const rows = new Connections()
  const c = rows.open(0, 1, 80, 2, 5000)
  return { rows, c, control: CONGESTION_CONTROLS[congestionIndex(name)] }
}

/** Acknowledges whole windows, one a round trip, `perAck` segments an ACK; returns the window after each round trip. */
function rounds(name: string, start: { cwnd: number; ssthresh: number; lossAt?: number }, rttS: number, n: number, perAck = 1): number[] {
  const { rows, c, control } = one(name)
  let now = 1e9
  rows.cwnd[c] = start.lossAt ?? start.cwnd
  control.measured(rows, c, rttS * 1e6, now)
  if (start.lossAt !== undefined) rows.cwnd[c] = rows.ssthresh[c] = control.threshold(rows, c)
  else rows.ssthresh[c] = start.ssthresh
  return Array.from({ length: n }, () => {
    const acks = Math.floor(rows.cwnd[c] / perAck)
    for (let i = 0; i < acks; i++) control.grow(rows, c, perAck, now + (rttS * 1e9 * i) / acks)
    now += rttS * 1e9
    return rows.cwnd[c]
  })
}

describe('slow start (RFC 5681 §3.1)', () => {
  it.each(['cubic', 'cubic-pure', 'reno'])('%s: doubles a round trip, counting segments, up to the threshold', name => {
    expect(rounds(name, { cwnd: 10, ssthresh: 80 }, 0.1, 3, 2).slice(0, 3)).toEqual([20, 40, 80])
  })
  it('newreno: half as fast when every second segment is acknowledged', () => {
    expect(rounds('newreno', { cwnd: 10, ssthresh: 80 }, 0.1, 3, 2)).toEqual([15, 22, 33])
  })
})

describe('congestion avoidance', () => {
  it('reno: one segment a round trip, also with delayed ACKs', () => {
    expect(rounds('reno', { cwnd: 20, ssthresh: 10 }, 0.1, 3, 1)).toEqual([21, 22, 23])
    expect(rounds('reno', { cwnd: 20, ssthresh: 10 }, 0.1, 4, 2).at(-1)).toBeGreaterThanOrEqual(23)
  })
  it('newreno: one segment in two round trips with delayed ACKs (RFC 5681 equation 3)', () => {
    // Twenty ACKs, ten a round trip; then 21, of which ten a round trip are whole.
    expect(rounds('newreno', { cwnd: 20, ssthresh: 10 }, 0.1, 5, 2)).toEqual([20, 21, 21, 21, 22])
  })
  it.each([
    ['reno', 20, 10],
    ['newreno', 21, 10],
    ['cubic', 100, 70],
    ['cubic-pure', 100, 70],
    ['cubic', 3, 2],
  ])('%s: the threshold of a window of %i is %i', (name, cwnd, threshold) => {
    const { rows, c, control } = one(name)
    rows.cwnd[c] = cwnd
    expect(control.threshold(rows, c)).toBe(threshold)
  })
})

describe('CUBIC (RFC 9438)', () => {
  // Loss at 1000: Wmax = 1000, cwnd = 700, K = ∛(300 / 0.4) = 9.086 s. RTT 0.2 s: W(t + RTT) − one step behind at most.
  const RTT = 0.2
  const W_MAX = 1000
  const K = 9.0856
  const curve = (t: number) => 0.4 * (t - K) ** 3 + W_MAX

  it.each([2, 5, 9, 12, 14])('§4.2 follows C (t − K)³ + Wmax: at %i s after the loss', t => {
    const windows = rounds('cubic-pure', { cwnd: 0, ssthresh: 0, lossAt: W_MAX }, RTT, Math.round(t / RTT))
    expect(Math.abs((windows.at(-1) as number) - curve(t + RTT))).toBeLessThan(0.02 * W_MAX)
  })
  it('§4.7 fast convergence: a loss below the last maximum lowers it to (1 + β) / 2 of the window', () => {
    const { rows, c, control } = one('cubic')
    rows.cwnd[c] = 1000
    control.threshold(rows, c)
    rows.cwnd[c] = 800
    control.threshold(rows, c)
    rows.cwnd[c] = rows.ssthresh[c] = 560
    control.measured(rows, c, RTT * 1e6, 0)
    // Origin 800 × (1 + 717/1024) / 2 = 680: K = ∛(120 / 0.4) = 6.69 s, where growth is slowest and the window 680.
    let now = 1e9
    for (let r = 0; r * RTT < 6.69; r++) {
      const acks = rows.cwnd[c]
      for (let i = 0; i < acks; i++) control.grow(rows, c, 1, now)
      now += RTT * 1e9
    }
    expect(Math.abs(rows.cwnd[c] - 680)).toBeLessThan(10)
  })
  it('§4.3 Reno-friendly: at a short round trip the window grows by 3 (1 − β) / (1 + β) = 0.529 segments a round trip', () => {
    // Wmax 20, cwnd 14, K = ∛(6 / 0.4) = 2.47 s: in 10 round trips of 1 ms the cubic curve has not moved.
    expect(rounds('cubic-pure', { cwnd: 0, ssthresh: 0, lossAt: 20 }, 0.001, 10).at(-1)).toBe(14)
    expect(rounds('cubic', { cwnd: 0, ssthresh: 0, lossAt: 20 }, 0.001, 10).at(-1)).toBeGreaterThanOrEqual(18)
  })
  it('§4.4 at most one segment for every two acknowledged, however far the curve is', () => {
    const windows = rounds('cubic', { cwnd: 100, ssthresh: 50 }, 10, 3)
    for (let i = 1; i < windows.length; i++) expect(windows[i]).toBeLessThanOrEqual(windows[i - 1] * 1.5 + 1)
  })
})

describe('HyStart (RFC 9438 §4.10, Linux)', () => {
  /** Rounds of 20 ACKs at a window of 40; the measurements of round n are `rttUs(n)`, the ACKs `gapUs` apart. Rounds until slow start ends. */
  function roundsOfSlowStart(rttUs: (round: number) => number, gapUs: number): number {
    const { rows, c, control } = one('cubic')
    rows.cwnd[c] = 40
    rows.ssthresh[c] = 0x7fffffff
    let now = 1e9
    for (let round = 0; round < 20; round++) {
      rows.sndUna[c] = rows.sndNxt[c] + 1
      rows.sndNxt[c] += 1000
      for (let k = 0; k < 20; k++, now += gapUs * 1000) {
        control.measured(rows, c, rttUs(round), now)
        if (rows.ssthresh[c] === 40) return round
      }
      now += 500e6
    }
    return 20
  }
  it('goes on while the round trip is what it was', () => {
    expect(roundsOfSlowStart(() => 100_000, 3_000)).toBe(20)
  })
  it('ends when the shortest of the first eight measurements of a round exceeds the shortest ever by an eighth', () => {
    expect(roundsOfSlowStart(round => 100_000 + round * 5_000, 3_000)).toBe(3) // 115 > 112.5
  })
  it('ends when ACKs, each within 2 ms of the one before, span half the shortest round trip', () => {
    expect(roundsOfSlowStart(() => 50_000, 1_500)).toBe(0) // 17 × 1.5 ms > 25 ms
    expect(roundsOfSlowStart(() => 100_000, 1_500)).toBe(20) // 19 × 1.5 ms < 50 ms
  })
})

describe('a timeout (RFC 9438 §4.8)', () => {
  it('begins a new epoch from the window at which it happened: the curve aims at it again', () => {
    const { rows, c, control } = one('cubic-pure')
    rows.cwnd[c] = 100
    rows.ssthresh[c] = control.threshold(rows, c)
    control.timedOut(rows, c)
    expect(rows.ssthresh[c]).toBe(70)
    rows.cwnd[c] = 70
    control.measured(rows, c, 100_000, 1e9)
    // K = ∛(30 / 0.4) = 4.2 s: after it the window is at most a segment away from 100.
    let now = 1e9
    for (; now < 5.2e9; now += 1e8) for (let i = rows.cwnd[c]; i > 0; i--) control.grow(rows, c, 1, now)
    expect(Math.abs(rows.cwnd[c] - 100)).toBeLessThanOrEqual(1)
  })
})
