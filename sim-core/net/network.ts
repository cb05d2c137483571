/**
 * The network of a run: cables, switches and host stacks put together, and what can be broken in it.
 *
 * Cables are numbered by host name and interface name, so nothing depends on the order of a file. Cable n's interface
 * sends on link 2n and receives on 2n + 1; trunks between switches come after the hosts' cables.
 */
import { assert } from '../base/assert.ts'
import { Digests } from '../base/digest.ts'
import type { Engine } from '../engine/index.ts'
import type { JiffyClock } from '../base/timer-wheel.ts'
import { type Instant, SECOND_NS } from '../base/units.ts'
import { because, type Happening } from '../trace/contract.ts'
import { AddressBook } from './addresses.ts'
import { DROP_CUT, DROP_NO_SUCH_MAC } from './drops.ts'
import { ICMP_HOST_UNREACHABLE, ICMP_UNREACHABLE, sendIcmpError } from './icmp.ts'
import { LinkMeters } from './link-meters.ts'
import { type LinkOptions, Links } from './links.ts'
import { FIRST_INTERFACE_MAC, interfaceMacText, MAC_SYNC, MAC_VRRP, VIRTUAL_MACS, virtualMacText } from './macs.ts'
import type { ArpSettings } from './arp-settings.ts'
import { Neighbours } from './neighbours.ts'
import { Packets } from './packets.ts'
import { Stack } from './stack.ts'
import type { HostOptions, NicOptions } from './stack-options.ts'
import { type SnoopedGroup, Snooping, type SnoopingOptions } from './snooping.ts'
import { Switches } from './switches.ts'

export interface InterfaceOptions {
  readonly name: string
  readonly lan: number
  readonly address?: number
  readonly prefixLength: number
  readonly moreAddresses: readonly number[]
  readonly up: LinkOptions
  readonly down: LinkOptions
}

export interface NetworkHost {
  readonly name: string
  readonly interfaces: readonly InterfaceOptions[]
  readonly gateway?: number
  readonly forward: boolean
  readonly vipsOnLo: readonly number[]
  readonly staticVips: readonly number[]
  readonly arpIgnore: number
  readonly arpAnnounce: number
  readonly arp: ArpSettings
}

export interface NetworkOptions {
  /** Sorted by name. */
  readonly lans: readonly { readonly name: string; readonly macAgeingNs: number; readonly snooping?: SnoopingOptions }[]
  /** Sorted by name; interfaces too. */
  readonly hosts: readonly NetworkHost[]
  readonly trunks: readonly { readonly from: number; readonly to: number; readonly forth: LinkOptions; readonly back: LinkOptions }[]
  /** pieceOf[segment]: link-meters.ts. */
  readonly pieceOf: readonly number[]
  /** Whether some keepalived of the run has virtual router MACs (use_vmac). */
  readonly hasVirtualMacs: boolean
  /** Kernel clock, by which ARP's timers run; undefined: they are exact. */
  readonly clock?: JiffyClock
  readonly draw: (link: number) => number
  readonly report: (h: Happening) => void
}

export class Network {
  readonly engine: Engine
  readonly packets = new Packets()
  readonly addresses = new AddressBook()
  readonly digests: Digests
  readonly meters: LinkMeters
  readonly links: Links
  readonly switches: Switches
  readonly snooping: Snooping
  readonly stack: Stack
  readonly neighbours: Neighbours
  readonly nics: readonly NicOptions[]
  /** Index of the first trunk link. */
  readonly trunkLinks: number
  /** Switch at the far end of an interface's cable. */
  readonly lanOfNic: readonly number[]
  readonly hasVirtualMacs: boolean
  /** A host's frame that goes on, or ends in a switch, and reaches nobody who takes it. Set by whoever counts losses. */
  lost: (host: number, p: number, reason: number) => void = () => undefined
  private readonly toSwitch: Int32Array

