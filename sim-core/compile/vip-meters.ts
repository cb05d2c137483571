/**
 * What is counted for every VIP: packets of traffic sources sent to it, and those that reached a real server, with
 * the first, the last and the longest silence between them in each segment. One row a VIP and segment.
 * Hot path: `sent` and `delivered` are called once a packet.
 */
import type { Stateful } from '../base/tables.ts'
import type { Engine } from '../engine/index.ts'
import type { AddressBook, Packets } from '../net/index.ts'

export class VipMeters implements Stateful {
  readonly stateFields = [
    'sentCount',
    'firstSent',
    'lastSent',
    'deliveredCount',
    'firstDelivered',
    'lastDelivered',
    'longestGap',
    'latest',
    'vipOf',
  ]
  sentCount: Float64Array
  firstSent: Float64Array
  lastSent: Float64Array
  deliveredCount: Float64Array
  firstDelivered: Float64Array
  lastDelivered: Float64Array
  longestGap: Float64Array
  /** Last delivery of each VIP, ns; −1 before the first. */
  private latest: Float64Array
  /** Address row → VIP; −1 for other addresses. */
  private vipOf: Int32Array
  private readonly engine: Engine
  private readonly packets: Packets
  private readonly vips: number

  constructor(vips: readonly number[], segments: number, wiring: { engine: Engine; packets: Packets; addresses: AddressBook }) {
    this.engine = wiring.engine
    this.packets = wiring.packets
    this.vips = vips.length
    const rows = vips.map(ip => wiring.addresses.intern(ip))
    this.vipOf = new Int32Array(Math.max(0, ...rows) + 1).fill(-1)
    rows.forEach((row, vip) => {
      this.vipOf[row] = vip
    })
    const n = vips.length * segments
    this.sentCount = new Float64Array(n)
    this.firstSent = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
    this.lastSent = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
    this.deliveredCount = new Float64Array(n)
    this.firstDelivered = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
    this.lastDelivered = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
    this.longestGap = new Float64Array(n)
    this.latest = new Float64Array(vips.length).fill(-1)
  }

  sent(p: number): void {
    const address = this.packets.dst[p]
    const vip = address < this.vipOf.length ? this.vipOf[address] : -1
    if (vip < 0) return
    const row = this.engine.segment * this.vips + vip
    const now = this.engine.now
    this.sentCount[row]++
    this.lastSent[row] = now
    this.firstSent[row] = Math.min(this.firstSent[row], now)
  }

  delivered(p: number): void {
    const { natVip, dst } = this.packets
    const address = natVip[p] >= 0 ? natVip[p] : dst[p]
    const vip = address < this.vipOf.length ? this.vipOf[address] : -1
    if (vip < 0) return
    const row = this.engine.segment * this.vips + vip
    const now = this.engine.now
    const silence = this.deliveredCount[row]++ === 0 ? 0 : now - this.latest[vip]
    this.longestGap[row] = Math.max(this.longestGap[row], silence)
    this.firstDelivered[row] = Math.min(this.firstDelivered[row], now)
    this.latest[vip] = now
    this.lastDelivered[row] = now
  }

  /** One column of one VIP, by segment. */
  column(values: Float64Array, vip: number): Float64Array {
    return Float64Array.from({ length: values.length / Math.max(1, this.vips) }, (_, segment) => values[segment * this.vips + vip])
  }
}
