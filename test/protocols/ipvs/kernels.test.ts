/**
 * Goal: each difference between kernel releases is a sentence here, with every answer.
 * Method: the same commands and packets on a director of each release (4.4; 5.x, that is 5.10; 6.x, that is 6.1).
 */
import { describe, expect, it } from 'vitest'
import type { KernelRelease } from '../../../sim-core/protocols/ipvs/index.ts'
import { Workbench } from './bench-director.ts'

const VIP = '10.0.0.100:80'
const CLIENT = '10.0.0.50:2000'
const servers = (how: string) => `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.21:80 ${how} -w 1\n-a -t ${VIP} -r 10.0.0.22:80 ${how} -w 1`
const DIRECT = servers('-g')
const NAT = servers('-m')
const KERNELS: KernelRelease[] = ['4.4', '5.x', '6.x']

function bench(kernel: KernelRelease, rules = DIRECT, settings: Readonly<Record<string, number>> = {}): Workbench {
  const b = new Workbench(100, 0, ['d1'], kernel)
  b.load(rules)
  for (const [name, value] of Object.entries(settings)) b.ipvs.sysctl(0, name, value)
  return b
}

const flags = (b: Workbench, all: string) => {
  for (const f of all) b.packet(CLIENT, VIP, f)
}
/** Where the last packet went: the last number of the server's address, or what became of it. */
const fate = (b: Workbench): string => (b.sent.at(-1)?.how === 'sent' ? `.${b.sent.at(-1)?.to.split('.')[3]}` : `${b.sent.at(-1)?.how}`)
const each = (ask: (kernel: KernelRelease) => unknown) => KERNELS.map(ask)

describe('4.4, 5.x and 6.x', () => {
  it('a half-open connection counts as inactive before 4.8', () => {
    const counts = each(kernel => {
      const b = bench(kernel)
      flags(b, 'S')
      const halfOpen = b.counts()[0]
      flags(b, 'A')
      return [halfOpen, b.counts()[0]]
    })
    expect(counts).toEqual([
      ['10.0.0.22 0/1', '10.0.0.22 1/0'],
      ['10.0.0.22 1/0', '10.0.0.22 1/0'],
      ['10.0.0.22 1/0', '10.0.0.22 1/0'],
    ])
  })

  it('mh came with 4.18, twos with 5.12', () => {
    const has = (name: string) => each(kernel => bench(kernel).ipvsadm(`-A -t 10.0.0.101:80 -s ${name}`) === undefined)
    expect(has('mh')).toEqual([false, true, true])
    expect(has('twos')).toEqual([false, false, true])
    expect(has('ovf')).toEqual([true, true, true])
  })

  it('timers: before 4.8 late by at most 1/256 of their time, then by the step of their level', () => {
    // FIN_WAIT 120 s at HZ 100, armed at jiffy 10: 12010 + 46 = 12056, the roundest number between them is 12032. Since
    // 4.8 the step is 512 jiffies: 12288.
    const gone = each(kernel => {
      const b = bench(kernel)
      b.run(0.1)
      flags(b, 'SAF')
      for (let jiffy = 12_000; ; jiffy++) {
        b.run(jiffy / 100 + 0.001)
        if (b.connections().length === 0) return jiffy
      }
    })
    expect(gone).toEqual([12032, 12288, 12288])
  })

  it('a SYN after a RST goes to the same server in 4.4, and is scheduled anew later', () => {
    const second = each(kernel => {
      const b = bench(kernel)
      flags(b, 'SARS')
      return fate(b)
    })
    expect(second).toEqual(['.22', '.21', '.21'])
  })

  it('with conn_reuse_mode 0 a SYN stays with its server of weight 0 in 4.4, whatever expire_nodest_conn says', () => {
    const second = each(kernel => {
      const b = bench(kernel, DIRECT, { conn_reuse_mode: 0, expire_nodest_conn: 1 })
      flags(b, 'SA')
      b.ipvsadm(`-e -t ${VIP} -r 10.0.0.22:80 -g -w 0`)
      flags(b, 'S')
      return fate(b)
    })
    expect(second).toEqual(['.22', '.21', '.21'])
  })

  it('expire_nodest_conn: connections of a removed server wait for their next packet in 4.4, which is dropped', () => {
    const after = each(kernel => {
      const b = bench(kernel, DIRECT, { expire_nodest_conn: 1, sloppy_tcp: 1 })
      flags(b, 'SA')
      b.ipvsadm(`-d -t ${VIP} -r 10.0.0.22:80`)
      b.run(1)
      const idle = b.connections().length
      flags(b, 'A')
      const first = fate(b)
      b.run(2)
      flags(b, 'A')
      return [idle, first, fate(b)]
    })
    expect(after).toEqual([
      [1, 'dropped', '.21'],
      [0, '.21', '.21'],
      [0, '.21', '.21'],
    ])
  })

  it('conntrack 1: a SYN that begins anew is always dropped once in 4.4, later not when the old conntrack is closed', () => {
    const answers = each(kernel => {
      const closed = bench(kernel, NAT, { conntrack: 1 })
      flags(closed, 'SA')
      for (const [f, reply] of [
        ['F', true],
        ['F', false],
      ] as const)
        closed.packet(reply ? '10.0.0.22:80' : CLIENT, reply ? CLIENT : VIP, f, { reply })
      flags(closed, 'S')
      const quiesced = bench(kernel, NAT, { conntrack: 1, expire_nodest_conn: 1 })
      flags(quiesced, 'SA')
      quiesced.ipvsadm(`-e -t ${VIP} -r 10.0.0.22:80 -m -w 0`)
      flags(quiesced, 'S')
      return [fate(closed), fate(quiesced)]
    })
    expect(answers).toEqual([
      ['dropped', 'dropped'],
      ['.21', 'dropped'],
      ['.21', 'dropped'],
    ])
  })

  it('a template is NONE in /proc/net/ip_vs_conn in 4.4, ASSURED later once a connection was established', () => {
    const states = each(kernel => {
      const b = bench(kernel, DIRECT.replace('-s rr', '-s rr -p 300'))
      flags(b, 'SA')
      return b.tables().connections.find(c => c.client.port === 0)?.state
    })
    expect(states).toEqual(['NONE', 'ASSURED', 'ASSURED'])
  })

  it('drop_entry: in 4.4 a template is cut to a minute when one of its connections is dropped, later it stays if assured', () => {
    const templates = each(kernel => {
      const b = bench(kernel, DIRECT.replace('-s rr', '-s rr -p 300'), { drop_entry: 3 })
      for (let i = 0; i < 100; i++) for (const f of ['S', ...(i % 2 === 0 ? [] : ['A'])]) b.packet(`10.0.1.${i}:2000`, VIP, f)
      for (let i = 0; i < 100; i++) b.packet(`10.0.1.${i}:2001`, VIP, 'S')
      b.run(55)
      return b.tables().connections.filter(c => c.client.port === 0 && c.expireS < 150).length
    })
    // In 55 looks all but 17 % of 150 half-open connections are dropped; templates themselves end within 300 s otherwise.
    expect(templates[0]).toBeGreaterThan(50)
    expect(templates.slice(1)).toEqual([0, 0])
  })
})
