/**
 * Goal: every sentence of RFC 9293 (and 5961, 1122) about connections that changes what is sent is a script here.
 * Method: a scripted peer (script.ts). Numbers in scripts are worked out by hand. HZ is 1000, so ticks do not show.
 */
import { describe, it } from 'vitest'
import { play } from './script.ts'

/** The peer opens a connection at 0 s, with an ACK 10 ms later. */
const OPEN = `
  0 ! listen
  0 < S 0:0(0) win 65535 <mss 1460 sack ts>
  0 > S. 0:0(0) ack 1
  0.01 < . 1:1(0) ack 1
`
/** We open a connection. */
const CONNECT = `
  0 ! connect
  0 > S 0:0(0)
  0.01 < S. 0:0(0) ack 1 win 65535 <mss 1460 sack ts>
  0.01 > . 1:1(0) ack 1
`

describe('opening (RFC 9293 §3.10.7)', () => {
  it('three-way handshake, passive', () => {
    play(`${OPEN} 0.02 ? state ESTABLISHED\n 0.02 ? told connected`)
  })
  it('a process that hangs takes no new connection, and goes on with those it has', () => {
    play(`${OPEN} 0.02 ! hang\n 0.03 < P. 1:11(10) ack 1\n 0.03 > . 1:1(0) ack 11`)
    play('0 ! listen\n 0 ! hang\n 0.01 < S 0:0(0) win 65535 <mss 1460>\n 1 ? open 0')
  })
  it('three-way handshake, active', () => {
    play(`${CONNECT} 0.02 ? state ESTABLISHED\n 0.02 ? told connected`)
  })
  it('§3.10.7.1 CLOSED: answers as recording p08a: A, PA, FA → RST with seq = ack', () => {
    for (const flags of ['.', 'P.', 'F.']) play(`0 < ${flags} 1000:1000(0) ack 1\n 0 > R 1:1(0)`)
  })
  it('§3.10.7.1 CLOSED: without ACK → RST+ACK, seq 0, acknowledging all of it (recording p08a: F 1001, none 1000)', () => {
    play('0 < F 1000:1000(0)\n 0 > R. 0:0(0) ack 1001')
    play('0 < - 1000:1000(0)\n 0 > R. 0:0(0) ack 1000')
    play('0 < S 1000:1000(0)\n 0 > R. 0:0(0) ack 1001')
  })
  it('§3.10.7.1 CLOSED: a RST is never answered (recording p08a)', () => {
    for (const flags of ['R', 'R.', 'SR', 'FR']) play(`0 < ${flags} 1000:1000(0) ack 1`)
  })
  it('§3.10.7.2 LISTEN: RST is ignored, ACK is reset, what is neither is dropped, SYN is answered', () => {
    play(`0 ! listen
      0 < R 7:7(0)
      0 < . 7:7(0) ack 99
      0 > R 99:99(0)
      0 < F 7:7(0)
      0 < SF 7:7(0)
      0.1 < S 0:0(0) <mss 1460>
      0.1 > S. 0:0(0) ack 1`)
  })
  it('§3.10.7.3 SYN-SENT: an ACK of something else is reset', () => {
    play(`0 ! connect
      0 > S 0:0(0)
      0.1 < S. 0:0(0) ack 2
      0.1 > R 2:2(0)
      0.2 < S. 0:0(0) ack 1 <mss 1460 sack ts>
      0.2 > . 1:1(0) ack 1`)
  })
  it('§3.10.7.3 SYN-SENT: RST counts only with an acceptable ACK: connection refused', () => {
    play(`0 ! connect
      0 > S 0:0(0)
      0.1 < R 0:0(0)
      0.1 ? state SYN-SENT
      0.2 < R. 0:0(0) ack 1
      0.2 ? told refused
      0.2 ? open 0`)
  })
  it('§3.5 simultaneous open: SYN crosses SYN, both answer SYN-ACK', () => {
    play(`0 ! connect
      0 > S 0:0(0)
      0.1 < S 0:0(0) <mss 1460 sack ts>
      0.1 > S. 0:0(0) ack 1
      0.2 < S. 0:0(0) ack 1 <mss 1460 sack ts>
      0.2 ? state ESTABLISHED`)
  })
  it('§3.10.7.4 SYN-RECEIVED: a repeated SYN gets the SYN-ACK again; a wrong ACK is reset; RST ends it', () => {
    play(`0 ! listen
      0 < S 0:0(0) <mss 1460 sack ts>
      0 > S. 0:0(0) ack 1
      0.1 < S 0:0(0) <mss 1460 sack ts>
      0.1 > S. 0:0(0) ack 1
      0.2 < . 1:1(0) ack 5
      0.2 > R 5:5(0)
      0.3 < R 1:1(0)
      0.3 ? open 0`)
  })
  it('SYN-ACK is repeated after 1, 2, 4, 8, 16 s (wheel steps 0.064, 0.512 s … at HZ 1000) and given up after five', () => {
    // d = 1000 → level 2, step 64: (1000 >> 6) + 1 = 16 → 1.024; + 2000 = 3024 → 48 × 64 = 3.072; + 4000 = 7072 → 111 × 64 = 7.104;
    // + 8000 → level 3, step 512: 15104 → 30 × 512 = 15.360; + 16000 = 31360 → 62 × 512 = 31.744; + 32000 = 63744 → 125 × 512 = 64.0.
    play(`0 ! listen
      0 < S 0:0(0) <mss 1460 sack ts>
      0 > S. 0:0(0) ack 1
      1.024 > S. 0:0(0) ack 1
      3.072 > S. 0:0(0) ack 1
      7.104 > S. 0:0(0) ack 1
      15.36 > S. 0:0(0) ack 1
      31.744 > S. 0:0(0) ack 1
      63.999 ? open 1
      64.001 ? open 0`)
  })
  it('§3.7.1 without an MSS option segments carry 536 bytes; with one, what it says less the timestamps', () => {
    play(`0 ! listen
      0 < S 0:0(0) win 65535
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1
      0.02 ! write 600
      0.02 > . 1:537(536) ack 1
      0.02 > P. 537:601(64) ack 1`)
    play(`0 ! listen
      0 < S 0:0(0) win 65535 <mss 1000 sack ts>
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1
      0.02 ! write 1000
      0.02 > . 1:989(988) ack 1
      0.02 > P. 989:1001(12) ack 1`)
  })
})

