/** A path that carries less than the host's own line: RFC 1191 and what Linux makes of it, on a wire with a router's rule. */
import { describe, expect, it } from 'vitest'
import { ICMP_FRAGMENTATION_NEEDED, ICMP_UNREACHABLE, PACKET_ICMP, PACKET_TCP } from '../../../sim-core/net/index.ts'
import { Wire } from './wire.ts'

/** A wire that drops what is larger than `mtu` and tells the sender. */
function narrow(mtu: number): Wire {
  const wire: Wire = new Wire({
    lose: (from, _n, p, k) => {
      if (k.ipBytes[p] <= mtu) return false
      const q = k.alloc(PACKET_ICMP, wire.engine.now, 0, -1)
      k.src[q] = k.dst[p]
      k.dst[q] = wire.hostAddress[from]
      k.body[q] = {
        type: ICMP_UNREACHABLE,
        code: ICMP_FRAGMENTATION_NEEDED,
        mtuBytes: mtu,
        about: { kind: PACKET_TCP, src: k.src[p], dst: k.dst[p], srcPort: k.srcPort[p], dstPort: k.dstPort[p], seq: k.seq[p] },
      }
      wire.arriveLater(q)
      return true
    },
  })
  return wire
}

function transfer(wire: Wire, writes: readonly number[]): { bytes: number; messages: number[] } {
  const { tcp } = wire
  const got = { bytes: 0, messages: [] as number[] }
  const nothing = () => undefined
  const sink = tcp.register({
    onConnected: nothing,
    onData: (_c, n) => {
      got.bytes += n
    },
    onMessage: (_c, m) => got.messages.push((m as { end: number }).end),
    onPeerClosed: c => tcp.close(c),
    onClosed: nothing,
  })
  const source = tcp.register({
    onConnected: c => {
      let end = 0
      for (const bytes of writes) tcp.write(c, bytes, { end: (end += bytes) })
      tcp.close(c)
    },
    onData: nothing,
    onMessage: nothing,
    onPeerClosed: nothing,
    onClosed: nothing,
  })
  tcp.listen(1, 80, sink)
  tcp.connect(0, { remote: wire.hostAddress[1], remotePort: 80, application: source })
  wire.run(wire.engine.now / 1e9 + 5)
  return got
}

describe('path MTU', () => {
  it('a tunnel takes 20 bytes: the segments are cut, sent again at once, and everything arrives in order', () => {
    const wire = narrow(1480)
    expect(transfer(wire, [5000, 3, 12_000])).toEqual({ bytes: 17_003, messages: [5000, 5003, 17_003] })
    const data = wire.seen.filter(s => s.from === 0 && s.bytes > 0)
    // Of the first ten eight were of 1448 bytes and lost, 200 us later ICMP was there; 1480 − 40 − 12 = 1428 fit.
    expect(data.filter(s => s.lost).length).toBe(8)
    expect(data.find(s => !s.lost && s.seq === 1)).toMatchObject({ bytes: 1428 })
    expect(data.filter(s => !s.lost).every(s => s.bytes <= 1428)).toBe(true)
    expect((data.at(-1)?.atNs ?? 0) / 1e6).toBeLessThan(2)
    expect([wire.tcp.segments.used, wire.packets.inUse]).toEqual([0, 0])
  })
  it('the next connection knows', () => {
    const wire = narrow(1480)
    transfer(wire, [20_000])
    const lost = wire.seen.filter(s => s.lost).length
    expect(transfer(wire, [20_000]).bytes).toBe(20_000)
    expect(wire.seen.filter(s => s.lost).length).toBe(lost)
  })
  it('a path MTU below 552 bytes is not believed (min_pmtu), so nothing gets through a path that narrow', () => {
    const wire = narrow(400)
    expect(transfer(wire, [3000]).bytes).toBe(0)
    expect(wire.seen.filter(s => s.from === 0 && s.bytes > 0).at(-1)?.bytes).toBe(500)
  })
})
