/**
 * Retransmission times against recordings of Linux 6.1 at HZ 100 (conformance/ipvs): the same starting instant and the
 * same jiffy phase must give the same instants, to the 10 ms tick. What a director's crash does is here a wire that dies.
 */
import { describe, expect, it } from 'vitest'
import type { TcpApplication } from '../../../sim-core/protocols/tcp/index.ts'
import { Wire } from './wire.ts'

const NOTHING: TcpApplication = {
  onConnected: () => undefined,
  onData: () => undefined,
  onMessage: () => undefined,
  onPeerClosed: () => undefined,
  onClosed: () => undefined,
}

/** Runs `actions` (seconds → what) over a wire that loses everything between `from` and `to` seconds. */
function run(
  o: { jiffiesAtT0: number; deadFrom: number; deadTo: number; until: number },
  actions: (wire: Wire) => [number, () => void][],
): Wire {
  const wire = new Wire({
    jiffiesAtT0: o.jiffiesAtT0,
    lose: (_from, _n, _p, _k, now) => now >= o.deadFrom * 1e9 && now < o.deadTo * 1e9,
  })
  const list = actions(wire)
  const kind = wire.engine.addKind(i => list[i][1]())
  list.forEach(([at], i) => {
    wire.engine.schedule(Math.round(at * 1e9), kind, i)
  })
  wire.run(o.until)
  return wire
}

const seconds = (wire: Wire, from: number, after: number, flags: string) =>
  wire.seen.filter(s => s.from === from && s.atNs > after * 1e9 && s.flags === flags).map(s => Math.round(s.atNs / 1e4) / 1e5)

describe('retransmission of data', () => {
  it('one line in flight: probe after 21 ticks, then timeouts of 21, 42, 84, 168 (recording y02, flows 22000 and 22001)', () => {
    const times = (last: number): number[] => {
      const wire = run({ jiffiesAtT0: 4294937596, deadFrom: last, deadTo: 15.3152, until: 17 }, w => {
        const { tcp } = w
        let conn = -1
        const echo = tcp.register({ ...NOTHING, onData: c => tcp.write(c, 8) })
        const client = tcp.register({ ...NOTHING, onConnected: c => tcp.write((conn = c), 5) })
        tcp.listen(1, 7000, echo)
        const lines: [number, () => void][] = [
          [last - 1.5, () => tcp.connect(0, { remote: w.hostAddress[1], remotePort: 7000, application: client })],
        ]
        for (const at of [last - 1, last - 0.5, last]) lines.push([at, () => tcp.write(conn, 5)])
        return lines
      })
      return seconds(wire, 0, last, 'P.')
    }
    expect(times(12.505411)).toEqual([12.72, 12.94, 13.37, 14.28, 16.04])
    expect(times(12.606089)).toEqual([12.82, 13.04, 13.47, 14.36, 16.12])
  })

  it('two segments every 100 ms, ACKs lost: timeouts at the instants of recording e05, window back to one segment', () => {
    const wire = run({ jiffiesAtT0: 4294949496, deadFrom: 16.209475, deadTo: 100, until: 45 }, w => {
      const { tcp } = w
      let conn = -1
      const server = tcp.register({ ...NOTHING, onConnected: c => (conn = c) })
      const client = tcp.register(NOTHING)
      tcp.listen(1, 80, server)
      const lines: [number, () => void][] = [
        [8.000006, () => tcp.connect(0, { remote: w.hostAddress[1], remotePort: 80, application: client })],
      ]
      for (let k = 0; k < 200; k++) lines.push([8.000613 + k / 10, () => tcp.write(conn, 2000)])
      return lines
    })
    const fromServer = wire.seen.filter(s => s.from === 1 && s.bytes > 0 && s.atNs > 16.7e9)
    // Recorded: RST of the new director at 19.600 answers the client's ACK of a retransmission; the client's own RSTs
    // answer those of 23.040, 30.160 and 44.240.
    expect(fromServer.map(s => Math.round(s.atNs / 1e7) / 100).filter(t => t > 18)).toEqual([19.6, 23.04, 30.16, 44.24])
    expect(fromServer.every(s => s.bytes === 1448)).toBe(true)
    // "last data 0.291 s after the crash": the send of 16.5006 was the last with new data.
    const newData = wire.seen.filter(
      (s, i) => s.from === 1 && s.bytes > 0 && !wire.seen.slice(0, i).some(x => x.from === 1 && x.seq === s.seq && x.bytes > 0),
    )
    expect(newData.at(-1)?.atNs).toBe(16_500_613_000)
  })
})

describe('retransmission of SYN', () => {
  it('requests of e02: the SYNs of 15.3–17.4 s are repeated at the recorded instants', () => {
    // t of the first SYN → t_wire of the second, less 50 us (recording e02, jiffies_at_t0 4294939096).
    const recorded: [number, number][] = [
      [15.300011, 16.32],
      [15.400011, 16.48],
      [15.500011, 16.56],
      [15.600011, 16.64],
      [15.700011, 16.72],
      [15.800011, 16.88],
      [16.900011, 17.92],
      [17.000011, 18.08],
    ]
    const wire = run({ jiffiesAtT0: 4294939096, deadFrom: 0, deadTo: 100, until: 18.9 }, w => {
      const application = w.tcp.register(NOTHING)
      return recorded.map(([at], i) => [
        at,
        () => w.tcp.connect(0, { remote: w.hostAddress[1], remotePort: 80, localPort: 30000 + i, application }),
      ])
    })
    const first = recorded.map(([at]) => at)
    const seen = wire.seen.map(s => s.atNs / 1e9).filter(t => !first.some(f => Math.abs(f - t) < 1e-6))
    expect(seen.slice(0, recorded.length)).toEqual(recorded.map(([, again]) => again))
  })
})
