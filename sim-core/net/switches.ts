/**
 * Learning switches. A frame's source is learnt on the port it came in by; its destination goes out by the port
 * where it was last heard, to every port when that is unknown or a group, and nowhere when that is the port it came
 * from. A port that loses its carrier forgets what it learnt, so frames to a dead host are flooded until somebody
 * else speaks with its address. Hot path: `receive` is called once a hop.
 */
import { type Stateful, widen } from '../base/tables.ts'
import type { Engine } from '../engine/index.ts'
import { because, type Happening } from '../trace/contract.ts'
import type { Instant } from '../base/units.ts'
import type { Links } from './links.ts'
import { isGroupMac } from './macs.ts'
import type { Packets } from './packets.ts'
import { isSnooped, type Snooping } from './snooping.ts'

export interface SwitchOptions {
  readonly name: string
  /** Outgoing links, one a port, in the order of the neighbours' names. */
  readonly ports: readonly number[]
  readonly macAgeingNs: number
}

export class Switches implements Stateful {
  readonly stateFields = ['outLink', 'seenAt', 'macs', 'flooding', 'groups']
  /** outLink[switch × macs + mac]; −1 = unknown. */
  private outLink: Int32Array
  private seenAt: Float64Array
  private macs: number
  /** Destinations being flooded, by switch × macs + mac, so that each is reported once. */
  private flooding = new Set<number>()
  /** Which partition a port is in (`split`); frames cross only within one. By link. */
  private groups: Int32Array | null = null
  private readonly options: readonly SwitchOptions[]
  private readonly ageingNs: Float64Array
  private readonly engine: Engine
  private readonly packets: Packets
  private readonly links: Links
  private readonly snooping: Snooping
  private readonly report: (h: Happening) => void
  private readonly macName: (mac: number) => string
  /** A frame to an unknown MAC came by a link and goes to every port. */
  private readonly flooded: (inLink: number, p: number) => void
  /** A frame came by a link from one partition, and its port is in another. */
  private readonly cutOff: (inLink: number, outLink: number, p: number) => void

  constructor(
    options: readonly SwitchOptions[],
    wiring: {
      engine: Engine
      packets: Packets
      links: Links
      snooping: Snooping
      macs: number
      report: (h: Happening) => void
      macName: (mac: number) => string
      flooded: (inLink: number, p: number) => void
      cutOff: (inLink: number, outLink: number, p: number) => void
    },
  ) {
    this.options = options
    this.ageingNs = Float64Array.from(options, o => o.macAgeingNs)
    this.engine = wiring.engine
    this.packets = wiring.packets
    this.links = wiring.links
    this.snooping = wiring.snooping
    this.report = wiring.report
    this.macName = wiring.macName
    this.flooded = wiring.flooded
    this.cutOff = wiring.cutOff
    this.macs = wiring.macs
    this.outLink = new Int32Array(options.length * this.macs).fill(-1)
    this.seenAt = new Float64Array(options.length * this.macs)
  }

  receive(sw: number, inLink: number, p: number): void {
    const packets = this.packets
    const now = this.engine.now
    const row = sw * this.macs
    const from = row + packets.srcMac[p]
    if (this.outLink[from] !== (inLink ^ 1)) this.learn(from, inLink ^ 1)
    this.seenAt[from] = now
    const mac = packets.dstMac[p]
    if (!isGroupMac(mac) && this.groups === null) {
      const to = row + mac
      const out = this.outLink[to]
      if (out >= 0 && now - this.seenAt[to] <= this.ageingNs[sw]) {
        if (out === (inLink ^ 1)) packets.free(p)
        else this.links.transmit(out, p)
        return
      }
    }
    this.receiveUnusual(sw, inLink, p)
  }

  private receiveUnusual(sw: number, inLink: number, p: number): void {
    const mac = this.packets.dstMac[p]
    const to = sw * this.macs + mac
    const out = isGroupMac(mac) ? -1 : this.outLink[to]
    if (out >= 0 && this.engine.now - this.seenAt[to] <= this.options[sw].macAgeingNs) {
      if (out === (inLink ^ 1)) this.packets.free(p)
      else if (this.together(inLink ^ 1, out)) this.links.transmit(out, p)
      else {
        this.cutOff(inLink, out, p)
        this.packets.free(p)
      }
      return
    }
    if (!isGroupMac(mac)) {
      this.reportFlood(sw, to, mac)
      this.flooded(inLink, p)
    }
    this.flood(sw, inLink, p)
  }

  private flood(sw: number, inLink: number, p: number): void {
    const links = this.links
    const back = inLink ^ 1
    const group = this.packets.dstMac[p]
    const snooped = isSnooped(group)
    let last = -1
    for (const out of this.options[sw].ports) {
      if (out === back || !links.hasCarrier(out) || !this.together(back, out)) continue
      if (snooped && !this.snooping.passes(out, group, this.engine.now)) continue
      if (last >= 0) links.transmit(last, this.packets.copy(p))
      last = out
    }
    if (last >= 0) links.transmit(last, p)
    else this.packets.free(p)
  }

  /** Whether two ports, by their outgoing links, are in one partition. */
  together(a: number, b: number): boolean {
    return this.groups === null || this.groups[a] === this.groups[b]
  }

  private learn(row: number, link: number): void {
    this.outLink[row] = link
    this.flooding.delete(row)
  }

  private reportFlood(sw: number, row: number, mac: number): void {
    if (this.flooding.has(row)) return
    this.flooding.add(row)
    this.report(floodHappening(this.engine.now, this.options[sw].name, this.macName(mac)))
  }

  /** The port lost its carrier: dynamic entries that point to it are flushed. */
  forget(sw: number, outLink: number): void {
    for (let mac = 0; mac < this.macs; mac++) {
      const row = sw * this.macs + mac
      if (this.outLink[row] === outLink) this.outLink[row] = -1
    }
  }

  /** Ports of one number hear each other only; null joins all again. `groupOf[outLink]`. */
  setGroups(groupOf: Int32Array | null): void {
    this.groups = groupOf
  }

  /** The MAC table as `bridge fdb` shows it: mac number → outgoing link. */
  table(sw: number): { mac: number; link: number; ageNs: number }[] {
    const out: { mac: number; link: number; ageNs: number }[] = []
    for (let mac = 0; mac < this.macs; mac++) {
      const row = sw * this.macs + mac
      if (this.outLink[row] >= 0) out.push({ mac, link: this.outLink[row], ageNs: this.engine.now - this.seenAt[row] })
    }
    return out
  }

  /** Room for more MACs (virtual router MACs). */
  addMacs(count: number): void {
    const wider = this.macs + count
    const outLink = new Int32Array(this.options.length * wider).fill(-1)
    const seenAt = widen(new Float64Array(0), this.options.length * wider)
    for (let sw = 0; sw < this.options.length; sw++) {
      outLink.set(this.outLink.subarray(sw * this.macs, (sw + 1) * this.macs), sw * wider)
      seenAt.set(this.seenAt.subarray(sw * this.macs, (sw + 1) * this.macs), sw * wider)
    }
    this.outLink = outLink
    this.seenAt = seenAt
    this.macs = wider
  }
}

/** A switch does not know where a MAC is; `name`: whose it is. */
export const floodHappening = (now: number, switchName: string, name: string): Happening => ({
  t: now as Instant,
  host: switchName,
  kind: 'flood',
  what: `${switchName} floods frames to ${name}`,
  cause: because('switch-unknown-destination', `no port is known for the MAC of ${name}, so every port gets its frames`, { mac: name }),
  fields: { mac: name },
})
