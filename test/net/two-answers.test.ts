/**
 * Goal: when two hosts hold one address the first answer counts for a second (locktime), a gratuitous ARP always; and a cable
 * that is pulled takes no route away. Method: three hosts on a switch, which serves its ports in the order of names.
 */
import { describe, expect, it } from 'vitest'
import { DROP_NO_CARRIER } from '../../sim-core/net/index.ts'
import { ip, lab } from './lab.ts'

const A = { address: '10.0.0.1' }
const B1 = { address: '10.0.0.2', staticVips: ['10.0.0.100'] }
const B2 = { address: '10.0.0.3', staticVips: ['10.0.0.100'] }

describe('two hosts with one address', () => {
  const twins = () => {
    const l = lab({ a: A, b1: B1, b2: B2 })
    const { network } = l
    const vip = network.addresses.intern(ip('10.0.0.100'))
    const announce = (host: string) => network.neighbours.announceAddress(network.stack.hosts[l.hostIndex(host)].nics[0], vip)
    return { ...l, announce }
  }

  it('the first answer counts, not the last', () => {
    const { engine, delivered, send } = twins()
    send('a', '10.0.0.100', 1)
    engine.run(1e9)
    expect(delivered.map(d => d.host)).toEqual(['b1'])
  })

  it('who asks is believed at once, whatever was learnt before (arp_process)', () => {
    const { engine, network, delivered, send, later, hostIndex } = twins()
    send('a', '10.0.0.100', 1)
    later(0.4e9, () => network.neighbours.forget(hostIndex('b2'), network.addresses.intern(ip('10.0.0.1'))))
    later(0.5e9, () => send('b2', '10.0.0.1', 2, 1500, '10.0.0.100')) // b2 has to ask for a, in the name of the VIP
    later(0.6e9, () => send('a', '10.0.0.100', 3))
    engine.run(1e9)
    expect(delivered.map(d => d.host)).toEqual(['b1', 'a', 'b2'])
  })

  it('a gratuitous ARP counts at once', () => {
    const { engine, delivered, send, later, announce } = twins()
    send('a', '10.0.0.100', 1)
    later(0.5e9, () => announce('b2'))
    later(0.6e9, () => send('a', '10.0.0.100', 2))
    engine.run(1e9)
    expect(delivered.map(d => d.host)).toEqual(['b1', 'b2'])
  })
})

describe('what a gratuitous ARP is worth', () => {
  it('a changed entry is used at once, asked about 5 s later, and given up after three questions', () => {
    const l = lab({ a: A, b1: B1, b2: B2 })
    const { network, engine, delivered } = l
    const vip = network.addresses.intern(ip('10.0.0.100'))
    const nicOf = (host: string) => network.stack.hosts[l.hostIndex(host)].nics[0]
    l.send('a', '10.0.0.100', 1)
    l.later(1e9, () => network.neighbours.announceAddress(nicOf('b2'), vip))
    l.later(2e9, () => network.setCut(nicOf('b2'), 'from', true))
    // One packet each 1.001 s from 2.002 s on: DELAY ends at 7.002 s, three questions, and at 10.002 s everybody is asked.
    for (let s = 2; s <= 11; s++) l.later(s * 1.001e9, () => l.send('a', '10.0.0.100', s))
    engine.run(12e9)
    expect(delivered.map(d => `${d.host} ${d.srcPort}`)).toEqual([
      'b1 1',
      ...[2, 3, 4, 5, 6, 7, 8, 9].map(s => `b2 ${s}`),
      ...[10, 11].map(s => `b1 ${s}`),
    ])
  })
})

describe('a pulled cable', () => {
  it('loses what is sent; there is still a route, as on Linux', () => {
    const { engine, network, dropped, send, later, hostIndex } = lab({ a: A, b: { address: '10.0.0.4' } })
    const nic = network.stack.hosts[hostIndex('a')].nics[0]
    send('a', '10.0.0.4', 1)
    later(1e9, () => network.setCarrier(nic, false))
    later(2e9, () => send('a', '10.0.0.4', 2))
    engine.run(3e9)
    expect(dropped.map(d => d.reason)).toEqual([DROP_NO_CARRIER])
  })
})
