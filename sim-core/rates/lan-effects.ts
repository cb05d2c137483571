/** What the VRRP machine decides, carried out on LANs without frames: adverts and gratuitous ARPs go to a listener. */
import { type SendAdvert, type SendGarp, VrrpEffects } from '../compile/index.ts'
import type { Network } from '../net/index.ts'
import type { VrrpAdvert, VrrpConfig } from '../protocols/vrrp/index.ts'
import type { Happening } from '../trace/contract.ts'

export interface LanWire {
  /** `vmac`: VRID of the virtual MAC that it comes from; undefined: the interface's own. */
  advert(host: number, nic: number, advert: VrrpAdvert, vmac: number | undefined): void
  /** `address`: u32. */
  announce(host: number, nic: number, address: number, vmac: number | undefined): void
  /** The host joined VRRP's group, or left it. */
  memberChanged(host: number): void
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

  override process(host: number, what: string, config: VrrpConfig): void {
    super.process(host, what, config)
    this.wire.memberChanged(host)
  }

  protected override sendAdvert(host: number, effect: SendAdvert): void {
    const nic = this.lan.nicNamed(host, effect.interface)
    if (nic >= 0) this.wire.advert(host, nic, effect.advert, effect.vmac)
  }

  protected override sendGarp(host: number, effect: SendGarp): void {
    const nic = this.lan.nicNamed(host, effect.interface)
    if (nic >= 0) this.wire.announce(host, nic, effect.ip, effect.vmac)
  }
}
