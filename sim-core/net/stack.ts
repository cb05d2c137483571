/**
 * The IPv4 host stack: which addresses are mine, where a packet goes next, who gets what is for me.
 *
 * The order on input is Linux's: frame filter, local or not; local packets pass the LOCAL_IN hook (where IPVS sits)
 * and then go to their protocol; others are forwarded when the host forwards (passing the FORWARD hook) or dropped.
 * Routes are looked up once a destination and host and kept until an interface changes.
 *
 * Hosts, interfaces (`nic`) and addresses are small numbers; interface n sends on link 2n. Hot path: `arrived`, `send`.
 */
import { assert } from '../base/assert.ts'
import { maskOf } from '../base/address.ts'
import type { Digests } from '../base/digest.ts'
import { type Stateful, widen } from '../base/tables.ts'
import type { Engine } from '../engine/index.ts'
import type { AddressBook } from './addresses.ts'
import {
  type DELIVER,
  FLOW_ACTION,
  FLOW_ARGUMENT,
  FLOW_DIGEST_A,
  FLOW_DIGEST_B,
  FORWARD,
  ForwardingCache,
  OUT_LINK,
  OUT_MAC,
  OUT_SOURCE_MAC,
} from './forwarding-cache.ts'
import { DROP_HOST_DOWN, DROP_NO_ROUTE, DROP_NOT_LOCAL, DROP_PORT_CLOSED, DROP_TTL } from './drops.ts'
import type { Links } from './links.ts'
import { FIRST_INTERFACE_MAC, isGroupMac } from './macs.ts'
import type { Neighbours } from './neighbours.ts'
import { digestA, digestB } from './packet-digest.ts'
import { PACKET_ARP, type Packets } from './packets.ts'
import type { FlowHandler, HostOptions, IcmpErrorListener, NicOptions, PacketHandler, PacketHook } from './stack-options.ts'

export const NOT_LOCAL = 0
export const LOCAL_ON_NIC = 1
export const LOCAL_ON_LO = 2

const UNKNOWN = -2
const NONE = -1

export class Stack implements Stateful {
  readonly stateFields = ['up', 'forwards', 'hasHook', 'scope', 'routeNic', 'routeNext', 'assigned', 'rows', 'dropped', 'delivered']
  readonly hostCount: number
  readonly hostNames: readonly string[]
  up: Uint8Array
  forwards: Uint8Array
  /** Hosts whose local packets pass the LOCAL_IN hook. */
  hasHook: Uint8Array
  /** dropped[reason]: packets, all hosts. */
  dropped = new Float64Array(32)
  delivered = 0
  /** scope[host][address]: not local, on a network interface, or on lo. */
  private scope: Uint8Array[]
  private routeNic: Int32Array[]
  private routeNext: Int32Array[]
  /** Addresses of a host: row → interface (−1 for lo), in the order in which they were added. */
  private assigned: Map<number, number>[]
  private rows: number
  readonly nics: readonly NicOptions[]
  readonly hosts: readonly HostOptions[]
  private readonly engine: Engine
  readonly packets: Packets
  readonly addresses: AddressBook
  private readonly digests: Digests
  readonly cache: ForwardingCache
  /** The interface that the packet came by that is being looked at; −1: it was sent by its own host. */
  arrivedBy = NONE
  /** What becomes of the packet that is being looked at may be remembered: it came by an interface of its own MAC. */
  private mayRemember = false
  private links!: Links
  private neighbours!: Neighbours
  private readonly handlers: PacketHandler[] = []
  private localIn: PacketHook = () => false
  private deliverAgain: FlowHandler = () => assert(false, 'a flow was remembered by nobody')
  private forwardAgain: FlowHandler = () => assert(false, 'a flow was remembered by nobody')
  private forwardHook: PacketHook | null = null
  private onDrop: (host: number, p: number, reason: number) => void = () => undefined
  onIcmpError: IcmpErrorListener | undefined

