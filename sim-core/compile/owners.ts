/**
 * Who owned which VIP, when: the host that has it on an interface, is reachable (power, cable, no partition) and,
 * when keepalived put it there, still runs keepalived. Two owners at once are two overlapping stretches.
 */
import type { Stateful } from '../base/tables.ts'
import type { Ownership } from '../metrics/index.ts'

interface Stretch {
  host: number
  fromNs: number
  toNs: number
}

export class Owners implements Stateful {
  readonly stateFields = ['stretches', 'open']
  /** By VIP, in the order of their beginning. */
  private stretches: Stretch[][]
  /** By VIP: the stretches that have not ended. */
  private open: Stretch[][]
  private readonly vips: readonly number[]

  /** `vips`: rows of the address book. */
  constructor(vips: readonly number[]) {
    this.vips = vips
    this.stretches = vips.map(() => [])
    this.open = vips.map(() => [])
  }

  /** Something about the host changed: `owns(address)` says how it is now. */
  refresh(host: number, nowNs: number, owns: (address: number) => boolean): void {
    this.vips.forEach((address, vip) => {
      const current = this.open[vip].find(s => s.host === host)
      if (owns(address) === (current !== undefined)) return
      if (current !== undefined) {
        current.toNs = nowNs
        this.open[vip] = this.open[vip].filter(s => s !== current)
        return
      }
      const stretch = { host, fromNs: nowNs, toNs: Number.POSITIVE_INFINITY }
      this.stretches[vip].push(stretch)
      this.open[vip].push(stretch)
    })
  }

  get allOwned(): boolean {
    return this.open.every(o => o.length > 0)
  }

  ownerOf(vip: number): number {
    return this.open[vip][0]?.host ?? -1
  }

  /** Stretches of one VIP; those of no length (two changes of one instant) are left out. */
  of(vip: number, hostNames: readonly string[]): Ownership[] {
    return this.stretches[vip].filter(s => s.toNs > s.fromNs).map(s => ({ host: hostNames[s.host], fromNs: s.fromNs, toNs: s.toNs }))
  }
}
