/**
 * ARP tables of a flow-level run: who each host takes an address to be at, and until when it believes it.
 *
 * The rules are those of net/neighbours.ts, the times each host's own without the timer wheel. While a neighbour answers, its checks repeat every
 * reachable + delay; one that falls silent is given up in the cycle it is in: reachable, delay and three probes after
 * its last confirmation. An unknown neighbour is asked for once a second while traffic wants it. All of that is
 * closed form: an entry is a few numbers, and a change that time alone brings is announced by `recheckAt`.
 */
import { type ArpSettings, FIRST_INTERFACE_MAC, LOCAL_ON_NIC, type Network, NOT_LOCAL } from '../net/index.ts'
import type { Fabric } from './fabric.ts'

interface Entry {
  /** Interface that the address is taken to be at; −1: it is being asked for. */
  nic: number
  /** A virtual router's MAC: whoever the switches heard it from last gets the frames. */
  vmac: number | undefined
  /** Last confirmed (a point of its cycle), or first asked for. */
  sinceNs: number
  /** When a neighbour that fell silent is given up; Infinity while it answers. */
  breaksNs: number
}

export const UNKNOWN = -1

export class FlowNeighbours {
  /** By host: address row → entry. */
  private readonly tables: Map<number, Entry>[]
  /** By virtual MAC × LANs + domain: the interface that a frame from it came from last. */
  private readonly heardFrom = new Map<number, number>()
  private readonly network: Network
  private readonly fabric: Fabric
  /** Asked to look again for an address (row) at that time (ns). */
  private readonly recheckAt: (atNs: number, address: number) => void

  constructor(network: Network, fabric: Fabric, recheckAt: (atNs: number, address: number) => void) {
    this.network = network
    this.fabric = fabric
    this.recheckAt = recheckAt
    this.tables = network.stack.hostNames.map(() => new Map())
  }

  /**
   * The interface that a frame from `nic` to the neighbour `address` (row) is sent to; −1: nobody answers. `source`: the row
   * of its packet's source, in whose name Linux asks when it is local (arp_announce 0).
   */
  resolve(nic: number, address: number, source: number): number {
    const { now } = this.network.engine
    const table = this.tables[this.network.nics[nic].host]
    let entry = table.get(address)
    if (entry?.vmac !== undefined) entry.nic = this.heardFrom.get(this.vmacKey(nic, entry.vmac)) ?? entry.nic
    if (entry !== undefined && entry.nic >= 0) {
      if (this.believes(entry, nic, address, now)) return entry.nic
      table.delete(address)
      entry = undefined
    }
    if (entry === undefined) {
      entry = { nic: UNKNOWN, vmac: undefined, sinceNs: now, breaksNs: Number.POSITIVE_INFINITY }
      table.set(address, entry)
    }
    return this.ask(entry, nic, address, source)
  }

  /** A gratuitous ARP: everyone who has the entry, or asks for it, and hears it, takes the sender for the owner. */
  announced(fromNic: number, address: number): void {
    const { now } = this.network.engine
    const vmac = this.vmacOf(fromNic, address)
    if (vmac !== undefined) this.vmacHeard(fromNic, vmac)
    this.tables.forEach((table, host) => {
      const entry = table.get(address)
      if (entry === undefined || this.network.stack.scopeOf(host, address) !== NOT_LOCAL) return
      if (this.settingsOf(host).ignoresGratuitous === true) return
      if (!this.network.stack.hosts[host].nics.some(nic => nic !== fromNic && this.fabric.hears(nic, fromNic))) return
      if (entry.nic === fromNic && entry.vmac === vmac) return
      entry.vmac = vmac
      entry.nic = fromNic
      entry.sinceNs = now - this.settingsOf(host).reachableNs // not confirmed: checked after the delay
      entry.breaksNs = Number.POSITIVE_INFINITY
    })
  }

  /** A frame from a virtual MAC went to the whole LAN: the switches send its frames there. Whether that is news. */
  vmacHeard(fromNic: number, vmac: number): boolean {
    if (!this.network.links.isOpen(2 * fromNic)) return false
    const key = this.vmacKey(fromNic, vmac)
    const before = this.heardFrom.get(key)
    this.heardFrom.set(key, fromNic)
    return before !== undefined && before !== fromNic
  }

  private vmacKey(nic: number, vmac: number): number {
    return vmac * this.fabric.lanCount + this.fabric.domainOf(nic)
  }