  /** While a drop listener hears of a frame that was lost on a link: which; else −1. */
  lossLink = -1

  constructor(engine: Engine, options: NetworkOptions) {
    this.engine = engine
    const cables = options.hosts.flatMap((h, host) => h.interfaces.map(i => ({ host, i })))
    this.nics = cables.map(({ host, i }) => ({ host, name: i.name, address: i.address, prefixLength: i.prefixLength }))
    this.hasVirtualMacs = options.hasVirtualMacs
    this.lanOfNic = cables.map(({ i }) => i.lan)
    this.trunkLinks = cables.length * 2
    const linkOptions = [...cables.flatMap(({ i }) => [i.up, i.down]), ...options.trunks.flatMap(t => [t.forth, t.back])]
    this.toSwitch = Int32Array.from([...cables.flatMap(({ i }) => [i.lan, -1]), ...options.trunks.flatMap(t => [t.to, t.from])])
    this.digests = new Digests(options.hosts.length)
    this.meters = new LinkMeters(linkOptions.length, options.pieceOf)
    const { packets, addresses } = this
    this.stack = new Stack(stackHosts(options, cables), this.nics, { engine, packets, addresses, digests: this.digests })
    this.links = new Links(linkOptions, { engine, packets, meters: this.meters, sink: this, draw: options.draw })
    this.snooping = this.snoopingOf(options)
    this.switches = new Switches(
      options.lans.map((lan, s) => ({ ...lan, ports: this.portsOf(s, options) })),
      {
        engine,
        packets,
        links: this.links,
        snooping: this.snooping,
        macs: FIRST_INTERFACE_MAC + this.nics.length + (options.hasVirtualMacs ? VIRTUAL_MACS : 0),
        report: options.report,
        macName: mac => this.macName(mac),
        flooded: (inLink, p) => this.flooded(inLink, p),
        cutOff: (inLink, outLink, p) => this.cutOff(inLink, outLink, p),
      },
    )
    this.neighbours = new Neighbours({
      engine,
      packets,
      addresses,
      stack: this.stack,
      links: this.links,
      settings: options.hosts.map(h => h.arp),
      ignore: options.hosts.map(h => h.arpIgnore),
      announce: options.hosts.map(h => h.arpAnnounce),
      unreachable: (host, p) => this.sendHostUnreachable(host, p),
      clock: options.clock,
    })
    this.stack.connect(this.links, this.neighbours)
    engine.onSegment((segment, at) => this.meters.beginSegment(segment, l => this.links.backlogNs(l, at)))
    this.assignAddresses(options)
  }

  /** FrameSink: a frame reached the end of a link. */
  arrived(link: number, p: number): void {
    const sw = this.toSwitch[link]
    if (sw >= 0) this.switches.receive(sw, link, p)
    else this.stack.arrived(link >> 1, p)
  }

  /** FrameSink: a frame was dropped on a link; it counts for the host at the cable's end. */
  dropped(link: number, p: number, reason: number): void {
    const host = link < this.trunkLinks ? this.nics[link >> 1].host : 0
    this.lossLink = link
    this.stack.drop(host, p, reason)
    this.lossLink = -1
  }

  nicNamed(host: number, name: string): number {
    return this.stack.hosts[host].nics.find(n => this.nics[n].name === name) ?? -1
  }

  // ---- what can be broken

  /** The host joins a group on some of its interfaces, or leaves it. */
  setMember(nics: readonly number[], group: SnoopedGroup, member: boolean): void {
    for (const nic of nics) {
      if (member) this.snooping.join(nic * 2 + 1, group, this.engine.now)
      else this.snooping.leave(nic * 2 + 1, group)
    }
  }

