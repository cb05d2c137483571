/**
 * Who hears whom: the LANs of a network as the flow level sees them, without a frame being sent.
 *
 * Conditions of cables (carrier, cuts, partitions) are asked of the network that the scenario's events act on, so a
 * fault means here what it means to packets. What switches have learnt is one bit a switch and interface: whether the
 * way to it is known; an interface that lost its carrier is forgotten by its own switch, which floods from then on.
 * Trunks form a tree.
 */
import type { LinkOptions, Network, NetworkOptions } from '../net/index.ts'

const NOWHERE = -1

export class Fabric {
  readonly network: Network
  /** As built; what `set` may change is asked of the network, loss and MTU are kept here. */
  readonly options: LinkOptions[]
  readonly lanCount: number
  /** LANs joined by trunks have the same number. */
  readonly domainOfLan: readonly number[]
  readonly nicsOfLan: readonly (readonly number[])[]
  /** towards[lan][other lan]: the link out of the first's switch; −1: itself or not connected. */
  private readonly towards: readonly Int32Array[]
  private readonly away: readonly (readonly number[])[]
  /** Trunk links out of each LAN's switch, ascending. */
  readonly trunksOfLan: readonly (readonly number[])[]
  /** lanAtEnd[link]: the switch that a trunk link leads to. */
  private readonly lanAtEnd: Int32Array
  /** known[lan × interfaces + interface] = 1: the switch knows the way. */
  private readonly known: Uint8Array

  constructor(network: Network, options: NetworkOptions) {
    this.network = network
    this.options = [
      ...options.hosts.flatMap(h => h.interfaces.flatMap(i => [i.up, i.down])),
      ...options.trunks.flatMap(t => [t.forth, t.back]),
    ]
    this.lanCount = options.lans.length
    const lans = options.lans.map((_, lan) => lan)
    this.lanAtEnd = new Int32Array(this.options.length).fill(NOWHERE)
    options.trunks.forEach((t, i) => {
      this.lanAtEnd[network.trunkLinks + 2 * i] = t.to
      this.lanAtEnd[network.trunkLinks + 2 * i + 1] = t.from
    })
    this.trunksOfLan = lans.map(lan =>
      options.trunks.flatMap((t, i) => [
        ...(t.from === lan ? [network.trunkLinks + 2 * i] : []),
        ...(t.to === lan ? [network.trunkLinks + 2 * i + 1] : []),
      ]),
    )
    this.nicsOfLan = lans.map(lan => network.lanOfNic.flatMap((l, nic) => (l === lan ? [nic] : [])))
    this.towards = lans.map(lan => this.spread(lan))
    this.away = lans.map(lan => this.trunksFrom(lan))
    this.domainOfLan = lans.map(lan => lans.findIndex(other => other === lan || this.towards[lan][other] >= 0))
    this.known = new Uint8Array(this.lanCount * network.nics.length)
  }

  domainOf(nic: number): number {
    return this.domainOfLan[this.network.lanOfNic[nic]]
  }

  /** The switch at the far end of a trunk link. */
  endOfTrunk(link: number): number {
    return this.lanAtEnd[link]
  }

  /** The links of a frame's way between two interfaces; undefined when no cables join them. */
  way(from: number, to: number): number[] | undefined {
    const links = [2 * from]
    let lan = this.network.lanOfNic[from]
    const end = this.network.lanOfNic[to]
    while (lan !== end) {
      const link = this.towards[lan][end]
      if (link < 0) return undefined
      links.push(link)
      lan = this.lanAtEnd[link]
    }
    return [...links, 2 * to + 1]
  }

  /** Whether a frame sent by interface `from` would reach interface `to` now. The host's power is not looked at. */
  hears(to: number, from: number): boolean {
    const links = this.way(from, to)
    if (links === undefined) return false
    const { network } = this
    for (let i = 0; i < links.length; i++) {
      if (!network.links.isOpen(links[i])) return false
      if (i > 0 && !network.switches.together(links[i - 1] ^ 1, links[i])) return false
    }
    return true
  }

  /** Trunk links that lead away from a LAN, each switch's own first. */
  trunksAwayFrom(lan: number): readonly number[] {
    return this.away[lan]
  }

