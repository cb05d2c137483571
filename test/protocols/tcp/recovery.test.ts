/**
 * Loss: fast retransmit and recovery with and without SACK, tail loss probe (RFC 5681 §3.2, RFC 6582, RFC 6675, RFC 6937, RFC 8985 §7).
 * Scripts as in connection.test.ts; HZ 1000; NewReno in Linux's form, so the threshold is half the window. Without SACK the
 * peer's SYN leaves it out.
 */
import { describe, it } from 'vitest'
import { play } from './script.ts'

const open = (options: string) => `
  0 ! listen
  0 < S 0:0(0) win 65535 <${options}>
  0 > S. 0:0(0) ack 1
  0.01 < . 1:1(0) ack 1
`
const SACK = open('mss 1460 sack ts')
const PLAIN = open('mss 1448')
const RENO = { settings: { congestion: 'reno', lossProbe: false } }
const at = (n: number) => 1 + n * 1448
const out = (time: number, n: number, push = false) => `${time.toFixed(6)} > ${push ? 'P.' : '.'} ${at(n)}:${at(n + 1)}(1448) ack 1`
const outs = (time: number, from: number, to: number) => Array.from({ length: to - from }, (_, i) => out(time, from + i)).join('\n')
const dup = (time: number) => `${time} < . 1:1(0) ack 1`
const sack = (time: number, from: number, to: number) => `${time} < . 1:1(0) ack 1 sack ${at(from)}-${at(to)}`

describe('fast retransmit and recovery', () => {
  it('RFC 5681 §3.2: three duplicate ACKs, not two, and the segment leaves again; RFC 3042: the first two let new data out', () => {
    play(
      `${PLAIN} 0.1 ! write ${20 * 1448}
      ${outs(0.1, 0, 10)}
      ${dup(0.11)}
      ${out(0.11, 10)}
      ${dup(0.111)}
      ${out(0.111, 11)}
      0.111 ? caState 0
      ${dup(0.112)}
      ${out(0.112, 0)}
      0.112 ? caState 2
      0.112 ? ssthresh 5`,
      RENO,
    )
  })
  it('RFC 6582 §3.2: a partial ACK sends the next hole again, a full one ends recovery at the threshold', () => {
    // Of twelve out 0 and 4 are lost; ten duplicate ACKs. In recovery k of them allow ceil(5 k / 10) segments: the hole, then
    // new ones at the 3rd and 5th; then five are in flight, the threshold, and only what is delivered is replaced (8th).
    play(
      `${PLAIN} 0.1 ! write ${20 * 1448}
      ${outs(0.1, 0, 10)}
      ${dup(0.11)}
      ${out(0.11, 10)}
      ${dup(0.111)}
      ${out(0.111, 11)}
      ${dup(0.112)}
      ${out(0.112, 0)}
      ${dup(0.113)}
      ${dup(0.114)}
      ${out(0.114, 12)}
      ${dup(0.115)}
      ${dup(0.116)}
      ${out(0.116, 13)}
      ${dup(0.117)}
      ${dup(0.118)}
      ${dup(0.119)}
      ${out(0.119, 14)}
      0.122 < . 1:1(0) ack ${at(4)}
      ${out(0.122, 4)}
      ${out(0.122, 15)}
      0.122 ? caState 2
      0.132 < . 1:1(0) ack ${at(12)}
      0.132 ? caState 0
      0.132 ? cwnd 5
      ${out(0.132, 16)}`,
      RENO,
    )
  })
  it('RFC 6675: the hole is lost when three segments above it were reported, and what was reported is not sent again', () => {
    play(
      `${SACK} 0.1 ! write ${20 * 1448}
      ${outs(0.1, 0, 10)}
      ${sack(0.11, 1, 2)}
      ${out(0.11, 10)}
      ${sack(0.111, 1, 3)}
      ${out(0.111, 11)}
      0.111 ? caState 0
      ${sack(0.112, 1, 4)}
      ${out(0.112, 0)}
      0.112 ? caState 2
      0.112 ? sackedOut 3
      0.112 ? lostOut 1`,
      RENO,
    )
  })
  it('RFC 6675: two holes at once, both sent again in order, then new data up to the threshold of five', () => {
    play(
      `${SACK} 0.1 ! write ${20 * 1448}
      ${outs(0.1, 0, 10)}
      0.11 < . 1:1(0) ack 1 sack ${at(3)}-${at(10)},${at(1)}-${at(2)}
      ${out(0.11, 0)}
      ${out(0.11, 2)}
      ${outs(0.11, 10, 13)}
      0.11 ? lostOut 2
      0.11 ? retransOut 2`,
      RENO,
    )
  })
  it('RFC 6937: in recovery the window comes down by half of what is delivered, to the threshold', () => {
    // Threshold 5 of 10. The k-th report in recovery has let out ceil(5 k / 10) segments: the hole at the first, new ones at
    // the 3rd and 5th; at the 7th five are in flight, which is the threshold.
    play(
      `${SACK} 0.1 ! write ${20 * 1448}
      ${outs(0.1, 0, 10)}
      ${sack(0.11, 1, 2)}
      ${out(0.11, 10)}
      ${sack(0.111, 1, 3)}
      ${out(0.111, 11)}
      ${sack(0.112, 1, 4)}
      ${out(0.112, 0)}
      ${sack(0.113, 1, 5)}
      ${sack(0.114, 1, 6)}
      ${out(0.114, 12)}
      ${sack(0.115, 1, 7)}
      ${sack(0.116, 1, 8)}
      ${out(0.116, 13)}
      ${sack(0.117, 1, 9)}
      ${sack(0.118, 1, 10)}
      0.122 < . 1:1(0) ack ${at(12)}
      0.122 ? cwnd 5
      0.122 ? caState 0
      ${outs(0.122, 14, 17)}`,
      RENO,
    )
  })
  it('after a timeout everything not reported is sent again, in slow start, and what was reported is not', () => {
    // Timeout at 100 + 210 → 312 (wheel). Segments 0, 3, 4 are missing; 1 and 2 were reported.
    play(
      `${SACK} 0.1 ! write ${5 * 1448}
      ${outs(0.1, 0, 4)}
      ${out(0.1, 4, true)}
      ${sack(0.11, 1, 3)}
      ${out(0.312, 0)}
      0.3121 ? cwnd 1
      0.33 < . 1:1(0) ack ${at(3)} ecr 0.312
      ${out(0.33, 3)}
      ${out(0.33, 4, true)}
      0.35 < . 1:1(0) ack ${at(5)}
      0.35 ? caState 0`,
      RENO,
    )
  })
})