  /** The cable of an interface is pulled or plugged in: both ends notice. */
  setCarrier(nic: number, up: boolean): void {
    this.links.setCarrier(nic * 2, up)
    this.links.setCarrier(nic * 2 + 1, up)
    if (!up) {
      this.switches.forget(this.lanOfNic[nic], nic * 2 + 1)
      this.snooping.portDown(nic * 2 + 1, this.engine.now)
      this.neighbours.carrierDown(nic)
    }
    this.stack.forgetRoutes(this.nics[nic].host)
  }

  /** Frames from and to the host vanish in the switch; nobody loses carrier. */
  setCut(nic: number, direction: 'from' | 'to', cut: boolean): void {
    if (direction === 'from') this.links.setCut(nic * 2, 'receiver', cut)
    else this.links.setCut(nic * 2 + 1, 'sender', cut)
  }

  /** Whether frames pass both ways between the interface and its switch. */
  isReachable(nic: number): boolean {
    return this.links.isOpen(nic * 2) && this.links.isOpen(nic * 2 + 1)
  }

  /** Power lost (or back): the stack takes and sends nothing, its caches are empty. `silent` leaves the switch port up. */
  setPower(host: number, on: boolean, silent: boolean): void {
    this.stack.setUp(host, on)
    if (!on) this.neighbours.clear(host)
    for (const nic of this.stack.hosts[host].nics) if (!silent || on) this.setCarrier(nic, on)
  }

  /** The hosts of each list hear each other only; hosts in no list stay together with the first. Empty: all joined. */
  split(groups: readonly (readonly number[])[]): void {
    if (groups.length === 0) {
      this.switches.setGroups(null)
      return
    }
    const groupOf = new Int32Array(this.links.count)
    groups.forEach((hosts, g) => {
      for (const host of hosts) for (const nic of this.stack.hosts[host].nics) groupOf[nic * 2 + 1] = g
    })
    this.switches.setGroups(groupOf)
  }

  /** The number of a virtual router's MAC, VRID 1 … 255. */
  virtualMac(vrid: number): number {
    assert(this.hasVirtualMacs, 'no keepalived of the run has use_vmac')
    return FIRST_INTERFACE_MAC + this.nics.length + vrid
  }

  /** `b1`, `b1.eth1`, or `VRID 51` for a virtual router's. */
  /** Of a flooded frame: nobody has its MAC, or who has it is in another partition. Told once, where its host sent it. */
  private flooded(inLink: number, p: number): void {
    const taker = this.takerOf(this.packets.dstMac[p])
    if (taker >= 0 && this.switches.together(inLink ^ 1, taker * 2 + 1)) return
    if (taker >= 0) this.cutOff(inLink, taker * 2 + 1, p)
    else if (inLink < this.trunkLinks) this.lost(this.nics[inLink >> 1].host, p, DROP_NO_SUCH_MAC)
  }

  /** The interface with carrier that takes frames to a MAC (of several with a virtual one the first); −1: none. */
  private takerOf(mac: number): number {
    const nic = mac - FIRST_INTERFACE_MAC
    if (nic < this.nics.length) return this.links.hasCarrier(nic * 2) ? nic : -1
    for (let n = 0; n < this.nics.length; n++) if (this.links.hasCarrier(n * 2) && this.neighbours.ownsMac(n, mac)) return n
    return -1
  }

  private cutOff(inLink: number, outLink: number, p: number): void {
    if (inLink >= this.trunkLinks) return
    this.lossLink = outLink
    this.lost(this.nics[inLink >> 1].host, p, DROP_CUT)
    this.lossLink = -1
  }

  macName(mac: number): string {
    const nic = mac - FIRST_INTERFACE_MAC
    if (nic < 0) return `mac ${mac}`
    if (nic >= this.nics.length) return `VRID ${this.vridOf(mac)}`
    const { host } = this.nics[nic]
    const name = this.stack.hostNames[host]
    return this.stack.hosts[host].nics.length > 1 ? `${name}.${this.nics[nic].name}` : name
  }

  /** Of a virtual router's MAC. */
  vridOf(mac: number): number {
    return mac - FIRST_INTERFACE_MAC - this.nics.length
  }