  /** The virtual MAC that answers for the address on an interface; undefined: its own. */
  private vmacOf(nic: number, address: number): number | undefined {
    const mac = this.network.neighbours.macFor(nic, address)
    return mac === FIRST_INTERFACE_MAC + nic ? undefined : mac
  }

  /** The host lost its power. */
  clear(host: number): void {
    this.tables[host].clear()
  }

  /** Whether the entry still counts; notes when it will not. */
  private believes(entry: Entry, nic: number, address: number, now: number): boolean {
    if (this.answers(entry.nic, nic, address)) {
      entry.breaksNs = Number.POSITIVE_INFINITY
      return true
    }
    if (entry.breaksNs === Number.POSITIVE_INFINITY) {
      const { reachableNs, delayFirstProbeNs, retransmitNs, probes } = this.settingsOf(this.network.nics[nic].host)
      const cycleNs = reachableNs + delayFirstProbeNs
      const cycles = Math.floor((now - entry.sinceNs) / cycleNs)
      entry.breaksNs = entry.sinceNs + (cycles + 1) * cycleNs + probes * retransmitNs
      this.recheckAt(entry.breaksNs, address)
    }
    return now < entry.breaksNs
  }

  private ask(entry: Entry, nic: number, address: number, source: number): number {
    const { now } = this.network.engine
    const { retransmitNs } = this.settingsOf(this.network.nics[nic].host)
    const owners = this.ownersHeardBy(nic, address)
    if (owners.length === 0) return UNKNOWN
    const waited = (now - entry.sinceNs) % retransmitNs
    if (waited !== 0) {
      this.recheckAt(now + retransmitNs - waited, address)
      return UNKNOWN
    }
    this.fabric.heardByAll(nic)
    for (const owner of owners) this.fabric.heardAlong(owner, this.fabric.way(owner, nic) ?? [])
    entry.nic = owners[0]
    entry.vmac = this.vmacOf(entry.nic, address)
    if (entry.vmac !== undefined) this.vmacHeard(entry.nic, entry.vmac)
    entry.sinceNs = now
    for (const owner of owners) this.asked(this.network.nics[owner].host, nic, source)
    return entry.nic
  }

  /** Who is asked in the name of a local address takes it to be at the asking interface itself, virtual MAC or not. */
  private asked(host: number, byNic: number, source: number): void {
    const { stack, neighbours, nics, engine } = this.network
    const asker = nics[byNic].host
    if (source < 0 || neighbours.arpAnnounce(asker) !== 0 || !stack.isLocal(asker, source) || stack.isLocal(host, source)) return
    const table = this.tables[host]
    const known = table.get(source)
    if (known !== undefined && known.nic === byNic && known.vmac === undefined) return
    const sinceNs = engine.now - this.settingsOf(host).reachableNs // not confirmed
    table.set(source, { nic: byNic, vmac: undefined, sinceNs, breaksNs: Number.POSITIVE_INFINITY })
    if (known !== undefined) this.recheckAt(engine.now, source)
  }

  private settingsOf(host: number): ArpSettings {
    return this.network.neighbours.settings[host]
  }

  /** Interfaces that answer a request, in the order in which their answers come: the first counts (locktime). */
  private ownersHeardBy(nic: number, address: number): number[] {
    const { network, fabric } = this
    const found: { nic: number; at: number }[] = []
    network.nics.forEach((n, other) => {
      if (other === nic || fabric.domainOf(other) !== fabric.domainOf(nic) || n.host === network.nics[nic].host) return
      if (this.answers(other, nic, address)) found.push({ nic: other, at: fabric.delayNs(nic, other, 0) + fabric.delayNs(other, nic, 0) })
    })
    return found.sort((a, b) => a.at - b.at || a.nic - b.nic).map(f => f.nic)
  }

  /** Whether interface `other` would answer a request for `address` from `nic` (arp_ignore). */
  private answers(other: number, nic: number, address: number): boolean {
    const { stack, neighbours, nics } = this.network
    const { host } = nics[other]
    if (stack.up[host] === 0) return false
    const scope = stack.scopeOf(host, address)
    if (scope === NOT_LOCAL) return false
    if (neighbours.arpIgnore(host) !== 0 && !(scope === LOCAL_ON_NIC && stack.nicOf(host, address) === other)) return false
    return this.fabric.hears(other, nic) && this.fabric.hears(nic, other)
  }
}
