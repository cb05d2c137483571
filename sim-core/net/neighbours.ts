/**
 * ARP: from next-hop address to MAC, as Linux's neighbour table does it (net/core/neighbour.c, net/ipv4/arp.c).
 *
 * Only an answer to one's own question, or a connection that moves, shows that a neighbour is reachable. What is learnt from
 * a request (a gratuitous ARP is one) is stale: used at once, and checked 5 s after its first use (neigh_update, NUD_STALE).
 * An unknown neighbour is asked for by broadcast, three times a second apart, while packets to it wait; with no answer
 * they are dropped and ICMP host unreachable goes to who sent them. An entry counts as reachable for 30 s after it was
 * confirmed; used later than that, it is still used but checked: after 5 s three unicast requests, then it is dropped.
 * A gratuitous ARP (or any request or reply) changes an entry that exists; only who is asked for one of its own
 * addresses, and who asked, learn a new one. Requests are answered for any local address with arp_ignore 0, only for
 * those of the interface with arp_ignore 1 (so a real server's VIP on lo keeps quiet).
 *
 * `mac[host][address]` is the hot path's table; everything else is rare and kept as plain objects.
 */
import { samePrefix } from '../base/address.ts'
import { type Stateful, widen } from '../base/tables.ts'
import type { JiffyClock } from '../base/timer-wheel.ts'
import { SECOND_NS } from '../base/units.ts'
import type { Engine } from '../engine/index.ts'
import type { AddressBook } from './addresses.ts'
import type { ArpMessage, ArpSettings } from './arp-settings.ts'
import { DROP_ARP_FAILED, DROP_ARP_QUEUE } from './drops.ts'
import type { Links } from './links.ts'
import { FIRST_INTERFACE_MAC, isGroupMac, MAC_BROADCAST } from './macs.ts'
import { ARP_BYTES, NO_TRAFFIC, PACKET_ARP, type Packets } from './packets.ts'
import { LOCAL_ON_NIC, NOT_LOCAL, type Stack } from './stack.ts'

/** Kernel memory of a queued packet (skb->truesize): one 2 KiB page part and 256 bytes of header data. */
const PACKET_MEMORY_BYTES = 2304
const UNKNOWN = -1
/** net.ipv4.neigh.default.locktime: of two answers to one question the first counts; who asks us is believed at once (arp_process). */
const LOCK_NS = SECOND_NS

/** A neighbour that is being resolved (`mac` unknown) or checked. */
interface Pending {
  readonly host: number
  readonly nic: number
  readonly address: number
  waiting: number[]
  tries: number
  timer: number
  checking: boolean
}

export class Neighbours implements Stateful {
  readonly stateFields = ['mac', 'staleAt', 'learntAt', 'pending', 'rows', 'virtualMacs', 'virtualOwners']
  /** mac[host][address row]; −1 = unknown. */
  mac: Int32Array[]
  private staleAt: Float64Array[]
  private learntAt: Float64Array[]
  /** By host × 2²² + address. */
  private pending = new Map<number, Pending>()
  private rows = 64
  /** nic → virtual router MACs it answers to. */
  private virtualMacs = new Map<number, number[]>()
  /** By host × 2²² + address: the virtual router MAC that answers for it. */
  private virtualOwners = new Map<number, number>()
  private readonly timerKind: number
  private readonly ignore: Uint8Array
  private readonly announce: Uint8Array

  private readonly engine: Engine
  private readonly packets: Packets
  private readonly addresses: AddressBook
  private readonly stack: Stack
  private readonly links: Links
  /** By host. */
  readonly settings: readonly ArpSettings[]
  private readonly unreachable: (host: number, p: number) => void
  private readonly clock: JiffyClock | undefined

  constructor(wiring: {
    engine: Engine
    packets: Packets
    addresses: AddressBook
    stack: Stack
    links: Links
    settings: readonly ArpSettings[]
    /** arp_ignore and arp_announce of each host. */
    ignore: readonly number[]
    announce: readonly number[]
    /** Tells the sender of a packet that nobody answered (ICMP host unreachable). */
    unreachable: (host: number, p: number) => void
    /** Of every host's kernel; undefined: timers are exact. */
    clock?: JiffyClock
  }) {
    this.engine = wiring.engine
    this.packets = wiring.packets
    this.addresses = wiring.addresses
    this.stack = wiring.stack
    this.links = wiring.links
    this.settings = wiring.settings
    this.unreachable = wiring.unreachable
    this.clock = wiring.clock
    this.ignore = Uint8Array.from(wiring.ignore)
    this.announce = Uint8Array.from(wiring.announce)
    this.mac = wiring.settings.map(() => new Int32Array(this.rows).fill(UNKNOWN))
    this.staleAt = wiring.settings.map(() => new Float64Array(this.rows))
    this.learntAt = wiring.settings.map(() => new Float64Array(this.rows).fill(Number.NEGATIVE_INFINITY))
    this.timerKind = this.engine.timers.addKind(owner => this.timeout(owner))
  }

