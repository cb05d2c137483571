/**
 * Goal: each scheduler's rule is a short sequence that a reader can check, and all of them keep the common promises.
 * Method: hand-worked sequences; a shared suite over every registered scheduler with random services. Long recorded
 * sequences are in recordings.test.ts (s01–s13, p05).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIpv4 } from '../../../sim-core/base/address.ts'
import { randomStream } from '../../../sim-core/base/random.ts'
import { DEST_AVAILABLE, DEST_OVERLOADED, Destinations } from '../../../sim-core/protocols/ipvs/destinations.ts'
import { type Scheduler, SCHEDULERS, type SchedulingContext, schedulerNamed } from '../../../sim-core/protocols/ipvs/schedulers/index.ts'
import { sipHash13 } from '../../../sim-core/protocols/ipvs/schedulers/siphash.ts'
import type { Service } from '../../../sim-core/protocols/ipvs/services.ts'

/** A service on its own; server rows are 1, 2, 3 … in adding order and called A, B, C …. */
class Rig {
  readonly dests: Destinations
  readonly context: SchedulingContext
  readonly scheduler: Scheduler
  readonly service: Service

  constructor(name: string, flags: readonly string[] = []) {
    const addresses = Array.from({ length: 100 }, (_, i) => 0x0a000014 + i)
    this.dests = new Destinations({ value: addresses })
    this.context = { dests: this.dests, hz: 100, random: randomStream(1, name) }
    this.scheduler = schedulerNamed(name) as Scheduler
    this.service = {
      ...{ id: 0, protocol: 4, address: 0, port: 80, mark: 0, scheduler: name, schedulerFlags: flags, onePacket: false },
      ...{
        persistenceJiffies: 0,
        netmask: 0xffffffff,
        engine: '',
        servers: [],
        state: null,
        refusing: false,
        explained: false,
        carriesOn: false,
        passing: false,
      },
    }
    this.service.state = this.scheduler.init(this.service, this.context)
  }

  add(weight: number): this {
    const dest = this.dests.create(this.dests.rows, 80)
    this.dests.flags[dest] = DEST_AVAILABLE
    this.weigh(dest, weight)
    this.service.servers.unshift(dest)
    this.scheduler.changed?.(this.service, this.context, { kind: 'added', dest, position: 0 })
    return this
  }

  weigh(dest: number, weight: number): void {
    this.dests.weight[dest] = weight
    if (weight > 0) this.dests.lastWeight[dest] = weight
  }

  change(dest: number, weight: number): void {
    this.weigh(dest, weight)
    this.scheduler.changed?.(this.service, this.context, { kind: 'changed', dest, position: this.service.servers.indexOf(dest) })
  }

  remove(dest: number): void {
    const position = this.service.servers.indexOf(dest)
    this.service.servers.splice(position, 1)
    this.dests.flags[dest] &= ~DEST_AVAILABLE
    this.scheduler.changed?.(this.service, this.context, { kind: 'removed', dest, position })
  }

  /** `-` = nobody. */
  pick(client = '10.0.0.50', clientPort = 20_000, virtual = '10.0.0.100', now = 0): string {
    const request = { client: parseIpv4(client) ?? 0, clientPort, virtual: parseIpv4(virtual) ?? 0, now }
    const dest = this.scheduler.schedule(this.service, this.context, request)
    return dest === 0 ? '-' : String.fromCharCode(64 + dest)
  }

  /** So many connections in a row, each kept open when `open`. */
  picks(n: number, open = false): string {
    let out = ''
    for (let i = 0; i < n; i++) {
      const p = this.pick()
      out += p
      if (open && p !== '-') this.dests.active[p.charCodeAt(0) - 64]++
    }
    return out
  }
}

