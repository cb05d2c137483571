/** What the VRRP machine decides, carried out on LANs without frames: adverts and gratuitous ARPs go to a listener. */
import { VrrpEffects } from '../compile/index.ts'
import type { Network } from '../net/index.ts'
import type { VrrpAdvert } from '../protocols/vrrp/index.ts'
import type { Happening } from '../trace/contract.ts'

export interface LanWire {
  advert(host: number, nic: number, advert: VrrpAdvert): void
  /** `address`: u32. */
  announce(host: number, nic: number, address: number): void
}

export class LanEffects extends VrrpEffects {
  private readonly lan: Network
  private readonly wire: LanWire

  constructor(
    network: Network,
    report: (h: Happening) => void,
    vipMoved: (host: number, address: number, present: boolean) => void,
    wire: LanWire,
  ) {
    super(network, report, vipMoved)
    this.lan = network
    this.wire = wire
  }

  protected override sendAdvert(host: number, interfaceName: string, advert: VrrpAdvert): void {
    const nic = this.lan.nicNamed(host, interfaceName)
    if (nic >= 0) this.wire.advert(host, nic, advert)
  }

  protected override sendGarp(host: number, interfaceName: string, ip: number): void {
    const nic = this.lan.nicNamed(host, interfaceName)
    if (nic >= 0) this.wire.announce(host, nic, ip)
  }
}