describe('tail loss probe (RFC 8985 §7, with Linux’s times)', () => {
  const CUBIC = { settings: { congestion: 'cubic' } }
  it('one segment out: two round trips and the minimum timeout; the probe is the segment itself', () => {
    // srtt 10 ms: 2.5 → 20 ms + 200 ms = 220, but the timeout is due at 210: 100 + 210 → 312.
    play(
      `${SACK} 0.1 ! write 100
      0.1 > P. 1:101(100) ack 1
      0.312 > P. 1:101(100) ack 1
      0.312 ? caState 0
      0.313 < . 1:1(0) ack 101`,
      CUBIC,
    )
  })
  it('several out: after two round trips and two ticks, the last one', () => {
    // 20 + 2 = 22 ticks from 100: 122 + 1 = 123.
    play(
      `${SACK} 0.1 ! write ${3 * 1448}
      ${outs(0.1, 0, 2)}
      ${out(0.1, 2, true)}
      ${out(0.123, 2, true)}
      0.123 ? caState 0
      0.133 < . 1:1(0) ack ${at(3)}`,
      CUBIC,
    )
  })
  it('new data, if the windows allow it, is the better probe', () => {
    play(
      `0 ! listen
      0 < S 0:0(0) win 3000 <mss 1460 sack ts>
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1 win 3000
      0.1 ! write ${4 * 1448}
      ${outs(0.1, 0, 2)}
      0.105 < . 1:1(0) ack 1 win 6000
      ${out(0.105, 2)}
      ${out(0.105, 3, true)}
      ${out(0.128, 3, true)}
      0.133 < . 1:1(0) ack ${at(4)} win 6000`,
      CUBIC,
    )
  })
  it('the SACK of a probe reveals a loss in the middle: recovery, no timeout', () => {
    play(
      `${SACK} 0.1 ! write ${5 * 1448}
      ${outs(0.1, 0, 4)}
      ${out(0.1, 4, true)}
      ${out(0.123, 4, true)}
      0.133 < . 1:1(0) ack ${at(1)} sack ${at(2)}-${at(5)}
      ${out(0.133, 1)}
      0.133 ? caState 2
      0.143 < . 1:1(0) ack ${at(5)}
      0.143 ? caState 0`,
      CUBIC,
    )
  })
})
