/**
 * What a receiver sends: delayed ACKs as Linux has them, duplicate ACKs, SACK and D-SACK (RFC 1122 §4.2.3.2, RFC 5681 §4.2, RFC 2018, RFC 2883).
 * Scripts as in connection.test.ts; HZ 1000, so the ACK timeout of 40 ms fires at the 41st tick.
 */
import { describe, it } from 'vitest'
import { play } from './script.ts'

const OPEN = `
  0 ! listen
  0 < S 0:0(0) win 65535 <mss 1460 sack ts>
  0 > S. 0:0(0) ack 1
  0.01 < . 1:1(0) ack 1
`
/** Uses up the sixteen quick ACKs of a connection's beginning with full segments, 1 ms apart from 0.1 s; 23168 bytes. */
const quick = Array.from({ length: 16 }, (_, i) => {
  const at = (0.1 + i / 1000).toFixed(3)
  return `${at} < . ${1 + i * 1448}:${1 + (i + 1) * 1448}(1448) ack 1\n ${at} > . 1:1(0) ack ${1 + (i + 1) * 1448}`
}).join('\n')
const NEXT = 1 + 16 * 1448

describe('delayed ACKs', () => {
  it('the first sixteen segments are acknowledged at once, then every second full one (RFC 5681 §4.2)', () => {
    play(`${OPEN} ${quick}
      0.2 < . ${NEXT}:${NEXT + 1448}(1448) ack 1
      0.2 < . ${NEXT + 1448}:${NEXT + 2896}(1448) ack 1
      0.2 > . 1:1(0) ack ${NEXT + 2896}`)
  })
  it('a single full segment is acknowledged by the timer', () => {
    // 16 gaps of 1 ms: the timeout settles at half of itself plus 20 ms, that is 38–40 ms.
    play(`${OPEN} ${quick}
      0.117 < . ${NEXT}:${NEXT + 1448}(1448) ack 1
      0.158 > . 1:1(0) ack ${NEXT + 1448}`)
  })
  it('a full segment that ends a write is acknowledged as soon as it was read', () => {
    play(`${OPEN} ${quick}
      0.117 < P. ${NEXT}:${NEXT + 1448}(1448) ack 1
      0.117 > . 1:1(0) ack ${NEXT + 1448}`)
  })
  it('a small segment is acknowledged as soon as it was read, unless a conversation is on', () => {
    play(`${OPEN} ${quick}
      0.117 < P. ${NEXT}:${NEXT + 5}(5) ack 1
      0.117 > . 1:1(0) ack ${NEXT + 5}`)
  })
  it('in a conversation the answer carries the ACK (recording y02: no bare ACK between line and answer)', () => {
    play(`${OPEN}
      0.1 < P. 1:6(5) ack 1
      0.1 > . 1:1(0) ack 6
      0.1 ! write 8
      0.1 > P. 1:9(8) ack 6
      0.1003 < . 6:6(0) ack 9
      0.5 < P. 6:11(5) ack 9
      0.5001 ! write 8
      0.5001 > P. 9:17(8) ack 11
      0.5003 < . 11:11(0) ack 17`)
  })
  it('in a conversation without an answer the ACK comes after 40 ms, and the conversation is over', () => {
    play(`${OPEN}
      0.1 < P. 1:6(5) ack 1
      0.1 > . 1:1(0) ack 6
      0.1 ! write 8
      0.1 > P. 1:9(8) ack 6
      0.1003 < . 6:6(0) ack 9
      0.5 < P. 6:11(5) ack 9
      0.541 > . 9:9(0) ack 11
      0.6 < P. 11:16(5) ack 9
      0.6 > . 9:9(0) ack 16`)
  })
})

describe('out of order (RFC 5681 §4.2, RFC 2018)', () => {
  it('a gap: a duplicate ACK at once, with the block that arrived; filled: an ACK at once', () => {
    play(`${OPEN}
      0.1 < . 1001:2001(1000) ack 1
      0.1 > . 1:1(0) ack 1 sack 1001-2001
      0.2 < . 1:1001(1000) ack 1
      0.2 > . 1:1(0) ack 2001
      0.2 ? told connected; data 2000`)
  })
  it('the first block is the newest, then the others by how recently they changed; adjacent ones are one', () => {
    play(`${OPEN}
      0.1 < . 1001:2001(1000) ack 1
      0.1 > . 1:1(0) ack 1 sack 1001-2001
      0.1 < . 3001:4001(1000) ack 1
      0.1 > . 1:1(0) ack 1 sack 3001-4001,1001-2001
      0.1 < . 5001:6001(1000) ack 1
      0.1 > . 1:1(0) ack 1 sack 5001-6001,3001-4001,1001-2001
      0.1 < . 2001:3001(1000) ack 1
      0.1 > . 1:1(0) ack 1 sack 1001-4001,5001-6001`)
  })
  it('at most three blocks beside timestamps', () => {
    play(`${OPEN}
      0.1 < . 1001:1501(500) ack 1
      0.1 > . 1:1(0) ack 1 sack 1001-1501
      0.1 < . 2001:2501(500) ack 1
      0.1 > . 1:1(0) ack 1 sack 2001-2501,1001-1501
      0.1 < . 3001:3501(500) ack 1
      0.1 > . 1:1(0) ack 1 sack 3001-3501,2001-2501,1001-1501
      0.1 < . 4001:4501(500) ack 1
      0.1 > . 1:1(0) ack 1 sack 4001-4501,3001-3501,2001-2501`)
  })
  it('RFC 2883: data that came twice is the first block', () => {
    play(`${OPEN}
      0.1 < P. 1:1001(1000) ack 1
      0.1 > . 1:1(0) ack 1001
      0.2 < P. 1:1001(1000) ack 1
      0.2 > . 1:1(0) ack 1001 sack 1-1001
      0.3 < . 2001:3001(1000) ack 1
      0.3 > . 1:1(0) ack 1001 sack 2001-3001
      0.3 < . 2001:3001(1000) ack 1
      0.3 > . 1:1(0) ack 1001 sack 2001-3001,2001-3001`)
  })
  it('without SACK the same ACKs, bare', () => {
    play(`0 ! listen
      0 < S 0:0(0) win 65535 <mss 1460>
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1
      0.1 < . 1001:2001(1000) ack 1
      0.1 > . 1:1(0) ack 1
      0.2 < P. 1:1001(1000) ack 1
      0.2 > . 1:1(0) ack 2001
      0.3 < P. 1:1001(1000) ack 1
      0.3 > . 1:1(0) ack 2001`)
  })
  it('a FIN ahead of data waits for it', () => {
    play(`${OPEN}
      0.1 < F. 1001:2001(1000) ack 1
      0.1 > . 1:1(0) ack 1 sack 1001-2001
      0.1 ? state ESTABLISHED
      0.2 < . 1:1001(1000) ack 1
      0.2 > . 1:1(0) ack 2002
      0.2 ? told connected; data 2000; peer closed
      0.2 ? state CLOSE-WAIT`)
  })
})
