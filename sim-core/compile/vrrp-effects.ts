/**
 * Carries out what the VRRP machine decided: frames on the wire, addresses on interfaces, lines in the story.
 */
import { formatIpv4, isMulticast } from '../base/address.ts'
import type { Instant } from '../base/units.ts'
import { IPV4_HEADER_BYTES, MAC_VRRP, type Network, NO_TRAFFIC, PACKET_VRRP, virtualMacText } from '../net/index.ts'
import type { VrrpConfig, VrrpEffect } from '../protocols/vrrp/index.ts'
import type { Cause, Happening } from '../trace/contract.ts'
import { VirtualMacs } from './virtual-macs.ts'

/** Fixed part of a VRRP packet, and the authentication data that version 2 always carries (RFC 3768 §5.1, RFC 5798 §5.1). */
const VRRP_HEADER_BYTES = 8
const VRRP_AUTH_BYTES = 8

export const advertBytes = (advert: { readonly version: 2 | 3; readonly vips: readonly unknown[] }): number =>
  IPV4_HEADER_BYTES + VRRP_HEADER_BYTES + 4 * advert.vips.length + (advert.version === 2 ? VRRP_AUTH_BYTES : 0)

/** The process's sockets are closed: its host leaves the group of VRRP. */
const ENDS: readonly string[] = ['stopped', 'killed', 'crashed']

export type SendAdvert = Extract<VrrpEffect, { kind: 'sendAdvert' }>
export type SendGarp = Extract<VrrpEffect, { kind: 'sendGarp' }>
type MoveVip = Extract<VrrpEffect, { kind: 'addVip' | 'removeVip' }>

export class VrrpEffects {
  private readonly network: Network
  readonly virtualMacs: VirtualMacs
  private readonly report: (h: Happening) => void
  /** An address came to a host or left it; the journal of owners is kept by whoever listens. */
  private readonly vipMoved: (host: number, address: number, present: boolean) => void

  constructor(network: Network, report: (h: Happening) => void, vipMoved: (host: number, address: number, present: boolean) => void) {
    this.network = network
    this.virtualMacs = new VirtualMacs(network)
    this.report = report
    this.vipMoved = vipMoved
  }

  /** The process started, ended or read its configuration again: memberships and virtual MACs come and go with it. */
  process(host: number, what: string, config: VrrpConfig): void {
    if (what === 'started' || ENDS.includes(what)) this.network.setMember(this.network.stack.hosts[host].nics, MAC_VRRP, what === 'started')
    if (what === 'started' || what === 'reloaded') this.virtualMacs.follow(host, config)
    else if (what === 'stopped') this.virtualMacs.remove(host)
    else if (what === 'crashed') this.virtualMacs.crashed(host)
  }

  /** False: not an effect on the network (timers and scripts are the process's own). */
  perform(host: number, effect: VrrpEffect): boolean {
    if (effect.kind === 'sendAdvert') this.sendAdvert(host, effect)
    else if (effect.kind === 'sendGarp') this.sendGarp(host, effect)
    else if (effect.kind === 'addVip' || effect.kind === 'removeVip') this.setVip(host, effect, effect.kind === 'addVip')
    else if (effect.kind === 'stateChange') this.stateChange(host, effect)
    else if (effect.kind === 'priorityChange')
      this.tell(host, 'note', `${effect.instance} priority ${effect.from} → ${effect.to}`, effect.cause, {
        instance: effect.instance,
        priority: effect.to,
      })
    else if (effect.kind === 'advertRejected')
      this.tell(host, 'note', `${effect.instance} rejects an advert from ${formatIpv4(effect.from)}`, effect.cause, {
        instance: effect.instance,
        from: formatIpv4(effect.from),
      })
    else if (effect.kind === 'log') this.tell(host, 'log', effect.text, effect.cause, {})
    else return false
    return true
  }

  protected sendAdvert(host: number, effect: SendAdvert): void {
    const { interface: interfaceName, advert, cause } = effect
    const nic = this.network.nicNamed(host, interfaceName)
    if (nic < 0) return
    const { packets, addresses, engine, stack } = this.network
    const p = packets.alloc(PACKET_VRRP, engine.now, engine.segment, NO_TRAFFIC)
    packets.src[p] = addresses.intern(advert.srcIp)
    packets.dst[p] = addresses.intern(advert.dst)
    packets.srcPort[p] = advert.vrid
    packets.dstPort[p] = advert.priority
    packets.ttl[p] = advert.ttl
    packets.ipBytes[p] = advertBytes(advert)
    packets.payloadBytes[p] = 0
    packets.body[p] = advert
    const several = stack.hosts[host].nics.length > 1
    this.tell(host, 'advert', `advert of VRID ${advert.vrid}, priority ${advert.priority}`, cause, {
      src: formatIpv4(advert.srcIp),
      version: advert.version,
      vrid: advert.vrid,
      prio: advert.priority,
      adv_int_s: advert.advertIntCs / 100,
      vips: advert.vips.map(formatIpv4),
      ...(isMulticast(advert.dst) ? {} : { dst: formatIpv4(advert.dst) }),
      ...(several ? { if: interfaceName } : {}),
    })
    if (isMulticast(advert.dst))
      stack.sendFrame(nic, p, MAC_VRRP, effect.vmac === undefined ? undefined : this.network.virtualMac(effect.vmac))
    else stack.send(host, p)
  }

  protected sendGarp(host: number, effect: SendGarp): void {
    const { interface: interfaceName, ip, cause } = effect
    const nic = this.network.nicNamed(host, interfaceName)
    if (nic < 0) return
    const several = this.network.stack.hosts[host].nics.length > 1
    this.tell(host, 'garp', `gratuitous ARP for ${formatIpv4(ip)}`, cause, {
      ip: formatIpv4(ip),
      ...(several ? { if: interfaceName } : {}),
    })
    this.network.neighbours.announceAddress(nic, this.network.addresses.intern(ip))
  }

  private setVip(host: number, effect: MoveVip, present: boolean): void {
    const { interface: interfaceName, ip, vmac, cause } = effect
    const { stack, neighbours } = this.network
    const nic = this.network.nicNamed(host, interfaceName)
    const address = this.network.addresses.intern(ip)
    if (present === (stack.nicOf(host, address) !== undefined)) return
    if (present) stack.addAddress(host, address, nic)
    else stack.removeAddress(host, address)
    if (vmac !== undefined) neighbours.setVirtualOwner(host, address, present ? this.network.virtualMac(vmac) : undefined)
    this.tell(host, 'vip', `${present ? 'has' : 'gives up'} ${formatIpv4(ip)}`, cause, {
      ip: formatIpv4(ip),
      present,
      ...(vmac === undefined ? {} : { mac: virtualMacText(vmac) }),
    })
    this.vipMoved(host, address, present)
  }

  private stateChange(host: number, effect: Extract<VrrpEffect, { kind: 'stateChange' }>): void {
    const { instance, from, to, init, logged, cause } = effect
    this.tell(host, 'state', init ? `${instance} begins as ${to}` : `${instance} ${from} → ${to}`, cause, {
      instance,
      vrid: effect.vrid,
      from,
      state: to,
      ...(init ? { init } : {}),
      logged,
    })
  }

  private tell(host: number, kind: Happening['kind'], what: string, cause: Cause | undefined, fields: Happening['fields']): void {
    this.report({ t: this.network.engine.now as Instant, host: this.network.stack.hostNames[host], kind, what, cause, fields })
  }
}