  constructor(
    hosts: readonly HostOptions[],
    nics: readonly NicOptions[],
    wiring: { engine: Engine; packets: Packets; addresses: AddressBook; digests: Digests },
  ) {
    this.hosts = hosts
    this.nics = nics
    this.engine = wiring.engine
    this.packets = wiring.packets
    this.addresses = wiring.addresses
    this.digests = wiring.digests
    this.hostCount = hosts.length
    this.cache = new ForwardingCache(hosts.length)
    this.hostNames = hosts.map(h => h.name)
    this.up = new Uint8Array(hosts.length).fill(1)
    this.forwards = Uint8Array.from(hosts, h => (h.forward ? 1 : 0))
    this.hasHook = new Uint8Array(hosts.length)
    for (const n of nics) if (n.address !== undefined) this.addresses.intern(n.address)
    this.rows = Math.max(64, this.addresses.count * 2)
    this.scope = hosts.map(() => new Uint8Array(this.rows))
    this.routeNic = hosts.map(() => new Int32Array(this.rows).fill(UNKNOWN))
    this.routeNext = hosts.map(() => new Int32Array(this.rows))
    this.assigned = hosts.map(() => new Map())
    nics.forEach((n, nic) => {
      if (n.address !== undefined) this.addAddress(n.host, this.addresses.intern(n.address), nic)
    })
  }

  connect(links: Links, neighbours: Neighbours): void {
    this.links = links
    this.neighbours = neighbours
  }

  /** Who takes packets of a kind; returns whoever did until now. */
  onDeliver(kind: number, handler: PacketHandler): PacketHandler | undefined {
    const before = this.handlers[kind]
    this.handlers[kind] = handler
    return before
  }

  setLocalInHook(hook: PacketHook): void {
    this.localIn = hook
  }

  /** Who takes packets of flows that were remembered. */
  setFlowHandlers(handlers: { deliver?: FlowHandler; forward?: FlowHandler }): void {
    if (handlers.deliver !== undefined) this.deliverAgain = handlers.deliver
    if (handlers.forward !== undefined) this.forwardAgain = handlers.forward
  }

  setForwardHook(hook: PacketHook): void {
    this.forwardHook = hook
  }

  /** Called for every packet that ends undelivered, before it is freed. */
  setDropListener(listener: (host: number, p: number, reason: number) => void): void {
    this.onDrop = listener
  }

  // ---- input

  /** A frame reached the end of a link to interface `nic`. */
  arrived(nic: number, p: number): void {
    const host = this.nics[nic].host
    const packets = this.packets
    const mac = packets.dstMac[p]
    const flow = packets.flow[p]
    if (flow !== 0) {
      const known = this.cache.findFlow(flow, host, mac)
      if (known >= 0) {
        this.arrivedAgain(host, p, known)
        return
      }
    }
    if (this.up[host] === 0) {
      this.drop(host, p, DROP_HOST_DOWN)
      return
    }
    if (mac !== FIRST_INTERFACE_MAC + nic && !isGroupMac(mac) && !this.neighbours.ownsMac(nic, mac)) {
      packets.free(p) // a flooded frame for somebody else: the interface does not take it
      return
    }
    this.arrivedBy = nic
    this.digests.mix(host, (this.engine.now | 0) ^ digestA(packets, this.addresses, p), digestB(packets, this.addresses, p))
    if (packets.kind[p] === PACKET_ARP) {
      this.neighbours.input(nic, p)
      return
    }
    if (packets.dst[p] >= this.rows) this.widenTo(packets.dst[p])
    if (this.scope[host][packets.dst[p]] !== NOT_LOCAL) {
      this.mayRemember = flow !== 0 && !isGroupMac(mac)
      if (this.hasHook[host] === 0 || !this.localIn(host, p)) this.deliverLocally(host, p)
      this.mayRemember = false
    } else if (isGroupMac(mac)) this.deliverLocally(host, p)
    else this.forward(host, p)
  }

  /** Does with the packet what was done with the last one of its flow: row `known` of the cache. */
  private arrivedAgain(host: number, p: number, known: number): void {
    const rows = this.cache.flows
    this.digests.mix(host, (this.engine.now | 0) ^ rows[known + FLOW_DIGEST_A], rows[known + FLOW_DIGEST_B])
    if (rows[known + FLOW_ACTION] === FORWARD) this.forwardAgain(host, p, rows[known + FLOW_ARGUMENT])
    else this.deliverAgain(host, p, rows[known + FLOW_ARGUMENT])
  }

