/**
 * Single sentences of the RFCs that change what is sent, beyond those that the other files here play out. Each test names
 * its sentence. Scripts as in connection.test.ts; HZ 1000; NewReno in Linux's form without loss probe unless said.
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
const RENO = { settings: { congestion: 'reno', lossProbe: false } } as const
const at = (n: number) => 1 + n * 1448
const out = (time: number, n: number, push = false) => `${time.toFixed(6)} > ${push ? 'P.' : '.'} ${at(n)}:${at(n + 1)}(1448) ack 1`
const outs = (time: number, from: number, to: number) => Array.from({ length: to - from }, (_, i) => out(time, from + i)).join('\n')

describe('RFC 9293', () => {
  it('§3.10.7.4: a lost FIN is sent again like data, and doubles the timeout', () => {
    play(
      `${SACK} 0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.312 > F. 1:1(0) ack 1
      0.736 > F. 1:1(0) ack 1
      0.74 < . 1:1(0) ack 2
      0.75 < F. 1:1(0) ack 2
      0.75 > . 2:2(0) ack 2`,
      RENO,
    )
  })
  it('§3.10.7.4: a segment from before what was acknowledged is answered, and its window is not believed', () => {
    play(
      `${SACK}
      0.1 < P. 1:11(10) ack 1 win 65535
      0.1 > . 1:1(0) ack 11
      0.2 < . 1:1(0) ack 1 win 100
      0.2 > . 1:1(0) ack 11
      0.2 ? sndWnd 65535`,
      RENO,
    )
  })
  it('§3.8.4: a segment without anything new, such as a keep-alive, is answered', () => {
    play(
      `${SACK}
      0.1 < P. 1:11(10) ack 1
      0.1 > . 1:1(0) ack 11
      5 < . 10:10(0) ack 1
      5 > . 1:1(0) ack 11`,
      RENO,
    )
  })
  it('§3.10.7.8 TIME-WAIT: data is answered with an ACK; Linux lets an exact RST end the wait (tcp_rfc1337 0)', () => {
    play(
      `${SACK} 0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.11 < F. 1:1(0) ack 2
      0.11 > . 2:2(0) ack 2
      0.2 < P. 2:12(10) ack 2
      0.2 > . 2:2(0) ack 2
      0.2 ? timewait 1
      0.3 < R 9:9(0)
      0.3 ? timewait 1
      0.4 < R 2:2(0)
      0.4 ? timewait 0`,
      RENO,
    )
  })
  it('§3.6: the side that closes second has nothing to wait for', () => {
    play(
      `${SACK}
      0.1 < F. 1:1(0) ack 1
      0.1 ! close
      0.1 > F. 1:1(0) ack 2
      0.11 < . 2:2(0) ack 2
      0.11 ? timewait 0
      0.11 ? open 0`,
      RENO,
    )
  })
})

describe('RFC 5961', () => {
  it('§5.2: an ACK older than the largest window is answered and its segment dropped; a merely old one is not', () => {
    play(
      `${SACK.replace('win 65535', 'win 2000')}
      0.02 ! write 1000
      0.02 > P. 1:1001(1000) ack 1
      0.03 < . 1:1(0) ack 1001 win 2000
      0.04 ! write 1400
      0.04 > P. 1001:2401(1400) ack 1
      0.05 < . 1:1(0) ack 2401 win 2000
      0.1 < P. 1:11(10) ack 400 win 2000
      0.1 > . 2401:2401(0) ack 1
      0.2 < P. 1:11(10) ack 401 win 2000
      0.2 > . 2401:2401(0) ack 11
      0.2 ? told connected; data 10`.replaceAll('0.01 < . 1:1(0) ack 1\n', '0.01 < . 1:1(0) ack 1 win 2000\n'),
      { settings: { ...RENO.settings, timestamps: false } },
    )
  })
})

describe('RFC 5681', () => {
  it('§2: an ACK is a duplicate only without data and with the same window', () => {
    play(
      `${PLAIN} 0.1 ! write ${10 * 1448}
      ${outs(0.1, 0, 9)}
      ${out(0.1, 9, true)}
      0.111 < P. 1:11(10) ack 1
      0.111 > . ${at(10)}:${at(10)}(0) ack 11
      0.112 < . 11:11(0) ack 1 win 60000
      0.113 < . 11:11(0) ack 1 win 59000
      0.114 < . 11:11(0) ack 1 win 58000
      0.114 ? caState 0`,
      RENO,
    )
  })
  it('§4.2: a segment that fills part of a gap is acknowledged at once, too', () => {
    play(
      `${SACK}
      0.1 < . ${at(0)}:${at(1)}(1448) ack 1
      0.1 > . 1:1(0) ack ${at(1)}
      0.2 < . ${at(3)}:${at(4)}(1448) ack 1
      0.2 > . 1:1(0) ack ${at(1)} sack ${at(3)}-${at(4)}
      0.3 < . ${at(1)}:${at(2)}(1448) ack 1
      0.3 > . 1:1(0) ack ${at(2)} sack ${at(3)}-${at(4)}`,
      RENO,
    )
  })
  it('§3.1: a second timeout of the same segment leaves the threshold as it was', () => {
    play(
      `${SACK} 0.1 ! write ${8 * 1448}
      ${outs(0.1, 0, 7)}
      ${out(0.1, 7, true)}
      ${out(0.312, 0)}
      0.313 ? ssthresh 5
      ${out(0.736, 0)}
      0.737 ? ssthresh 5
      0.737 ? cwnd 1`,
      RENO,
    )
  })
})

describe('RFC 6582', () => {
  it('§3.2 step 1: after a timeout, duplicate ACKs of what was sent before it begin no fast retransmit', () => {
    // Each of them says that a segment has left the network, so that the next one presumed lost may follow; no more.
    play(
      `${PLAIN} 0.1 ! write ${6 * 1448}
      ${outs(0.1, 0, 5)}
      ${out(0.1, 5, true)}
      ${out(0.312, 0)}
      0.32 < . 1:1(0) ack ${at(1)}
      ${out(0.32, 1)}
      ${out(0.32, 2)}
      0.33 < . 1:1(0) ack ${at(1)}
      ${out(0.33, 3)}
      0.331 < . 1:1(0) ack ${at(1)}
      ${out(0.331, 4)}
      0.332 < . 1:1(0) ack ${at(1)}
      ${out(0.332, 5, true)}
      0.332 ? caState 3
      0.332 ? ssthresh 5`,
      RENO,
    )
  })
})

describe('RFC 6298', () => {
  it('§5.7: a SYN that had to be repeated, and no timestamps to measure it by: the first timeout is 3 s', () => {
    play(
      `0 ! connect
      0 > S 0:0(0)
      1.024 > S 0:0(0)
      1.03 < S. 0:0(0) ack 1 <mss 1460>
      1.03 > . 1:1(0) ack 1
      1.03 ? rto 3000`,
      { settings: { ...RENO.settings, timestamps: false } },
    )
  })
  it('§2.4, §2.5: never below 200 ms above the round trip, never above 120 s', () => {
    play(
      `${SACK} 0.1 ! write 100
      0.1 > P. 1:101(100) ack 1
      0.1001 ? rto 210
      ${[0.312, 0.736, 1.6, 3.328, 6.72, 13.824, 27.648, 54.784, 110.592, 221.184].map(t => `${t} > P. 1:101(100) ack 1`).join('\n')}
      221.185 ? rto 120000`,
      RENO,
    )
  })
})

describe('RFC 2018', () => {
  it('§3: four blocks where no timestamps take their room', () => {
    const blocks = [1, 3, 5, 7, 9].map(n => `${at(n)}-${at(n + 1)}`)
    const arrivals = [1, 3, 5, 7, 9].map((n, i) => {
      const newestFirst = blocks
        .slice(0, i + 1)
        .reverse()
        .slice(0, 4)
        .join(',')
      return `0.${i + 1} < . ${at(n)}:${at(n + 1)}(1448) ack 1\n0.${i + 1} > . 1:1(0) ack 1 sack ${newestFirst}`
    })
    play(`${open('mss 1448 sack')} ${arrivals.join('\n')}`, RENO)
  })
  it('§2: without SACK-permitted on both SYNs no block is sent', () => {
    play(
      `${open('mss 1460 ts')}
      0.1 < . ${at(1)}:${at(2)}(1448) ack 1
      0.1 > . 1:1(0) ack 1`,
      RENO,
    )
    play(
      `${SACK}
      0.1 < . ${at(1)}:${at(2)}(1448) ack 1
      0.1 > . 1:1(0) ack 1`,
      { settings: { ...RENO.settings, sack: false } },
    )
  })
})

describe('RFC 8985 §7', () => {
  const PROBE = { settings: { congestion: 'reno' } } as const
  it('§7.3: one probe only; what follows it is the timeout', () => {
    // Probe 22 ticks after 100 → 123; the timeout of 210 counts from it: 333 → 336.
    play(
      `${SACK} 0.1 ! write ${3 * 1448}
      ${outs(0.1, 0, 2)}
      ${out(0.1, 2, true)}
      ${out(0.123, 2, true)}
      ${out(0.336, 0)}
      0.337 ? caState 3`,
      PROBE,
    )
  })
  it('§7.4.2: the ACK of the probe without a D-SACK means that it repaired a loss: the window is halved, once', () => {
    // One segment is left at 110: two round trips and 200 ms are more than the timeout, 110 + 210 → 328 by the wheel.
    play(
      `${SACK} 0.1 ! write ${3 * 1448}
      ${outs(0.1, 0, 2)}
      ${out(0.1, 2, true)}
      0.11 < . 1:1(0) ack ${at(2)}
      ${out(0.328, 2, true)}
      0.335 < . 1:1(0) ack ${at(3)}
      0.335 ? cwnd 10
      0.34 ! write 1448
      ${out(0.34, 3, true)}
      0.35 < . 1:1(0) ack ${at(4)}
      0.35 ? cwnd 5`,
      PROBE,
    )
  })
  it('§7.4.2: with a D-SACK the original had arrived, too, and the window stays', () => {
    play(
      `${SACK} 0.1 ! write ${3 * 1448}
      ${outs(0.1, 0, 2)}
      ${out(0.1, 2, true)}
      0.11 < . 1:1(0) ack ${at(2)}
      ${out(0.328, 2, true)}
      0.329 < . 1:1(0) ack ${at(3)}
      0.338 < . 1:1(0) ack ${at(3)} sack ${at(2)}-${at(3)}
      0.34 ! write 1448
      ${out(0.34, 3, true)}
      0.35 < . 1:1(0) ack ${at(4)}
      0.35 ? cwnd 10`,
      PROBE,
    )
  })
})