  /** Sends a packet to the neighbour with address `next` on `nic`; the packet is ours. */
  output(host: number, nic: number, next: number, p: number): void {
    if (next >= this.rows) this.widenTo(next)
    const mac = this.mac[host][next]
    if (mac === UNKNOWN) {
      this.resolve(host, nic, next, p)
      return
    }
    if (this.engine.now > this.staleAt[host][next]) this.check(host, nic, next)
    this.packets.dstMac[p] = mac
    this.links.transmit(nic * 2, p)
  }

  /** An ARP frame arrived at interface `nic`. */
  input(nic: number, p: number): void {
    const message = this.packets.body[p] as ArpMessage
    const { host } = this.stack.nics[nic]
    const askedMac = this.packets.dstMac[p]
    this.packets.free(p)
    const owner = this.macFor(nic, message.target)
    const forUs = this.answersFor(host, nic, message.target) && (isGroupMac(askedMac) || askedMac === owner)
    const gratuitous = message.sender === message.target
    if (gratuitous && this.settings[host].ignoresGratuitous === true) return
    if (this.stack.scopeOf(host, message.sender) !== NOT_LOCAL) return // somebody else uses our address: not learnt
    if (message.operation === 'request') {
      if (gratuitous || forUs || !this.isLocked(host, message.sender, message.senderMac))
        this.learn(host, nic, message.sender, message.senderMac, { create: forUs && !gratuitous && isOwn(owner, nic), reachable: false })
      if (forUs && !gratuitous) this.sendArp(nic, 'reply', message.target, message.sender, message.senderMac, owner)
    } else if (!this.isLocked(host, message.sender, message.senderMac))
      this.learn(host, nic, message.sender, message.senderMac, { create: false, reachable: true })
  }

  /** Another MAC was learnt within the last second. */
  private isLocked(host: number, address: number, mac: number): boolean {
    if (address >= this.rows || this.mac[host][address] === UNKNOWN || this.mac[host][address] === mac) return false
    return this.engine.now < this.learntAt[host][address] + LOCK_NS && !this.pending.has(key(host, address))
  }

  /** One gratuitous ARP request for `address` from `nic`, with the MAC that answers for it. */
  announceAddress(nic: number, address: number): void {
    this.sendArp(nic, 'request', address, address, MAC_BROADCAST, this.macFor(nic, address))
  }

  /** Whether a frame to `mac` is for this interface besides its own MAC. */
  ownsMac(nic: number, mac: number): boolean {
    return this.virtualMacs.size !== 0 && (this.virtualMacs.get(nic)?.includes(mac) ?? false)
  }

  /**
   * The interface takes frames to a virtual router's MAC as well, or no longer. It does so as soon as keepalived has made its
   * macvlan interface, so in BACKUP too: a flooded frame is then forwarded by a BACKUP that forwards.
   */
  setVirtualMac(nic: number, mac: number, present: boolean): void {
    this.stack.cache.changed(this.stack.nics[nic].host)
    const others = (this.virtualMacs.get(nic) ?? []).filter(m => m !== mac)
    if (present || others.length > 0) this.virtualMacs.set(nic, present ? [...others, mac] : others)
    else this.virtualMacs.delete(nic)
  }

  virtualMacsOf(nic: number): readonly number[] {
    return this.virtualMacs.get(nic) ?? []
  }

  /** The address is on a virtual router's interface, whose MAC answers for it; undefined: on the interface itself again. */
  setVirtualOwner(host: number, address: number, mac: number | undefined): void {
    if (mac === undefined) this.virtualOwners.delete(key(host, address))
    else this.virtualOwners.set(key(host, address), mac)
  }

  /** The MAC that stands in ARP replies and gratuitous ARPs of `nic` for an address of its host. */
  macFor(nic: number, address: number): number {
    const own = FIRST_INTERFACE_MAC + nic
    return this.virtualOwners.size === 0 ? own : (this.virtualOwners.get(key(this.stack.nics[nic].host, address)) ?? own)
  }

  setArp(host: number, ignore: number, announce: number): void {
    this.ignore[host] = ignore
    this.announce[host] = announce
  }

  arpIgnore(host: number): number {
    return this.ignore[host]
  }

  arpAnnounce(host: number): number {
    return this.announce[host]
  }

