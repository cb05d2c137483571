/**
 * Goal: what Linux hosts and a learning switch do with a frame, one sentence a test; times worked out by hand.
 */
import { describe, expect, it } from 'vitest'
import { ACCEPTED, DROP_ARP_FAILED, DROP_HOST_DOWN, DROP_NOT_LOCAL, DROP_QUEUE_FULL, DROP_REASONS } from '../../sim-core/net/index.ts'
import { ip, lab } from './lab.ts'

/** 1500 bytes of IP are 1538 on the wire: 12,304 ns at 1 Gbit/s; an ARP frame is 84: 672 ns. Each link adds 50,000. */
const FULL = 12_304 + 50_000
const ARP = 672 + 50_000
const A = { address: '10.0.0.1' }
const B = { address: '10.0.0.2' }
const C = { address: '10.0.0.3' }

describe('a frame on a LAN', () => {
  it('the first packet waits for ARP, two links each way, then takes two links', () => {
    const { engine, delivered, send } = lab({ a: A, b: B })
    send('a', '10.0.0.2')
    engine.run(1e9)
    expect(delivered).toEqual([{ t: 4 * ARP + 2 * FULL, host: 'b', srcPort: 1 }])
  })

  it('packets of one instant are sent one after the other', () => {
    const { engine, delivered, send, later } = lab({ a: A, b: B })
    const sendAll = (ports: number[]) => ports.map(port => send('a', '10.0.0.2', port))
    send('a', '10.0.0.2', 1)
    later(1e9, () => sendAll([2, 3, 4]))
    engine.run(2e9)
    const t = delivered.slice(1).map(d => d.t - 1e9)
    expect(t).toEqual([2 * FULL, 2 * FULL + 12_304, 2 * FULL + 2 * 12_304])
  })

  it('drops what does not fit the queue, the frame being sent not counted', () => {
    const { engine, delivered, dropped, send, later } = lab({ a: A, b: B }, { queuePackets: 2 })
    const sendAll = (ports: number[]) => ports.map(port => send('a', '10.0.0.2', port))
    send('a', '10.0.0.2', 1)
    later(1e9, () => sendAll([2, 3, 4, 5, 6]))
    engine.run(2e9)
    expect(delivered.map(d => d.srcPort)).toEqual([1, 2, 3, 4])
    expect(dropped).toEqual([5, 6].map(() => ({ t: 1e9, host: 'a', reason: DROP_QUEUE_FULL })))
  })

  it('a rate that does not divide a second is exact in the long run', () => {
    const { engine, delivered, send, later } = lab({ a: A, b: B }, { rateBps: 3e9, delayNs: 0 })
    send('a', '10.0.0.2', 0)
    later(1e9, () => Array.from({ length: 900 }, (_, i) => send('a', '10.0.0.2', i + 1)))
    engine.run(2e9)
    // 900 frames of 1538 bytes at 3 Gbit/s: 3,691,200 ns on the first link; the second adds one frame, rounded down once.
    expect(delivered[900].t - 1e9).toBeGreaterThanOrEqual(3_691_200 + 4_101)
    expect(delivered[900].t - 1e9).toBeLessThanOrEqual(3_691_200 + 4_102)
  })
})

describe('ARP', () => {
  it('asks three times a second apart, then drops what waits', () => {
    const { engine, dropped, send } = lab({ a: A, b: B })
    send('a', '10.0.0.9')
    engine.run(10e9)
    expect(dropped).toContainEqual({ t: 3e9, host: 'a', reason: DROP_ARP_FAILED })
  })

  it('a gratuitous ARP moves an address for those who know it, and teaches nobody else', () => {
    const { engine, network, delivered, send, later, hostIndex } = lab({
      a: A,
      b: { ...B, staticVips: ['10.0.0.100'] },
      c: C,
      d: { address: '10.0.0.4' },
    })
    const vip = network.addresses.intern(ip('10.0.0.100'))
    send('a', '10.0.0.100')
    later(1e9, () => {
      network.stack.removeAddress(hostIndex('b'), vip)
      network.stack.addAddress(hostIndex('c'), vip, 2)
      network.neighbours.announceAddress(2, vip)
    })
    later(2e9, () => send('a', '10.0.0.100', 2))
    engine.run(3e9)
    expect(delivered.map(d => d.host)).toEqual(['b', 'c'])
    expect(network.neighbours.table(hostIndex('d'))).toEqual([])
  })

  it('with arp_ignore 1 a VIP on lo is not answered; with 0 the real server takes the traffic: the ARP problem', () => {
    for (const arpIgnore of [1, 0]) {
      const { engine, delivered, send } = lab({ a: A, server: { ...B, vipsOnLo: ['10.0.0.100'], arpIgnore } })
      send('a', '10.0.0.100')
      engine.run(5e9)
      expect(delivered.length).toBe(arpIgnore === 1 ? 0 : 1)
    }
  })

  it('an entry older than 30 s is used and checked: three unicast requests, then forgotten', () => {
    const { engine, network, send, later, hostIndex } = lab({ a: A, b: B })
    send('a', '10.0.0.2')
    later(1e9, () => network.setCut(1, 'from', true)) // b is heard no more
    later(40e9, () => send('a', '10.0.0.2', 2))
    engine.run(44e9)
    expect(network.neighbours.table(hostIndex('a'))).toHaveLength(1)
    engine.run(49e9) // 40 + 5 + 3 × 1
    expect(network.neighbours.table(hostIndex('a'))).toHaveLength(0)
  })

  it('an interface that loses its carrier forgets its neighbours, and in silence what waits for one', () => {
    const { engine, network, delivered, dropped, send, later, hostIndex } = lab({ a: A, b: B })
    send('a', '10.0.0.2')
    later(1e9, () => send('a', '10.0.0.9', 2))
    later(2e9, () => network.setCarrier(0, false))
    later(3e9, () => network.setCarrier(0, true))
    engine.run(5e9)
    expect(network.neighbours.table(hostIndex('a'))).toEqual([])
    expect(delivered.map(d => d.srcPort)).toEqual([1])
    expect(dropped).toContainEqual({ t: 2e9, host: 'a', reason: DROP_ARP_FAILED })
    expect(dropped.filter(d => d.reason === DROP_ARP_FAILED)).toHaveLength(1)
  })
})

