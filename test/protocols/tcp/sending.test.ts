/**
 * What a sender does: windows, slow start, retransmission timeouts, keep-alive (RFC 9293 §3.8, RFC 5681 §3.1, RFC 6298).
 * Scripts as in connection.test.ts; HZ 1000. The handshake's round trip is 10 ms, so the timeout is 10 + 200 ms = 210 ticks:
 * level 1 of the wheel, steps of 8. Times are those of the wheel from tick 0.
 */
import { describe, expect, it } from 'vitest'
import { backoffSum } from '../../../sim-core/protocols/tcp/settings.ts'
import { play } from './script.ts'

const OPEN = `
  0 ! listen
  0 < S 0:0(0) win 65535 <mss 1460 sack ts>
  0 > S. 0:0(0) ack 1
  0.01 < . 1:1(0) ack 1
`
const segment = (at: number, n: number, last = false) =>
  `${at.toFixed(6)} > ${last ? 'P.' : '.'} ${1 + n * 1448}:${1 + (n + 1) * 1448}(1448) ack 1`
const segments = (at: number, from: number, to: number) => Array.from({ length: to - from }, (_, i) => segment(at, from + i)).join('\n')
const acked = (n: number) => 1 + n * 1448

describe('the windows', () => {
  it('RFC 6928: ten segments to begin with', () => {
    play(`${OPEN} 0.1 ! write 28960\n ${segments(0.1, 0, 10)}\n 0.1 ? cwnd 10`, { settings: { lossProbe: false } })
  })
  it('RFC 5681 §3.1 slow start: a segment more for each acknowledged', () => {
    play(
      `${OPEN} 0.1 ! write 57920
      ${segments(0.1, 0, 10)}
      0.11 < . 1:1(0) ack ${acked(2)}
      ${segments(0.11, 10, 14)}
      0.12 < . 1:1(0) ack ${acked(4)}
      ${segments(0.12, 14, 18)}
      0.12 ? cwnd 14`,
      { settings: { lossProbe: false } },
    )
  })
  it('does not grow while the application, not the window, is the limit', () => {
    play(`${OPEN}
      0.1 ! write 1448
      0.1 > P. 1:1449(1448) ack 1
      0.11 < . 1:1(0) ack 1449
      0.2 ! write 1448
      0.2 > P. 1449:2897(1448) ack 1
      0.21 < . 1:1(0) ack 2897
      0.21 ? cwnd 10`)
  })
  it('RFC 9293 §3.8.6: never beyond the peer’s window; more when it moves', () => {
    play(
      `0 ! listen
      0 < S 0:0(0) win 3000 <mss 1460 sack ts>
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1 win 3000
      0.1 ! write 14480
      ${segments(0.1, 0, 2)}
      0.11 < . 1:1(0) ack ${acked(2)} win 1500
      ${segments(0.11, 2, 3)}
      0.12 < . 1:1(0) ack ${acked(3)} win 4344
      ${segments(0.12, 3, 6)}`,
      { settings: { lossProbe: false } },
    )
  })
  it('§3.8.6.1 a closed window is asked for again at doubling intervals', () => {
    // 210 ticks from 110 → 320: ((320 >> 3) + 1) << 3 = 328; then 420 → 748 → 752; then 840 (level 2, 64) → 1592 → 1600.
    play(`${OPEN}
      0.1 ! write 1448
      0.1 > P. 1:1449(1448) ack 1
      0.11 < . 1:1(0) ack 1449 win 0
      0.11 ! write 1448
      0.328 > . 1448:1448(0) ack 1
      0.33 < . 1:1(0) ack 1449 win 0
      0.752 > . 1448:1448(0) ack 1
      0.76 < . 1:1(0) ack 1449 win 65535
      0.76 > P. 1449:2897(1448) ack 1`)
  })
  it('RFC 2861: after a long silence the window is ten again, after a short one it halves a timeout', () => {
    play(
      `${OPEN} 0.1 ! write 57920
      ${segments(0.1, 0, 10)}
      0.11 < . 1:1(0) ack ${acked(10)}
      ${segments(0.11, 10, 30)}
      0.12 < . 1:1(0) ack ${acked(30)}
      ${segments(0.12, 30, 39)}
      ${segment(0.12, 39, true)}
      0.13 < . 1:1(0) ack ${acked(40)}
      0.13 ? cwnd 40
      0.4 ! write 1
      0.4 > P. ${acked(40)}:${acked(40) + 1}(1) ack 1
      0.4 ? cwnd 20
      0.41 < . 1:1(0) ack ${acked(40) + 1}
      9 ! write 1
      9 > P. ${acked(40) + 1}:${acked(40) + 2}(1) ack 1
      9 ? cwnd 10`,
      { settings: { lossProbe: false } },
    )
  })
})