describe('segments of an open connection (RFC 9293 §3.10.7.4, RFC 5961)', () => {
  it('outside the window: answered with an ACK and dropped, a RST there is ignored', () => {
    play(`${OPEN}
      0.1 < . 70000:70000(0) ack 1
      0.1 > . 1:1(0) ack 1
      0.2 < R 70000:70000(0)
      0.3 < R 0:0(0)
      0.3 ? state ESTABLISHED`)
  })
  it('RST with exactly the next number resets; another one in the window is asked to prove it (RFC 5961 §3)', () => {
    play(`${OPEN}
      0.1 < R 100:100(0)
      0.1 > . 1:1(0) ack 1
      0.2 < R 1:1(0)
      0.2 ? told connected; reset
      0.2 ? open 0`)
  })
  it('SYN on an open connection is answered with an ACK (RFC 5961 §4)', () => {
    play(`${OPEN} 0.1 < S 1:1(0)\n 0.1 > . 1:1(0) ack 1\n 0.1 ? state ESTABLISHED`)
  })
  it('without the ACK bit it is dropped', () => {
    play(`${OPEN} 0.1 < P 1:11(10)\n 0.1 ? told connected`)
  })
  it('an ACK of data that was not sent is answered and the segment dropped', () => {
    play(`${OPEN} 0.1 < P. 1:11(10) ack 50\n 0.1 > . 1:1(0) ack 1\n 0.1 ? told connected`)
  })
  it('data that overlaps what was received counts once', () => {
    play(`${OPEN}
      0.1 < P. 1:101(100) ack 1
      0.1 > . 1:1(0) ack 101
      0.2 < P. 51:201(150) ack 1
      0.2 > . 1:1(0) ack 201 sack 51-101
      0.2 ? told connected; data 100; data 100`)
  })
  it('sequence numbers wrap', () => {
    play(
      `${OPEN}
      0.1 < P. 1:1001(1000) ack 1
      0.1 > . 1:1(0) ack 1001
      0.2 < P. 1001:2001(1000) ack 1
      0.2 > . 1:1(0) ack 2001
      0.2 ? told connected; data 1000; data 1000`,
      { peerIss: -500 },
    )
  })
})