describe('switch and power', () => {
  it('a port without carrier is forgotten: frames to the dead host are flooded until it is heard again', () => {
    const { engine, network, happenings, send, later } = lab({ a: A, b: B, c: C })
    send('a', '10.0.0.2')
    later(1e9, () => network.setPower(1, false, false))
    later(2e9, () => send('a', '10.0.0.2', 2))
    const framesToC = () => network.meters.total(ACCEPTED, network.links.names.indexOf('switch→c'))
    engine.run(1.5e9)
    const heard = framesToC()
    engine.run(3e9)
    expect(framesToC() - heard).toBe(1)
    expect(happenings.filter(h => h.kind === 'flood').map(h => h.what)).toEqual(['switch floods frames to b'])
  })

  it('a silent crash keeps the port: frames go there and end there', () => {
    const { engine, network, dropped, send, later } = lab({ a: A, b: B, c: C })
    send('a', '10.0.0.2')
    later(1e9, () => network.setPower(1, false, true))
    later(2e9, () => send('a', '10.0.0.2', 2))
    engine.run(3e9)
    expect(dropped.map(d => [d.host, d.reason])).toEqual([['b', DROP_HOST_DOWN]])
  })

  it('a host that does not forward drops what is not for it; a router passes it on and ages it', () => {
    for (const forward of [false, true]) {
      const { engine, network, delivered, dropped, send, hostIndex } = lab({ a: A, b: { ...B, forward }, c: C })
      const c = network.addresses.intern(ip('10.0.0.3'))
      network.neighbours.preset(hostIndex('a'), c, 8 + 1) // a believes that c lives at b
      send('a', '10.0.0.3')
      engine.run(1e9)
      expect(delivered.map(d => d.host)).toEqual(forward ? ['c'] : [])
      expect(dropped.map(d => d.reason)).toEqual(forward ? [] : [DROP_NOT_LOCAL])
    }
  })

  it('split: hosts of two groups do not hear each other until joined', () => {
    const { engine, network, delivered, send, later } = lab({ a: A, b: B, c: C })
    network.split([[0], [1, 2]])
    send('a', '10.0.0.2', 1)
    later(1.5e9, () => network.split([]))
    engine.run(3.5e9) // the third request, at 2 s, is heard
    expect(delivered.map(d => [d.host, Math.floor(d.t / 1e9)])).toEqual([['b', 2]])
  })

  it('no packet row is lost: after the traffic every row is free again', () => {
    const { engine, network, send, later } = lab({ a: A, b: B, c: C }, { queuePackets: 3 })
    for (let i = 0; i < 200; i++) later(i * 10_000, () => send('abc'[i % 3], `10.0.0.${(i % 4) + 1}`, i))
    engine.run(20e9)
    expect(network.packets.inUse).toBe(0)
  })
})

describe('what nobody takes', () => {
  const losses = (l: ReturnType<typeof lab>): string[] => {
    const out: string[] = []
    const { network, engine } = l
    network.lost = (host, _p, reason) => out.push(`${engine.now / 1e9} s ${network.stack.hostNames[host]}: ${DROP_REASONS[reason]}`)
    return out
  }

  it('a frame to the MAC of an interface without carrier is lost once, at its sender', () => {
    const l = lab({ a: A, b: B, c: C })
    const out = losses(l)
    l.send('a', '10.0.0.2', 1)
    l.later(1e9, () => l.network.setCarrier(l.network.stack.hosts[l.hostIndex('b')].nics[0], false))
    l.later(2e9, () => l.send('a', '10.0.0.2', 2))
    l.engine.run(3e9)
    expect(out).toEqual(['2.000062304 s a: no interface has the MAC'])
  })

  it('a frame to another partition is cut off, whether the switch knows the MAC or not', () => {
    const l = lab({ a: A, b: B })
    const out = losses(l)
    l.send('a', '10.0.0.2', 1)
    l.later(1e9, () => l.network.split([[l.hostIndex('a')], [l.hostIndex('b')]]))
    l.later(2e9, () => l.send('a', '10.0.0.2', 2))
    l.later(3e9, () => l.network.switches.forget(0, l.network.stack.hosts[l.hostIndex('b')].nics[0] * 2 + 1))
    l.later(4e9, () => l.send('a', '10.0.0.2', 3))
    l.engine.run(5e9)
    expect(out).toEqual(['2.000062304 s a: cut off', '4.000062304 s a: cut off'])
  })
})