describe('schedulers, sequences worked out by hand', () => {
  it('rr begins with the server added last, which heads the list', () => {
    expect(new Rig('rr').add(1).add(1).add(1).picks(7)).toBe('CBACBAC')
  })

  it('rr goes on after the same server when one is added or removed', () => {
    const rig = new Rig('rr').add(1).add(1).add(1)
    expect(rig.picks(2)).toBe('CB')
    rig.add(1) // list D C B A, last B
    expect(rig.picks(2)).toBe('AD')
    rig.remove(4) // the one chosen last: its predecessor, the head of the list, takes its place
    expect(rig.picks(2)).toBe('CB')
  })

  it('rr skips weight 0 and full servers, and refuses when none is left', () => {
    const rig = new Rig('rr').add(1).add(0).add(1)
    rig.dests.flags[3] |= DEST_OVERLOADED
    expect(rig.picks(3)).toBe('AAA')
    rig.change(1, 0)
    expect(rig.pick()).toBe('-')
  })

  it('wrr {A 4, B 3, C 2}, list A B C: every server once, then passes of 4, 3, 2, 1', () => {
    const rig = new Rig('wrr').add(2).add(3).add(4) // rows: A = 2, B = 3, C = 4; list C B A
    expect(rig.picks(21)).toBe('CBA' + 'CCBCBACBA' + 'CCBCBACBA')
  })

  it('wrr starts with its heaviest when it replaces another scheduler', () => {
    const rig = new Rig('rr').add(2).add(3).add(4)
    const wrr = schedulerNamed('wrr') as Scheduler
    rig.service.state = wrr.init(rig.service, rig.context)
    const row = (): number => wrr.schedule(rig.service, rig.context, { client: 0, clientPort: 0, virtual: 0, now: 0 })
    expect([row(), row(), row(), row(), row(), row(), row(), row(), row()]).toEqual([3, 3, 2, 3, 2, 1, 3, 2, 1])
  })

  it('wrr with a common divisor: {A 4, B 2} gives A A B as {2, 1} does', () => {
    const rig = new Rig('wrr').add(2).add(4) // A = 2, B = 4; list B A
    expect(rig.picks(8)).toBe('BA' + 'BBABBA')
  })

  it('wrr refuses when all are full and goes on when one is free again', () => {
    const rig = new Rig('wrr').add(1).add(2)
    for (const dest of [1, 2]) rig.dests.flags[dest] |= DEST_OVERLOADED
    expect(rig.picks(3)).toBe('---')
    rig.dests.flags[1] &= ~DEST_OVERLOADED
    expect(rig.picks(3)).toBe('AAA')
  })

  it('lc counts an active connection as 256 inactive ones and ignores weights', () => {
    const rig = new Rig('lc').add(1).add(50)
    rig.dests.active[1] = 1
    rig.dests.inactive[2] = 255
    expect(rig.pick()).toBe('B')
    rig.dests.inactive[2] = 256
    expect(rig.pick()).toBe('B') // equal: B heads the list
    rig.dests.inactive[2] = 257
    expect(rig.pick()).toBe('A')
  })

  it('wlc divides by the weight: of weights 1 and 3 the second gets three of four that stay open', () => {
    const rig = new Rig('wlc').add(1).add(3)
    expect(rig.picks(8, true)).toBe('BABBBABB') // loads/weight: 0 0 → B; B 85, A 0 → A; then B until 3 × 256 / 3 = 256 = A
  })

  it('sed looks at the connection to come: an idle slow server waits', () => {
    const rig = new Rig('sed').add(1).add(3)
    expect(rig.picks(4, true)).toBe('BBBA') // (0+1)/3, (1+1)/3, (2+1)/3 = (0+1)/1: B first; then 4/3 > 1
  })

  it('nq gives the idle server the connection first', () => {
    const rig = new Rig('nq').add(1).add(3)
    expect(rig.picks(4, true)).toBe('BABB')
  })

  it('fo uses the heaviest that is there', () => {
    const rig = new Rig('fo').add(1).add(3).add(2)
    expect(rig.pick()).toBe('B')
    rig.change(2, 0)
    expect(rig.pick()).toBe('C')
  })

  it('ovf fills the heaviest to one more than its weight, then the next; then refuses', () => {
    expect(new Rig('ovf').add(1).add(2).picks(7, true)).toBe('BBBAA--')
  })

  it('sh: the same client always gets the same server; a quiesced one refuses unless sh-fallback', () => {
    const plain = new Rig('sh').add(1).add(1)
    const home = plain.pick('10.0.0.77')
    expect(plain.pick('10.0.0.77', 1)).toBe(home)
    const row = home.charCodeAt(0) - 64
    plain.change(row, 0)
    expect(plain.pick('10.0.0.77')).toBe('-')
    const fallback = new Rig('sh', ['sh-fallback']).add(1).add(1)
    fallback.change(row, 0)
    expect(fallback.pick('10.0.0.77')).toBe(home === 'A' ? 'B' : 'A')
  })

  it('sh-port: the ports of one client spread', () => {
    const rig = new Rig('sh', ['sh-port']).add(1).add(1)
    const seen = new Set(Array.from({ length: 20 }, (_, i) => rig.pick('10.0.0.77', 1000 + i)))
    expect(seen.size).toBe(2)
  })

  it('dh looks at the virtual address only, and not at weights', () => {
    const rig = new Rig('dh').add(1).add(9)
    const byAddress = Array.from({ length: 40 }, (_, i) => rig.pick('10.0.0.50', i, `10.9.1.${i}`))
    expect(byAddress.filter(p => p === 'A').length).toBeGreaterThan(10)
    expect(rig.pick('10.0.0.99', 5, '10.9.1.7')).toBe(byAddress[7])
  })

  it('mh: when a server goes, clients of the others keep theirs', () => {
    const rig = new Rig('mh').add(1).add(1).add(1).add(1)
    const clients = Array.from({ length: 200 }, (_, i) => `10.1.${i}.7`)
    const before = clients.map(c => rig.pick(c))
    rig.remove(2)
    const after = clients.map(c => rig.pick(c))
    const moved = clients.filter((_, i) => before[i] !== 'B' && before[i] !== after[i]).length
    expect(before.filter(p => p === 'B').length).toBeGreaterThan(25)
    expect(moved).toBeLessThan(20) // of 150: Maglev moves a few percent; a plain modulo would move two thirds
  })

  it('lblc keeps an address on its server until that is overloaded while another is half idle', () => {
    const rig = new Rig('lblc').add(2).add(2)
    expect(rig.pick('c', 0, '10.9.1.1')).toBe('B')
    rig.dests.active[2] = 2
    expect(rig.pick('c', 0, '10.9.1.1')).toBe('B') // not more than its weight
    rig.dests.active[2] = 3
    rig.dests.active[1] = 1
    expect(rig.pick('c', 0, '10.9.1.1')).toBe('B') // nobody below half
    rig.dests.active[1] = 0
    expect(rig.pick('c', 0, '10.9.1.1')).toBe('A')
    expect(rig.pick('c', 0, '10.9.1.1')).toBe('A')
  })

  it('lblc forgets an address after 24 hours without a request', () => {
    const rig = new Rig('lblc').add(1).add(1)
    expect(rig.pick('c', 0, '10.9.1.1', 0)).toBe('B')
    rig.dests.inactive[2] = 5
    expect(rig.pick('c', 0, '10.9.1.1', 8_640_000)).toBe('B')
    expect(rig.pick('c', 0, '10.9.1.1', 8_640_000 * 2 + 1)).toBe('A')
  })

  it('lblcr adds a server to the set of an address and later drops the busiest', () => {
    const rig = new Rig('lblcr').add(2).add(2)
    expect(rig.pick('c', 0, '10.9.1.1', 0)).toBe('B')
    rig.dests.active[2] = 3
    expect(rig.pick('c', 0, '10.9.1.1', 10)).toBe('A') // A joins
    rig.dests.active[1] = 1
    rig.dests.active[2] = 0
    expect(rig.pick('c', 0, '10.9.1.1', 20)).toBe('B') // still of the set, now the idler
    rig.pick('c', 0, '10.9.1.1', 8_640_000) // in use, so it is not forgotten
    rig.pick('c', 0, '10.9.1.1', 8_640_000 + 20) // 24 hours after the set grew: A, with more load, leaves it
    rig.dests.active[1] = 0
    rig.dests.active[2] = 2
    expect(rig.pick('c', 0, '10.9.1.1', 8_640_000 + 30)).toBe('B')
  })

  it('twos draws from its own stream: the same seed, the same servers', () => {
    const run = (): string => new Rig('twos').add(1).add(2).add(3).picks(50)
    expect(run()).toBe(run())
    expect(new Set(run())).toEqual(new Set(['A', 'B', 'C']))
  })
})