  /** A warm cache: the entry exists as if just confirmed. */
  preset(host: number, address: number, mac: number): void {
    if (address >= this.rows) this.widenTo(address)
    this.stack.cache.changed(host)
    this.mac[host][address] = mac
    this.staleAt[host][address] = this.engine.now + this.settings[host].reachableNs
  }

  /** A connection through it was just opened: the neighbour is alive, and not asked for a while. */
  confirm(host: number, address: number): void {
    if (address >= this.rows || this.mac[host][address] === UNKNOWN) return
    const until = this.fireAt(this.settings[host].reachableNs)
    if (until < this.staleAt[host][address]) this.stack.cache.changed(host)
    this.staleAt[host][address] = until
    if (this.pending.size === 0) return
    const k = key(host, address)
    const entry = this.pending.get(k)
    if (entry?.checking === true) this.finish(k, entry)
  }

  /** Until when (ns) the entry is used without a check. */
  freshUntil(host: number, address: number): number {
    return this.staleAt[host][address]
  }

  forget(host: number, address: number): void {
    this.stack.cache.changed(host)
    if (address < this.rows) this.mac[host][address] = UNKNOWN
  }

  /** All entries of a host, as `ip neigh` lists them. */
  table(host: number): { address: number; mac: number; state: 'REACHABLE' | 'STALE' | 'INCOMPLETE' }[] {
    const out: { address: number; mac: number; state: 'REACHABLE' | 'STALE' | 'INCOMPLETE' }[] = []
    for (let a = 0; a < Math.min(this.rows, this.addresses.count); a++) {
      const mac = this.mac[host][a]
      if (mac !== UNKNOWN) out.push({ address: a, mac, state: this.engine.now > this.staleAt[host][a] ? 'STALE' : 'REACHABLE' })
      else if (this.pending.has(key(host, a))) out.push({ address: a, mac, state: 'INCOMPLETE' })
    }
    return out
  }

  /** The host lost power: nothing is remembered, what waits is lost. */
  clear(host: number): void {
    this.forgetWhere(host, () => true)
  }

  /** The interface lost its carrier: its entries are gone, and in silence what waited for an answer (neigh_carrier_down). */
  carrierDown(nic: number): void {
    const { host, address: own, prefixLength } = this.stack.nics[nic]
    if (own !== undefined) this.forgetWhere(host, address => samePrefix(own, this.addresses.value[address], prefixLength))
  }

  private forgetWhere(host: number, gone: (address: number) => boolean): void {
    this.stack.cache.changed(host)
    for (let a = 0; a < Math.min(this.rows, this.addresses.count); a++) if (gone(a)) this.mac[host][a] = UNKNOWN
    for (const [k, entry] of Array.from(this.pending)) {
      if (entry.host !== host || !gone(entry.address)) continue
      for (const p of entry.waiting) this.stack.drop(host, p, DROP_ARP_FAILED)
      this.finish(k, entry)
    }
  }

  /** Calls with every packet that waits for an answer. */
  forEachWaiting(visit: (p: number) => void): void {
    for (const entry of this.pending.values()) entry.waiting.forEach(visit)
  }

  /** Whether a packet of this flow waits for its neighbour's answer: the kernel does not send a copy of what it still holds. */
  holds(host: number, source: number, destination: number, sourcePort: number, destinationPort: number): boolean {
    const { src, dst, srcPort, dstPort } = this.packets
    for (const entry of this.pending.values())
      for (const p of entry.host === host ? entry.waiting : [])
        if (src[p] === source && dst[p] === destination && srcPort[p] === sourcePort && dstPort[p] === destinationPort) return true
    return false
  }

  /** Limits of a host's ARP, for explanations: requests before it gives up, bytes that may wait for one answer. */
  limitsOf(host: number): { probes: number; queueBytes: number } {
    const { probes, queueBytes } = this.settings[host]
    return { probes, queueBytes }
  }

  private answersFor(host: number, nic: number, target: number): boolean {
    const scope = this.stack.scopeOf(host, target)
    if (scope === NOT_LOCAL) return false
    if (this.ignore[host] === 0) return true
    return scope === LOCAL_ON_NIC && this.stack.nicOf(host, target) === nic
  }

  private learn(host: number, nic: number, address: number, mac: number, how: { create: boolean; reachable: boolean }): void {
    if (address >= this.rows) this.widenTo(address)
    const k = key(host, address)
    const entry = this.pending.get(k)
    if (entry === undefined && this.mac[host][address] === UNKNOWN && !how.create) return
    if (!how.reachable && this.mac[host][address] === mac) return // told again what is known: nothing is confirmed
    this.stack.cache.changed(host)
    this.mac[host][address] = mac
    this.learntAt[host][address] = this.engine.now
    this.staleAt[host][address] = how.reachable ? this.fireAt(this.settings[host].reachableNs) : Number.NEGATIVE_INFINITY
    if (entry === undefined) return
    const { waiting } = entry
    this.finish(k, entry)
    for (const p of waiting) this.output(host, nic, address, p)
  }

