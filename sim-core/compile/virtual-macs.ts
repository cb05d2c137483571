/**
 * The macvlan interfaces that keepalived makes for use_vmac: which hosts take frames to which virtual router's MAC.
 *
 * They come when keepalived starts, not when an instance becomes MASTER, and go when it ends; a killed keepalived leaves them. With
 * the first one keepalived sets arp_ignore to 1, so that only the virtual MAC answers for its VIPs, and it leaves that so
 * (keepalived 2.2.7 in network namespaces; vrrp_if_config.c).
 */
import type { Stateful } from '../base/tables.ts'
import type { Network } from '../net/index.ts'
import { addressesOf, type VrrpConfig } from '../protocols/vrrp/index.ts'

/** A macvlan interface: upon which interface, and of which VRID. */
interface Macvlan {
  readonly nic: number
  readonly vrid: number
}

export class VirtualMacs implements Stateful {
  readonly stateFields = ['present', 'before']
  /** By host. */
  private present: Macvlan[][]
  /** By host: arp_ignore as it was before the first. */
  private before: (number | undefined)[]
  private readonly network: Network

  constructor(network: Network) {
    this.network = network
    this.present = network.stack.hostNames.map(() => [])
    this.before = network.stack.hostNames.map(() => undefined)
  }

  /** keepalived started or read its configuration again. */
  follow(host: number, config: VrrpConfig): void {
    const wanted = this.wantedBy(host, config)
    const { neighbours } = this.network
    if (wanted.length > 0) {
      this.before[host] ??= neighbours.arpIgnore(host)
      neighbours.setArp(host, Math.max(1, neighbours.arpIgnore(host)), neighbours.arpAnnounce(host))
    }
    this.change(host, wanted)
  }

  /** keepalived ended, and took its interfaces with it. */
  remove(host: number): void {
    this.change(host, [])
  }

  /** The host lost its power: what was set by hand is as before. */
  crashed(host: number): void {
    this.change(host, [])
    const { neighbours } = this.network
    const before = this.before[host]
    if (before !== undefined) neighbours.setArp(host, before, neighbours.arpAnnounce(host))
    this.before[host] = undefined
  }

  private change(host: number, wanted: readonly Macvlan[]): void {
    const { neighbours } = this.network
    for (const { nic, vrid } of this.present[host]) neighbours.setVirtualMac(nic, this.network.virtualMac(vrid), false)
    for (const { nic, vrid } of wanted) neighbours.setVirtualMac(nic, this.network.virtualMac(vrid), true)
    this.present[host] = [...wanted]
  }

  private wantedBy(host: number, config: VrrpConfig): Macvlan[] {
    const all = config.instances.flatMap(c => [
      ...(c.vmac === undefined ? [] : [{ name: c.interface, vrid: c.vrid }]),
      ...addressesOf(c).flatMap(a => (a.vmac === undefined ? [] : [{ name: a.interface, vrid: a.vmac }])),
    ])
    const placed = all.map(({ name, vrid }) => ({ nic: this.network.nicNamed(host, name), vrid })).filter(v => v.nic >= 0)
    return placed.filter((v, i) => placed.findIndex(o => o.nic === v.nic && o.vrid === v.vrid) === i)
  }
}
