/**
 * Whole exchanges between two Linux hosts 100 us apart: what is on the wire, packet by packet, as a director sees it.
 * The order and the times follow the recordings (conformance/ipvs: i01 request → response 300 us through a director,
 * client FIN first; i02 the server first; i04 RST).
 */
import { describe, expect, it } from 'vitest'
import type { CloseReason, TcpApplication } from '../../../sim-core/protocols/tcp/index.ts'
import { Wire, type WireOptions } from './wire.ts'

type Log = string[]

function application(log: Log, name: string, on: Partial<TcpApplication> = {}): TcpApplication {
  return {
    onConnected: c => {
      log.push(`${name} connected`)
      on.onConnected?.(c)
    },
    onData: (c, bytes) => {
      log.push(`${name} data ${bytes}`)
      on.onData?.(c, bytes)
    },
    onMessage: (c, m) => {
      log.push(`${name} message ${(m as { name: string }).name}`)
      on.onMessage?.(c, m)
    },
    onPeerClosed: c => {
      log.push(`${name} peer closed`)
      on.onPeerClosed?.(c)
    },
    onClosed: (c, reason: CloseReason) => {
      log.push(`${name} closed: ${reason}`)
      on.onClosed?.(c, reason)
    },
  }
}

/** A HEAD request: 84 bytes there, 237 back. */
function headRequest(closer: 'client' | 'server' | 'client-rst', options: WireOptions = {}, at = 0) {
  const wire = new Wire(options)
  const { tcp } = wire
  const log: Log = []
  const server = tcp.register(
    application(log, 'server', {
      onMessage: c => {
        tcp.write(c, 237, { name: 'response' })
        if (closer === 'server') tcp.close(c)
      },
      onPeerClosed: c => tcp.close(c),
    }),
  )
  const client = tcp.register(
    application(log, 'client', {
      onConnected: c => tcp.write(c, 84, { name: 'request' }),
      onMessage: c => {
        if (closer === 'client') tcp.close(c)
        if (closer === 'client-rst') tcp.abort(c)
      },
      onPeerClosed: c => tcp.close(c),
    }),
  )
  tcp.listen(1, 80, server)
  const start = wire.engine.addKind(() =>
    tcp.connect(0, { remote: wire.hostAddress[1], remotePort: 80, localPort: 30000, application: client }),
  )
  wire.engine.schedule(at, start, 0)
  return { wire, log }
}

describe('a HEAD request', () => {
  it('closed by the client: SYN, ACK, request, ACK of the response, FIN, ACK of the FIN', () => {
    const { wire, log } = headRequest('client')
    wire.run(1)
    expect(wire.lines()).toEqual([
      '0.000000 h0 S 0:0(0)',
      '0.000100 h1 S. 0:0(0) ack 1',
      '0.000200 h0 . 1:1(0) ack 1',
      '0.000200 h0 P. 1:85(84) ack 1',
      '0.000300 h1 . 1:1(0) ack 85',
      '0.000300 h1 P. 1:238(237) ack 85',
      '0.000400 h0 . 85:85(0) ack 238',
      '0.000400 h0 F. 85:85(0) ack 238',
      '0.000500 h1 F. 238:238(0) ack 86',
      '0.000600 h0 . 86:86(0) ack 239',
    ])
    expect(log).toEqual([
      'client connected',
      'server connected',
      'server data 84',
      'server message request',
      'client data 237',
      'client message response',
      'server peer closed',
    ])
    expect(wire.tcp.rows.used).toBe(0)
    expect(wire.tcp.segments.used).toBe(0)
  })

  it('closed by the server: its FIN follows the response, the client acknowledges with its own FIN', () => {
    const { wire } = headRequest('server')
    wire.run(1)
    expect(wire.lines(s => s.atNs >= 300_000)).toEqual([
      '0.000300 h1 . 1:1(0) ack 85',
      '0.000300 h1 P. 1:238(237) ack 85',
      '0.000300 h1 F. 238:238(0) ack 85',
      '0.000400 h0 . 85:85(0) ack 238',
      '0.000400 h0 F. 85:85(0) ack 239',
      '0.000500 h1 . 239:239(0) ack 86',
    ])
  })

  it('ended by RST: RST with ACK, and the server knows at once (recording i04)', () => {
    const { wire, log } = headRequest('client-rst')
    wire.run(1)
    expect(wire.lines(s => s.atNs >= 400_000)).toEqual(['0.000400 h0 . 85:85(0) ack 238', '0.000400 h0 R. 85:85(0) ack 238'])
    expect(log.at(-1)).toBe('server closed: reset')
    expect(wire.tcp.rows.used + wire.tcp.timeWait.used).toBe(0)
  })

  it('has the sizes of Linux: 60 bytes of SYN, 52 of a bare ACK', () => {
    const { wire } = headRequest('client')
    wire.run(1)
    expect(wire.seen.map(s => s.ipBytes)).toEqual([60, 60, 52, 136, 52, 289, 52, 52, 52, 52])
  })

  it('leaves the closer in TIME-WAIT for 60 s by the timer wheel, the other side with nothing', () => {
    const { wire } = headRequest('client')
    wire.run(60)
    expect(wire.tcp.timeWait.used).toBe(1)
    // 6000 jiffies from jiffy 0: level 3, steps of 512: the wheel runs at (6000 >> 9) + 1 << 9 = 6144.
    wire.run(61.44)
    expect(wire.tcp.timeWait.used).toBe(1)
    wire.run(61.441)
    expect(wire.tcp.timeWait.used).toBe(0)
  })
})