  private resolve(host: number, nic: number, next: number, p: number): void {
    const k = key(host, next)
    let entry = this.pending.get(k)
    if (entry === undefined || entry.checking) {
      if (entry !== undefined) this.finish(k, entry)
      entry = { host, nic, address: next, waiting: [], tries: 0, timer: this.engine.timers.create(this.timerKind, k), checking: false }
      this.pending.set(k, entry)
      entry.waiting.push(p)
      this.ask(entry, this.packets.src[p])
      return
    }
    entry.waiting.push(p)
    if (entry.waiting.length * PACKET_MEMORY_BYTES > this.settings[host].queueBytes) {
      this.stack.drop(host, entry.waiting.shift() as number, DROP_ARP_QUEUE)
    }
  }

  private check(host: number, nic: number, next: number): void {
    const k = key(host, next)
    this.staleAt[host][next] = Number.POSITIVE_INFINITY // one check at a time
    const timer = this.engine.timers.create(this.timerKind, k)
    this.pending.set(k, { host, nic, address: next, waiting: [], tries: 0, timer, checking: true })
    this.engine.timers.arm(timer, this.fireAt(this.settings[host].delayFirstProbeNs))
  }

  private timeout(owner: number): void {
    const entry = this.pending.get(owner)
    if (entry === undefined) return
    if (entry.tries < this.settings[entry.host].probes) {
      this.ask(entry, -1)
      return
    }
    this.finish(owner, entry)
    this.stack.cache.changed(entry.host)
    this.mac[entry.host][entry.address] = UNKNOWN
    for (const p of entry.waiting) {
      this.unreachable(entry.host, p)
      this.stack.drop(entry.host, p, DROP_ARP_FAILED)
    }
  }

  /** A kernel timer armed now: by the wheel, when the kernel's clock is known. */
  private fireAt(delayNs: number): number {
    const { clock, engine } = this
    return clock === undefined ? engine.now + delayNs : clock.fireAt(engine.now, Math.round(delayNs / clock.tickNs))
  }

  private ask(entry: Pending, packetSource: number): void {
    entry.tries++
    this.engine.timers.arm(entry.timer, this.fireAt(this.settings[entry.host].retransmitNs))
    const to = entry.checking ? this.mac[entry.host][entry.address] : MAC_BROADCAST
    const sender = this.senderFor(entry.host, entry.nic, packetSource)
    this.sendArp(entry.nic, 'request', sender, entry.address, to, FIRST_INTERFACE_MAC + entry.nic)
  }

  /**
   * arp_announce 0 uses the packet's own source when it is local (a VIP on lo too); 2 the interface's address. The request
   * leaves by the interface that the route says, with its own MAC, also for a VIP of a virtual MAC: who is asked then
   * takes the VIP to be there (recorded with keepalived 2.2.7; test/compile/vmac.test.ts).
   */
  private senderFor(host: number, nic: number, packetSource: number): number {
    if (packetSource >= 0 && this.announce[host] === 0 && this.stack.scopeOf(host, packetSource) !== NOT_LOCAL) return packetSource
    return this.addresses.intern(this.stack.nics[nic].address ?? 0)
  }

  private sendArp(nic: number, operation: ArpMessage['operation'], sender: number, target: number, toMac: number, fromMac: number): void {
    const p = this.packets.alloc(PACKET_ARP, this.engine.now, this.engine.segment, NO_TRAFFIC)
    this.packets.src[p] = sender
    this.packets.dst[p] = target
    this.packets.srcPort[p] = 0
    this.packets.dstPort[p] = 0
    this.packets.ipBytes[p] = ARP_BYTES
    this.packets.payloadBytes[p] = 0
    const body: ArpMessage = { operation, senderMac: fromMac, sender, target }
    this.packets.body[p] = body
    this.stack.sendFrame(nic, p, toMac, fromMac)
  }

  private finish(k: number, entry: Pending): void {
    this.engine.timers.release(entry.timer)
    this.pending.delete(k)
  }

  private widenTo(row: number): void {
    const rows = Math.max(this.rows * 2, row + 1)
    this.mac = this.mac.map(m => widen(m, rows, UNKNOWN))
    this.staleAt = this.staleAt.map(s => widen(s, rows))
    this.learntAt = this.learntAt.map(s => widen(s, rows, Number.NEGATIVE_INFINITY))
    this.rows = rows
  }
}

const isOwn = (mac: number, nic: number): boolean => mac === FIRST_INTERFACE_MAC + nic
const key = (host: number, address: number): number => host * 4_194_304 + address