  /** The next packet of this one's flow may be dealt with in the same way. Called by who takes it, before anything is changed in it. */
  remember(host: number, p: number, action: typeof DELIVER | typeof FORWARD, argument: number): void {
    if (!this.mayRemember) return
    this.mayRemember = false
    const { flow, dstMac } = this.packets
    this.cache.rememberFlow(
      { flow: flow[p], host, mac: dstMac[p] },
      { a: digestA(this.packets, this.addresses, p), b: digestB(this.packets, this.addresses, p) },
      action,
      argument,
    )
  }

  deliverLocally(host: number, p: number): void {
    const handler = this.handlers[this.packets.kind[p]]
    if (handler === undefined) this.drop(host, p, DROP_PORT_CLOSED)
    else handler(host, p)
  }

  private forward(host: number, p: number): void {
    if (this.forwards[host] === 0) {
      this.drop(host, p, DROP_NOT_LOCAL)
      return
    }
    if (this.packets.ttl[p] <= 1) {
      this.drop(host, p, DROP_TTL)
      return
    }
    this.packets.ttl[p]--
    if (this.forwardHook?.(host, p) === true) return
    this.send(host, p)
  }

  // ---- output

  /** Routes by the destination address. src, dst, ports and sizes are the caller's; the packet is the stack's. */
  send(host: number, p: number): void {
    this.sendVia(host, p, this.packets.dst[p])
  }

  /** As send, but the frame goes to the host with address `nextHop`: direct routing, where the IP header stays. */
  sendVia(host: number, p: number, nextHop: number): void {
    const known = this.cache.findOutput(host, nextHop, this.engine.now)
    if (known < 0) {
      this.sendUnknown(host, p, nextHop)
      return
    }
    const rows = this.cache.outputs
    this.packets.srcMac[p] = rows[known + OUT_SOURCE_MAC]
    this.packets.dstMac[p] = rows[known + OUT_MAC]
    this.links.transmit(rows[known + OUT_LINK], p)
  }

  private sendUnknown(host: number, p: number, nextHop: number): void {
    if (nextHop >= this.rows) this.widenTo(nextHop)
    if (this.up[host] === 0) {
      this.drop(host, p, DROP_HOST_DOWN)
      return
    }
    if (this.scope[host][nextHop] !== NOT_LOCAL) {
      this.mayRemember = false // sent, not arrived
      this.arrivedBy = NONE
      this.deliverLocally(host, p)
      return
    }
    let nic = this.routeNic[host][nextHop]
    if (nic === UNKNOWN) nic = this.findRoute(host, nextHop)
    if (nic === NONE) {
      this.drop(host, p, DROP_NO_ROUTE)
      return
    }
    const sourceMac = FIRST_INTERFACE_MAC + nic
    this.packets.srcMac[p] = sourceMac
    const next = this.routeNext[host][nextHop]
    this.neighbours.output(host, nic, next, p)
    const mac = this.neighbours.mac[host][next]
    if (mac >= 0) this.cache.rememberOutput(host, nextHop, this.neighbours.freshUntil(host, next), nic * 2, sourceMac, mac)
  }

  /** Straight onto the wire of one interface, past routes and ARP (VRRP, sync, ARP itself), from its own MAC unless given. */
  sendFrame(nic: number, p: number, toMac: number, fromMac = FIRST_INTERFACE_MAC + nic): void {
    const host = this.nics[nic].host
    if (this.up[host] === 0) {
      this.drop(host, p, DROP_HOST_DOWN)
      return
    }
    this.packets.srcMac[p] = fromMac
    this.packets.dstMac[p] = toMac
    this.links.transmit(nic * 2, p)
  }

  drop(host: number, p: number, reason: number): void {
    this.dropped[reason]++
    this.digests.mix(host, (this.engine.now | 0) ^ reason, this.packets.ipBytes[p] ^ this.packets.srcPort[p])
    this.onDrop(host, p, reason)
    this.packets.free(p)
  }

  // ---- addresses and routes

  isLocal(host: number, address: number): boolean {
    return address < this.rows && this.scope[host][address] !== NOT_LOCAL
  }

  scopeOf(host: number, address: number): number {
    return address < this.rows ? this.scope[host][address] : NOT_LOCAL
  }