  /** As six bytes in hexadecimal, of an interface or a virtual router. */
  macText(mac: number): string {
    const nic = mac - FIRST_INTERFACE_MAC
    return nic >= this.nics.length ? virtualMacText(this.vridOf(mac)) : interfaceMacText(this.nics[nic].address, nic)
  }

  private sendHostUnreachable(host: number, p: number): void {
    const source = this.stack.sourceFor(host, this.packets.src[p])
    if (source >= 0) sendIcmpError(this.engine, this.stack, host, source, { type: ICMP_UNREACHABLE, code: ICMP_HOST_UNREACHABLE }, p)
  }

  private snoopingOf(options: NetworkOptions): Snooping {
    const snooped = this.lanOfNic.flatMap((lan, nic): [number, SnoopingOptions][] => {
      const { snooping } = options.lans[lan]
      return snooping === undefined ? [] : [[nic * 2 + 1, snooping]]
    })
    return new Snooping(new Map(snooped), (outLink, group) => {
      const [name, { name: sw, snooping }] = [this.hostOfLink(outLink), options.lans[this.lanOfNic[outLink >> 1]]]
      options.report(lapseHappening(this.engine.now, sw, name, GROUP_TEXTS[group], snooping?.membershipNs ?? 0))
    })
  }

  private hostOfLink(link: number): string {
    return this.macName(FIRST_INTERFACE_MAC + (link >> 1))
  }

  private portsOf(sw: number, options: NetworkOptions): number[] {
    const ports: number[] = []
    this.lanOfNic.forEach((lan, nic) => {
      if (lan === sw) ports.push(nic * 2 + 1)
    })
    options.trunks.forEach((t, i) => {
      if (t.from === sw) ports.push(this.trunkLinks + i * 2)
      if (t.to === sw) ports.push(this.trunkLinks + i * 2 + 1)
    })
    return ports
  }

  private assignAddresses(options: NetworkOptions): void {
    options.hosts.forEach((h, host) => {
      const { nics } = this.stack.hosts[host]
      h.interfaces.forEach((i, n) => {
        for (const ip of i.moreAddresses) this.stack.addAddress(host, this.addresses.intern(ip), nics[n])
      })
      for (const ip of h.vipsOnLo) this.stack.addAddress(host, this.addresses.intern(ip), -1)
      for (const ip of h.staticVips) {
        assert(nics.length > 0, `${h.name} has a VIP and no interface`)
        this.stack.addAddress(host, this.addresses.intern(ip), nics[0])
      }
    })
  }
}

const GROUP_TEXTS: Readonly<Record<SnoopedGroup, { readonly address: string; readonly what: string }>> = {
  [MAC_VRRP]: { address: '224.0.0.18', what: 'adverts' },
  [MAC_SYNC]: { address: '224.0.0.81', what: 'what the sync daemon tells' },
}

/** A switch stops sending a group's frames to a port. */
const lapseHappening = (
  now: number,
  switchName: string,
  name: string,
  group: { readonly address: string; readonly what: string },
  membershipNs: number,
): Happening => ({
  t: now as Instant,
  host: switchName,
  kind: 'note',
  what: `${switchName} no longer sends ${group.what} to ${name}`,
  cause: because(
    'igmp-membership-lapsed',
    `${name} reported itself as a member of ${group.address} more than ${membershipNs / SECOND_NS} s ago, and no querier asks again`,
    { host: name, group: group.address, membership_s: membershipNs / SECOND_NS },
  ),
  fields: { host: name, group: group.address },
})

function stackHosts(options: NetworkOptions, cables: readonly { host: number }[]): HostOptions[] {
  return options.hosts.map((h, host) => ({
    name: h.name,
    gateway: h.gateway,
    forward: h.forward,
    nics: cables.flatMap((c, nic) => (c.host === host ? [nic] : [])),
  }))
}