describe('promises of every scheduler', () => {
  const weights = fc.array(fc.nat(5), { minLength: 0, maxLength: 6 })
  const step = fc.record({ what: fc.nat(4), dest: fc.nat(5), weight: fc.nat(5) })
  /** May refuse although somebody could serve. */
  const mayRefuse = new Set(['sh', 'dh', 'mh', 'ovf'])

  it.each(SCHEDULERS.map(s => s.name))('%s chooses usable servers of its service only, and its state is plain data', name => {
    fc.assert(
      fc.property(weights, fc.array(step, { maxLength: 40 }), (first, steps) => {
        const rig = new Rig(name)
        for (const w of first) rig.add(w)
        for (const s of steps) {
          const dest = rig.service.servers[s.dest % Math.max(1, rig.service.servers.length)]
          if (s.what === 0) rig.add(s.weight)
          else if (s.what === 1 && dest !== undefined) rig.change(dest, s.weight)
          else if (s.what === 2 && dest !== undefined && rig.service.servers.length > 1) rig.remove(dest)
          else if (s.what === 3 && dest !== undefined) rig.dests.flags[dest] ^= DEST_OVERLOADED
          const row = rig.pick(`10.0.${s.dest}.${s.weight}`, s.weight).charCodeAt(0) - 64
          const usable = rig.service.servers.filter(d => rig.dests.usable(d))
          if (row > 0) {
            // lblc asks a remembered server for its weight and load, not for its threshold (ip_vs_lblc.c).
            expect(name === 'lblc' ? rig.service.servers.filter(d => rig.dests.weight[d] > 0) : usable).toContain(row)
            rig.dests.active[row]++
          } else if (!mayRefuse.has(name)) expect(usable).toEqual([])
        }
        expect(structuredClone(rig.service.state)).toEqual(rig.service.state)
      }),
      { numRuns: 60 },
    )
  })

  it('every scheduler says in one line what it does, and names are those of ipvsadm', () => {
    const known = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh', 'twos']
    expect(SCHEDULERS.map(s => s.name)).toEqual(known)
    for (const s of SCHEDULERS) expect(s.rule.length).toBeGreaterThan(20)
  })
})