  /** The interface that an address is configured on; −1 for lo, undefined when it is not local. */
  nicOf(host: number, address: number): number | undefined {
    return this.assigned[host].get(address)
  }

  /** Configures an address on an interface, or on lo with nic = −1. Adding it twice is harmless. */
  addAddress(host: number, address: number, nic: number): void {
    if (address >= this.rows) this.widenTo(address)
    this.cache.changed(host)
    this.assigned[host].set(address, nic)
    this.scope[host][address] = nic < 0 ? LOCAL_ON_LO : LOCAL_ON_NIC
    if (this.neighbours !== undefined) this.neighbours.forget(host, address)
  }

  removeAddress(host: number, address: number): void {
    if (!this.assigned[host].delete(address)) return
    this.cache.changed(host)
    this.scope[host][address] = NOT_LOCAL
    this.routeNic[host][address] = UNKNOWN
  }

  /** The addresses of a host in the order in which they were added, as `ip addr` lists them. */
  addressesOf(host: number): { address: number; nic: number }[] {
    return Array.from(this.assigned[host], ([address, nic]) => ({ address, nic }))
  }

  /** Power. */
  setUp(host: number, up: boolean): void {
    this.up[host] = up ? 1 : 0
    this.cache.changed(host)
  }

  /** An interface came or went: every cached route of the host is looked up again. */
  forgetRoutes(host: number): void {
    this.cache.changed(host)
    this.routeNic[host].fill(UNKNOWN)
  }

  /** The interface that a packet to `destination` leaves by, −1 when there is no route. */
  routeOf(host: number, destination: number): number {
    if (destination >= this.rows) this.widenTo(destination)
    const nic = this.routeNic[host][destination]
    return nic === UNKNOWN ? this.findRoute(host, destination) : nic
  }

  /** The address that a packet of this host to `destination` would carry as its source; −1 without a route. */
  sourceFor(host: number, destination: number): number {
    const nic = this.routeOf(host, destination)
    const address = nic < 0 ? undefined : this.nics[nic].address
    return address === undefined ? -1 : this.addresses.intern(address)
  }

  /** A TCP handshake with `remote` was completed, so the next hop towards it is alive (Linux: sk_dst_confirm). */
  confirm(host: number, remote: number): void {
    if (this.routeOf(host, remote) >= 0) this.neighbours.confirm(host, this.routeNext[host][remote])
  }

  /** MTU of the route to `destination`, bytes of IP; no limit without a route. */
  mtuTo(host: number, destination: number): number {
    const nic = this.routeOf(host, destination)
    return nic < 0 ? Number.POSITIVE_INFINITY : this.links.mtuOf(nic * 2)
  }

  private findRoute(host: number, destination: number): number {
    const target = this.addresses.value[destination]
    let nic = this.connectedNic(host, target)
    let next = destination
    if (nic === NONE && this.hosts[host].gateway !== undefined) {
      const gateway = this.hosts[host].gateway as number
      nic = this.connectedNic(host, gateway)
      next = this.addresses.intern(gateway)
      if (next >= this.rows) this.widenTo(next)
    }
    this.routeNic[host][destination] = nic
    this.routeNext[host][destination] = next
    return nic
  }

  /** Of the interfaces in the target's network one with carrier; without, the route stays and what is sent is lost, as on Linux. */
  private connectedNic(host: number, target: number): number {
    let best = NONE
    let rank = -1
    for (const nic of this.hosts[host].nics) {
      const { address, prefixLength } = this.nics[nic]
      if (address === undefined || ((address ^ target) & maskOf(prefixLength)) !== 0) continue
      const of = prefixLength + (this.links.hasCarrier(nic * 2) ? 64 : 0)
      if (of > rank) {
        best = nic
        rank = of
      }
    }
    return best
  }

  private widenTo(row: number): void {
    const rows = Math.max(this.rows * 2, row + 1)
    assert(rows <= 1 << 22, 'more than four million addresses')
    for (let h = 0; h < this.hostCount; h++) {
      this.scope[h] = widen(this.scope[h], rows)
      this.routeNic[h] = widen(this.routeNic[h], rows, UNKNOWN)
      this.routeNext[h] = widen(this.routeNext[h], rows)
    }
    this.rows = rows
  }
}
