/**
 * What each link was offered, sent and dropped, by segment: LinkMeasurement from rates. While time flows the numbers of
 * one segment lie side by side, link after link; the columns that metrics read are made at the end.
 */
import { Histogram } from '../base/histogram.ts'
import type { LinkMeasurement, Segments } from '../metrics/index.ts'
import { rounded } from './columns.ts'
import type { Fabric } from './fabric.ts'
import type { Loads } from './loads.ts'

/** Numbers of a link and segment, in this order. */
const OFFERED_BITS = 0
const PRESENTED = 1
const BUSY_NS = 2
const NUMBERS = 3
/** Links whose columns are made in one go. */
const TOGETHER = 16

export class LinkAccounts {
  private readonly segments: Segments
  private readonly loads: Loads
  /** Bit/s that are asked of a link besides, and not sent for want of room. */
  private readonly unmetBps: Float64Array
  private readonly rows: Float64Array
  /** Made when something is dropped, or waits, for the first time. */
  private readonly drops: (Float64Array | undefined)[]
  private readonly queueMax: (Float64Array | undefined)[]
  /** waits[link][zone] */
  private readonly waits: (Histogram | null)[][]
  private readonly used: Uint8Array
  /** Links that carry something at the rates of now, and those that drop or have something waiting. */
  private active = new Int32Array(0)
  private troubled = new Int32Array(0)

  constructor(segments: Segments, loads: Loads, unmetBps: Float64Array) {
    this.unmetBps = unmetBps
    this.segments = segments
    this.loads = loads
    this.rows = new Float64Array(segments.count * loads.count * NUMBERS)
    this.drops = new Array(loads.count).fill(undefined)
    this.queueMax = new Array(loads.count).fill(undefined)
    this.waits = Array.from({ length: loads.count }, () => new Array(segments.zoneCount).fill(null))
    this.used = new Uint8Array(loads.count)
  }

  /** The rates of `loads` are new. */
  look(): void {
    const { loads } = this
    const all = Int32Array.from({ length: loads.count }, (_, l) => l)
    this.active = all.filter(l => loads.bps[l] > 0 || loads.backlogBits[l] > 0)
    this.troubled = this.active.filter(l => loads.lossShare[l] > 0 || loads.backlogBits[l] > 0 || loads.bps[l] > loads.capacityBps[l])
    for (const l of this.active) this.used[l] = 1
  }

  /** `dt` ns of segment `s`. */
  add(s: number, dt: number): void {
    const { rows, unmetBps } = this
    const { count, bps, pps, capacityBps, sentBps } = this.loads
    const seconds = dt / 1e9
    const base = s * count * NUMBERS
    for (const l of this.active) {
      const row = base + l * NUMBERS
      rows[row + OFFERED_BITS] += (bps[l] + unmetBps[l]) * seconds
      rows[row + PRESENTED] += pps[l] * seconds
      if (capacityBps[l] > 0) rows[row + BUSY_NS] += (sentBps[l] / capacityBps[l]) * dt
    }
    for (const l of this.troubled) this.addTrouble(l, s, seconds)
  }

  private addTrouble(l: number, s: number, seconds: number): void {
    const { lossShare, pps, bps, backlogBits, capacityBps } = this.loads
    if (lossShare[l] > 0) (this.drops[l] ??= new Float64Array(this.segments.count))[s] += pps[l] * lossShare[l] * seconds
    if (backlogBits[l] === 0) return
    const packetBits = bps[l] / pps[l]
    const column = (this.queueMax[l] ??= new Float64Array(this.segments.count))
    if (packetBits > 0) column[s] = Math.max(column[s], Math.round(backlogBits[l] / packetBits))
    const histogram = (this.waits[l][this.segments.zoneOf[s]] ??= new Histogram())
    histogram.recordMany(Math.round((1e9 * backlogBits[l]) / capacityBps[l]), Math.round(pps[l] * (1 - lossShare[l]) * seconds))
  }

  /** Columns of all links, by number; a few links at a time, so that rows are read in the order in which they lie. */
  private columns(): Float64Array[][] {
    const { count } = this.loads
    const segments = this.segments.count
    const out: Float64Array[][] = [[], [], []]
    for (let first = 0; first < count; first += TOGETHER) {
      const links = Math.min(TOGETHER, count - first)
      const block = Array.from({ length: links * NUMBERS }, () => new Float64Array(segments))
      for (let s = 0; s < segments; s++) {
        const row = (s * count + first) * NUMBERS
        for (let i = 0; i < block.length; i++) block[i][s] = this.rows[row + i]
      }
      block.forEach((column, i) => {
        out[i % NUMBERS].push(column)
      })
    }
    for (const column of out[OFFERED_BITS]) for (let s = 0; s < segments; s++) column[s] /= 8
    return out
  }

  measurements(fabric: Fabric, rateLog: readonly Float64Array[]): LinkMeasurement[] {
    const { links } = fabric.network
    const nothing = new Float64Array(this.segments.count)
    const columns = this.columns()
    return links.names
      .map((name, l): LinkMeasurement => {
        const used = this.used[l] === 1
        const drops = this.drops[l] === undefined ? nothing : rounded(this.drops[l])
        const presented = used ? rounded(columns[PRESENTED][l]) : nothing
        const { queuePackets, queueBytes } = links.optionsOf(l)
        return {
          name,
          from: name.slice(0, name.indexOf('→')),
          to: name.slice(name.indexOf('→') + 1),
          rateBps: rateLog[l],
          offeredWireBytes: used ? columns[OFFERED_BITS][l] : nothing,
          busyNs: used ? columns[BUSY_NS][l] : nothing,
          accepted: drops === nothing ? presented : presented.map((n, s) => Math.max(0, n - drops[s])),
          drops,
          queueMaxPackets: this.queueMax[l] ?? nothing,
          waits: this.waits[l],
          queueLimit: queuePackets !== Number.POSITIVE_INFINITY ? { packets: queuePackets } : { bytes: queueBytes },
        }
      })
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }
}