describe('SipHash-1-3 of a word', () => {
  /** The readable twin: 64-bit words as BigInt. */
  function readable(word: number, key: number): number {
    const mask = (1n << 64n) - 1n
    const rotate = (x: bigint, n: bigint): bigint => ((x << n) | (x >> (64n - n))) & mask
    const k = BigInt(key)
    const b = (4n << 56n) | BigInt(word >>> 0)
    let [v0, v1, v2, v3] = [0x736f6d6570736575n ^ k, 0x646f72616e646f6dn ^ k, 0x6c7967656e657261n ^ k, 0x7465646279746573n ^ k]
    const round = (): void => {
      v0 = (v0 + v1) & mask
      v1 = rotate(v1, 13n) ^ v0
      v0 = rotate(v0, 32n)
      v2 = (v2 + v3) & mask
      v3 = rotate(v3, 16n) ^ v2
      v0 = (v0 + v3) & mask
      v3 = rotate(v3, 21n) ^ v0
      v2 = (v2 + v1) & mask
      v1 = rotate(v1, 17n) ^ v2
      v2 = rotate(v2, 32n)
    }
    v3 ^= b
    round()
    v0 ^= b
    v2 ^= 0xffn
    round()
    round()
    round()
    return Number((v0 ^ v1 ^ v2 ^ v3) & 0xffffffffn)
  }

  it('equals its BigInt twin', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (word, key) => {
        expect(sipHash13(word | 0, key)).toBe(readable(word, key))
      }),
    )
  })
})