describe('closing (RFC 9293 §3.6, §3.10.4)', () => {
  it('we close first: FIN, then the peer’s FIN is acknowledged, TIME-WAIT', () => {
    play(`${OPEN}
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.2 < . 1:1(0) ack 2
      0.2 ? timewait 1
      0.3 < F. 1:1(0) ack 2
      0.3 > . 2:2(0) ack 2
      0.3 ? timewait 1
      0.3 ? open 0`)
  })
  it('the peer closes first: told, then our FIN, and nothing remains', () => {
    play(`${OPEN}
      0.1 < F. 1:1(0) ack 1
      0.1 ? state CLOSE-WAIT
      0.1 ? told connected; peer closed
      0.1001 ! close
      0.1001 > F. 1:1(0) ack 2
      0.1001 ? state LAST-ACK
      0.2 < . 2:2(0) ack 2
      0.2 ? open 0
      0.2 ? timewait 0`)
  })
  it('a FIN that the application does not answer is acknowledged by the ACK timer: at the next tick, 40 ms once data had come', () => {
    play(`${OPEN}\n 0.1 < F. 1:1(0) ack 1\n 0.101 > . 1:1(0) ack 2`)
    play(`${OPEN}
      0.1 < P. 1:101(100) ack 1
      0.1 > . 1:1(0) ack 101
      0.2 < F. 101:101(0) ack 1
      0.241 > . 1:1(0) ack 102`)
  })
  it('both at once: CLOSING, each acknowledges, TIME-WAIT', () => {
    play(`${OPEN}
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.11 < F. 1:1(0) ack 1
      0.11 > . 2:2(0) ack 2
      0.11 ? state CLOSING
      0.2 < . 2:2(0) ack 2
      0.2 ? open 0
      0.2 ? timewait 1`)
  })
  it('FIN with the ACK of our FIN: straight to TIME-WAIT', () => {
    play(`${OPEN}
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.2 < F. 1:1(0) ack 2
      0.2 > . 2:2(0) ack 2
      0.2 ? open 0
      0.2 ? timewait 1`)
  })
  it('what was written before close is delivered first; the FIN rides on the last segment that has not left', () => {
    play(`0 ! listen
      0 < S 0:0(0) win 2000 <mss 1460 sack ts>
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1 win 2000
      0.02 ! write 2500
      0.02 > . 1:1449(1448) ack 1
      0.03 ! close
      0.04 < . 1:1(0) ack 1449 win 2000
      0.04 > FP. 1449:2501(1052) ack 1
      0.05 < . 1:1(0) ack 2502 win 2000`)
  })
  it('half-close: after our FIN data still comes in (§3.6 case 1)', () => {
    play(`${OPEN}
      0.1 ! shutdown
      0.1 > F. 1:1(0) ack 1
      0.2 < P. 1:101(100) ack 2
      0.2 > . 2:2(0) ack 101
      0.2 ? state FIN-WAIT-2
      0.2 ? told connected; data 100
      0.3 < F. 101:101(0) ack 2
      0.3 > . 2:2(0) ack 102
      0.3 ? told connected; data 100; peer closed
      0.3 ? timewait 1`)
  })
  it('RFC 1122 §4.2.2.13: data for an application that is gone is reset', () => {
    play(`${OPEN}
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.2 < P. 1:101(100) ack 1
      0.2 > R 1:1(0)
      0.2 ? open 0`)
    play(`${OPEN}
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.2 < . 1:1(0) ack 2
      0.3 < P. 1:101(100) ack 2
      0.3 > R 2:2(0)
      0.3 ? timewait 0`)
  })
  it('TIME-WAIT: a repeated FIN is acknowledged again and restarts the wait', () => {
    play(`${OPEN}
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.2 < F. 1:1(0) ack 2
      0.2 > . 2:2(0) ack 2
      30 < F. 1:1(0) ack 2
      30 > . 2:2(0) ack 2
      65 ? timewait 1
      95 ? timewait 0`)
  })
  it('TIME-WAIT: a SYN beyond the old numbers opens the flow anew (§3.6.1)', () => {
    play(`${OPEN}
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.2 < F. 1:1(0) ack 2
      0.2 > . 2:2(0) ack 2
      1 < . 5:5(0) ack 2
      1 > . 2:2(0) ack 2
      2 ? timewait 1`)
  })
  it('abort: RST with ACK, and the connection is gone', () => {
    play(`${OPEN} 0.1 ! abort\n 0.1 > R. 1:1(0) ack 1\n 0.1 ? open 0`)
  })
  it('close before the handshake is complete sends nothing', () => {
    play('0 ! connect\n 0 > S 0:0(0)\n 0.5 ! close\n 0.5 ? open 0\n 5 ? open 0')
  })
})
