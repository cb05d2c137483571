/**
 * Goal: whatever packets come in whatever order, an entry has a timer, its server's counters say what its state says,
 * and in the end everything is gone; with the usual tables and with those of secure_tcp, in direct routing and NAT.
 * Method: every sequence of up to four packets (flags and direction), each from a client port of its own, on one director.
 */
import { describe, expect, it } from 'vitest'
import { TCP_ACTIVE, TCP_STATE_NAMES, TCP_TIMEOUTS_S } from '../../../sim-core/protocols/ipvs/tcp-states.ts'
import { Workbench } from './bench-director.ts'

const VIP = '10.0.0.100:80'
const SERVER = '10.0.0.21:80'
const LENGTH = 4
const IN = ['S', 'A', 'FA', 'R', '']
const OUT = ['SA', 'A', 'FA', 'R']

interface Packet {
  readonly flags: string
  readonly reply: boolean
}

function sequences(packets: readonly Packet[]): Packet[][] {
  let all: Packet[][] = [[]]
  for (let n = 0; n < LENGTH; n++) all = all.flatMap(prefix => packets.map(p => [...prefix, p]))
  return all
}

/** Counters of the only server against the states of its entries. */
function countersHold(b: Workbench): boolean {
  const { connections, services } = b.tables()
  const active = connections.filter(c => TCP_ACTIVE[TCP_STATE_NAMES.indexOf(c.state as (typeof TCP_STATE_NAMES)[number])]).length
  const [server] = services[0].servers
  return server.active === active && server.inactive === connections.length - active
}

describe('every sequence of four packets', () => {
  it.each([
    ['direct routing', '-g', 0],
    ['direct routing under secure_tcp', '-g', 3],
    ['NAT', '-m', 0],
    ['NAT under secure_tcp', '-m', 3],
  ])('%s: counters follow the states, and no entry is left without a timer', (_, forward, secure) => {
    const b = new Workbench(100, 0)
    b.load(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r ${SERVER} ${forward} -w 1`)
    b.ipvs.sysctl(0, 'sloppy_tcp', 1)
    b.ipvs.sysctl(0, 'secure_tcp', secure)
    const packets = [...IN.map(flags => ({ flags, reply: false })), ...(forward === '-m' ? OUT.map(flags => ({ flags, reply: true })) : [])]
    const states = new Set<string>()
    sequences(packets).forEach((sequence, n) => {
      const client = `10.0.${1 + (n >> 12)}.50:${1024 + (n & 4095)}`
      for (const { flags, reply } of sequence) b.packet(reply ? SERVER : client, reply ? client : VIP, flags, { reply })
    })
    for (const c of b.tables().connections) states.add(c.state)
    expect(countersHold(b)).toBe(true)
    expect(states.size).toBeGreaterThanOrEqual(forward === '-m' ? 6 : 5)
    for (const s of [15, 70, 130]) {
      b.run(s)
      expect(countersHold(b), `at ${s} s`).toBe(true)
    }
    // The longest timeout, late by a step of the wheel's coarsest level that it uses.
    b.run(Math.max(...TCP_TIMEOUTS_S) + 41)
    expect(b.connections()).toEqual([])
    expect(b.counts()).toEqual(['10.0.0.21 0/0'])
  })
})
