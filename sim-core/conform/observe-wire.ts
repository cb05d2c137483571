/**
 * Frames of a run as the recordings have them: seen where they enter the switch at the far end of their sender's cable,
 * before anything there drops them. Adverts, gratuitous ARPs, and, filtered as the recorder did, TCP and ICMP.
 */
import { formatIpv4, isMulticast } from '../base/address.ts'
import { type ArpMessage, type LinkTap, PACKET_ARP, PACKET_VRRP } from '../net/index.ts'
import type { VrrpAdvert } from '../protocols/vrrp/index.ts'
import type { Simulation } from '../compile/index.ts'
import type { Observed } from './observed.ts'
import type { Seen } from './compare/timed.ts'

const NS = 1e9

/** Called for each frame that entered a switch from a host. */
export type FrameListener = (host: number, p: number, tS: number) => void

export class WireObserver implements LinkTap {
  readonly seen: Seen[] = []
  private readonly simulation: Simulation
  private readonly listener: FrameListener

  constructor(simulation: Simulation, listener: FrameListener = () => undefined) {
    this.simulation = simulation
    this.listener = listener
  }

  sent(link: number, p: number, _startNs: number, arrivalNs: number): void {
    const { network } = this.simulation
    if (link >= network.trunkLinks || (link & 1) === 1) return
    const nic = link >> 1
    const tS = arrivalNs / NS
    const kind = network.packets.kind[p]
    if (kind === PACKET_VRRP) this.advert(nic, network.packets.body[p] as VrrpAdvert, tS)
    else if (kind === PACKET_ARP) this.arp(nic, network.packets.body[p] as ArpMessage, tS)
    else this.listener(network.nics[nic].host, p, tS)
  }

  lost(): void {
    // A frame that never left is not on the wire.
  }

  private advert(nic: number, advert: VrrpAdvert, t: number): void {
    this.add(nic, 'advert', {
      kind: 'advert',
      t,
      host: this.hostOf(nic),
      version: advert.version,
      vrid: advert.vrid,
      prio: advert.priority,
      advIntS: advert.advertIntCs / 100,
      vips: advert.vips.map(formatIpv4),
      dst: isMulticast(advert.dst) ? undefined : formatIpv4(advert.dst),
      if: this.interfaceOf(nic),
    })
  }

  private arp(nic: number, arp: ArpMessage, t: number): void {
    if (arp.sender !== arp.target) return
    const ip = this.simulation.network.addresses.text(arp.sender)
    this.add(nic, 'garp', { kind: 'garp', t, host: this.hostOf(nic), ip, if: this.interfaceOf(nic) })
  }

  /** With the cause of the last happening of that kind, which is what made the frame. */
  private add(nic: number, kind: 'advert' | 'garp', observed: Observed): void {
    const { happenings } = this.simulation
    const host = this.hostOf(nic)
    for (let i = happenings.length - 1; i >= 0 && i > happenings.length - 20; i--) {
      const h = happenings[i]
      if (h.kind === kind && h.host === host) {
        this.seen.push({ ...observed, rule: h.cause?.rule })
        return
      }
    }
    this.seen.push(observed)
  }

  private hostOf(nic: number): string {
    const { network } = this.simulation
    return network.stack.hostNames[network.nics[nic].host]
  }

  private interfaceOf(nic: number): string {
    return this.simulation.network.nics[nic].name
  }
}