describe('the retransmission timer (RFC 6298)', () => {
  it('§2 before a measurement 1 s; the first round trip R gives R + max(200 ms, 2R)', () => {
    play(`${OPEN} 0.01 ? rto 210`)
    play(`0 ! listen
      0 < S 0:0(0) <mss 1460 sack ts>
      0 > S. 0:0(0) ack 1
      0.3 < . 1:1(0) ack 1
      0.3 ? rto 900`)
  })
  it('§2.3 the smoothed time moves by an eighth, and the timeout stays above it by at least 200 ms', () => {
    // R = 10 ms, then 90 ms: srtt 20 ms; deviation: 5 ms → 5 + (80 − 5) / 4 = 23.75 ms, × 4 = 95 ms < 200 ms.
    play(`${OPEN}
      0.1 ! write 100
      0.1 > P. 1:101(100) ack 1
      0.19 < . 1:1(0) ack 101
      0.19 ? rto 220`)
  })
  it('§5.5 doubles at every timeout, §5.6 counts from the retransmission; the loss window is one segment', () => {
    // 310 → 312; + 420 = 732 → 736; + 840 = 1576 → 1600 (64 × 25); + 1680 = 3280 → 3328 (64 × 52).
    play(
      `${OPEN} 0.1 ! write 4344
      ${segments(0.1, 0, 2)}
      ${segment(0.1, 2, true)}
      ${segments(0.312, 0, 1)}
      0.3121 ? cwnd 1
      0.3121 ? ssthresh 7
      ${segments(0.736, 0, 1)}
      ${segments(1.6, 0, 1)}
      ${segments(3.328, 0, 1)}
      3.3281 ? rto 3360`,
      { settings: { lossProbe: false } },
    )
  })
  it('§5.3 an ACK of new data starts it afresh, §5.2 when all is acknowledged it is off', () => {
    // Second segment: from 200 ms + srtt 10 → 18.75 + 200 (rounded up to 220): 200 + 220 = 420 → 424.
    play(
      `${OPEN} 0.1 ! write 2896
      ${segments(0.1, 0, 1)}
      ${segment(0.1, 1, true)}
      0.2 < . 1:1(0) ack 1449
      0.2 ? rto 222
      ${segment(0.424, 1, true)}
      0.43 < . 1:1(0) ack 2897
      5 ? rtxKind 0`,
      { settings: { lossProbe: false } },
    )
  })
  it('§3 Karn: without timestamps a retransmitted segment measures nothing, and the doubled timeout stays', () => {
    play(
      `0 ! listen
      0 < S 0:0(0) win 65535 <mss 1460 sack>
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1
      0.1 ! write 100
      0.1 > P. 1:101(100) ack 1
      0.312 > P. 1:101(100) ack 1
      0.4 < . 1:1(0) ack 101
      0.4 ? rto 420`,
      { settings: { lossProbe: false } },
    )
  })
  it('RFC 7323: with them the echo tells which copy is measured, and the timeout is back', () => {
    play(
      `${OPEN} 0.1 ! write 100
      0.1 > P. 1:101(100) ack 1
      0.312 > P. 1:101(100) ack 1
      0.322 < . 1:1(0) ack 101 ecr 0.312
      0.322 ? rto 210`,
      { settings: { lossProbe: false } },
    )
  })
  it('RFC 3522: the echo of the original shows that the timeout was for nothing, and the window is put back (and grows by what was acknowledged)', () => {
    play(
      `${OPEN} 0.1 ! write 14480
      ${segments(0.1, 0, 9)}
      ${segment(0.1, 9, true)}
      ${segments(0.312, 0, 1)}
      0.3121 ? cwnd 1
      0.313 < . 1:1(0) ack ${acked(1)} ecr 0.1
      0.313 ? cwnd 11
      0.313 ? caState 0
      0.313 ? lostOut 0
      0.32 < . 1:1(0) ack ${acked(10)} ecr 0.1`,
      { settings: { lossProbe: false } },
    )
  })
  it('tcp_retries2: fifteen doublings of 200 ms, capped at 120 s, are 924.6 s (ip-sysctl)', () => {
    expect(backoffSum(15, 200)).toBe(924_600)
    expect(backoffSum(8, 200)).toBe(102_200)
  })
  it('gives up after tcp_retries2 and tells the application', () => {
    // retries 3: 200 + 400 + 800 + 1600 = 3.0 s after the first retransmission, at the next timeout: 312 + 3000 < 3328.
    play(
      `${OPEN} 0.1 ! write 100
      0.1 > P. 1:101(100) ack 1
      0.312 > P. 1:101(100) ack 1
      0.736 > P. 1:101(100) ack 1
      1.6 > P. 1:101(100) ack 1
      3.329 ? told connected; timeout
      3.329 ? open 0`,
      { settings: { lossProbe: false, retries: 3 } },
    )
  })
  it('two lost SYNs: the window begins at one segment', () => {
    play(
      `0 ! connect
      0 > S 0:0(0)
      1.024 > S 0:0(0)
      3.072 > S 0:0(0)
      3.08 < S. 0:0(0) ack 1 <mss 1460 sack ts>
      3.08 > . 1:1(0) ack 1
      3.08 ? cwnd 1`,
    )
  })
})

describe('keep-alive (RFC 9293 §3.8.4)', () => {
  it('after the idle time probes that must be answered, then the connection is given up', () => {
    // 10 s: 10010 ticks → level 3, step 512: 10010 / 512 = 19.55 → 20 × 512 = 10240; 5 s: level 3 (4032 ≤ d): 15240 → 15360; 20360 → 20480.
    play(
      `${OPEN} 0.01 ! keepalive
      10.24 > . 0:0(0) ack 1
      10.25 < . 1:1(0) ack 1
      15.36 ? told connected`,
      { settings: { keepaliveS: 10, keepaliveIntervalS: 5, keepaliveProbes: 2 } },
    )
    play(
      `${OPEN} 0.01 ! keepalive
      10.24 > . 0:0(0) ack 1
      15.36 > . 0:0(0) ack 1
      20.481 ? told connected; timeout`,
      { settings: { keepaliveS: 10, keepaliveIntervalS: 5, keepaliveProbes: 2 } },
    )
  })
})
