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
  /** By VIP: indexes of the stretches that have not ended (not the stretches themselves: a snapshot copies both). */
  private open: number[][]
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
      const all = this.stretches[vip]
      const current = this.open[vip].find(i => all[i].host === host)
      if (owns(address) === (current !== undefined)) return
      if (current !== undefined) {
        all[current].toNs = nowNs
        this.open[vip] = this.open[vip].filter(i => i !== current)
      } else this.open[vip].push(all.push({ host, fromNs: nowNs, toNs: Number.POSITIVE_INFINITY }) - 1)
    })
  }

  get allOwned(): boolean {
    return this.open.every(o => o.length > 0)
  }

  ownerOf(vip: number): number {
    const [first] = this.open[vip]
    return first === undefined ? -1 : this.stretches[vip][first].host
  }

  /** Stretches of one VIP; those of no length (two changes of one instant) are left out. */
  of(vip: number, hostNames: readonly string[]): Ownership[] {
    return this.stretches[vip].filter(s => s.toNs > s.fromNs).map(s => ({ host: hostNames[s.host], fromNs: s.fromNs, toNs: s.toNs }))
  }
}