  /** Time from sending a packet of `ipBytes` to its arrival on idle links, ns. */
  delayNs(from: number, to: number, ipBytes: number): number {
    let ns = 0
    for (const l of this.way(from, to) ?? []) {
      const { rateBps, delayNs } = this.network.links.optionsOf(l)
      ns += delayNs + (rateBps === Number.POSITIVE_INFINITY ? 0 : Math.floor((8e9 * this.wireBytes(l, ipBytes)) / rateBps))
    }
    return ns
  }

  wireBytes(link: number, ipBytes: number): number {
    const { overheadBytes, wireBytesMin } = this.options[link]
    return Math.max(wireBytesMin, ipBytes + overheadBytes)
  }

  /** Bit/s of wire that the link carries of packets of this size: the slower of the line and its token bucket. */
  capacityBps(link: number, ipBytes: number): number {
    const { rateBps } = this.network.links.optionsOf(link)
    const { bucket } = this.options[link]
    if (bucket === undefined) return rateBps
    return Math.min(rateBps, (bucket.rateBps * this.wireBytes(link, ipBytes)) / (ipBytes + bucket.overheadBytes))
  }

  /** Packets of this size that may wait. */
  waitingRoom(link: number, ipBytes: number): number {
    const { queuePackets, queueBytes } = this.network.links.optionsOf(link)
    const { bucket } = this.options[link]
    const line = Math.min(queuePackets, queueBytes / this.wireBytes(link, ipBytes))
    return bucket === undefined || bucket.rateBps >= this.network.links.optionsOf(link).rateBps
      ? line
      : bucket.queueBytes / (ipBytes + bucket.overheadBytes)
  }

  // ---- what switches know

  /** A frame of the interface went to the whole LAN (ARP request, advert). */
  heardByAll(nic: number): void {
    if (!this.network.links.isOpen(2 * nic)) return
    for (let lan = 0; lan < this.lanCount; lan++)
      if (this.domainOfLan[lan] === this.domainOf(nic)) this.known[lan * this.network.nics.length + nic] = 1
  }

  /** A frame of the interface went along these links. */
  heardAlong(nic: number, links: readonly number[]): void {
    if (!this.network.links.isOpen(2 * nic)) return
    let lan = this.network.lanOfNic[nic]
    this.known[lan * this.network.nics.length + nic] = 1
    for (const l of links) {
      if (this.lanAtEnd[l] < 0) continue
      lan = this.lanAtEnd[l]
      this.known[lan * this.network.nics.length + nic] = 1
    }
  }

  knows(lan: number, nic: number): boolean {
    return this.known[lan * this.network.nics.length + nic] === 1
  }

  /** The link out of a switch that leads to an interface; −1: none. */
  outTo(lan: number, nic: number): number {
    const there = this.network.lanOfNic[nic]
    return lan === there ? 2 * nic + 1 : this.towards[lan][there]
  }

  /** After an event: the switches of interfaces without carrier forget them. */
  forgetTheDead(): void {
    const { links, nics, lanOfNic } = this.network
    for (let nic = 0; nic < nics.length; nic++) if (!links.hasCarrier(2 * nic)) this.known[lanOfNic[nic] * nics.length + nic] = 0
  }

  private trunksFrom(start: number): number[] {
    const out: number[] = []
    const seen = new Set([start])
    const queue = [start]
    for (let lan = queue.shift(); lan !== undefined; lan = queue.shift())
      for (const l of this.trunksOfLan[lan]) {
        if (seen.has(this.lanAtEnd[l])) continue
        seen.add(this.lanAtEnd[l])
        out.push(l)
        queue.push(this.lanAtEnd[l])
      }
    return out
  }

  /** First links from a LAN to all others, over the fewest trunks. */
  private spread(start: number): Int32Array {
    const first = new Int32Array(this.lanCount).fill(NOWHERE)
    const seen = new Set([start])
    const queue = [start]
    for (let lan = queue.shift(); lan !== undefined; lan = queue.shift())
      for (const l of this.trunksOfLan[lan]) {
        const next = this.lanAtEnd[l]
        if (seen.has(next)) continue
        seen.add(next)
        first[next] = lan === start ? l : first[lan]
        queue.push(next)
      }
    return first
  }
}