describe('a lost SYN', () => {
  it('is sent again after 1, 2, 4 s by the timer wheel, and the connection is given up after six (recording e02b)', () => {
    const { wire, log } = headRequest('client', { lose: () => true })
    wire.run(300)
    // From jiffy 0 at HZ 100: 100 → level 1, step 8: ((100 >> 3) + 1) << 3 = 104; 104 + 200 = 304 → 312; + 400 → 712 → 720 …
    // beyond 504 jiffies the step is 64: 720 + 800 = 1520 → 1536; + 1600 = 3136 → 3200 (64 × 50); + 3200 = 6400 → 6464 …
    expect(wire.seen.map(s => s.atNs / 1e7)).toEqual([0, 104, 312, 720, 1536, 3200, 6464])
    expect(log).toEqual(['client closed: timeout'])
    expect(wire.tcp.rows.used).toBe(0)
  })

  it('delays the answer by 1.02–1.08 s when one is lost', () => {
    for (const at of [0, 13_000_000, 77_000_000]) {
      const { wire, log } = headRequest('client', { lose: (from, n) => from === 0 && n === 0 }, at)
      wire.run(3)
      expect(log).toContain('client message response')
      const second = wire.seen.filter(s => s.flags === 'S')[1]
      expect((second.atNs - at) / 1e9).toBeGreaterThan(1)
      expect((second.atNs - at) / 1e9).toBeLessThanOrEqual(1.08)
    }
  })
})

describe('a segment that arrives twice in one instant', () => {
  /** What the server sends from the request on, which is the client's third packet. */
  function answers(processesLast: boolean): string[] {
    const wire = new Wire({ processesLast, disturb: (from, n) => (from === 0 && n === 3 ? 3 : 0) })
    const { tcp } = wire
    const server = tcp.register(application([], 'server', { onData: c => tcp.write(c, 8) }))
    const client = tcp.register(application([], 'client', { onConnected: c => tcp.write(c, 5) }))
    tcp.listen(1, 80, server)
    tcp.connect(0, { remote: wire.hostAddress[1], remotePort: 80, localPort: 30000, application: client })
    wire.run(0.01)
    return wire.seen.filter(s => s.from === 1 && s.atNs > 200_000).map(s => `${s.flags} ${s.bytes}`)
  }

  it('is answered by the process, then acknowledged again; where processes run last it is the other way round', () => {
    expect(answers(false)).toEqual(['. 0', 'P. 8', '. 0'])
    expect(answers(true)).toEqual(['. 0', '. 0', 'P. 8'])
  })
})

describe('three segments of one write', () => {
  /** ACKs of the twelfth write of 3000 bytes: the quick ones of the beginning are over. */
  function acks(processesLast: boolean): number {
    const wire = new Wire({ processesLast })
    const { tcp } = wire
    let connection = -1
    const server = tcp.register(application([], 'server', { onConnected: c => void (connection = c) }))
    const client = tcp.register(application([], 'client'))
    tcp.listen(1, 80, server)
    tcp.connect(0, { remote: wire.hostAddress[1], remotePort: 80, localPort: 30000, application: client })
    for (let n = 1; n <= 12; n++) {
      wire.run(n / 10)
      tcp.write(connection, 3000)
    }
    wire.run(1.25)
    return wire.seen.filter(s => s.from === 0 && s.atNs > 1_200_000_000).length
  }

  it('are acknowledged after two and after three, or once by a process that reads them all', () => {
    expect([acks(false), acks(true)]).toEqual([2, 1])
  })
})
