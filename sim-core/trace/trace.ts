/**
 * A trace as its readers hold it: a header, and parts that arrive while the run is computed (or all at once from a
 * file). Parts are only ever added; what was there stays as it was, so a picture of time t < `untilNs` never changes.
 */
import { ChunkList } from './chunk-list.ts'
import type { PacketChunk } from './columns.ts'
import type { Happening } from './contract.ts'
import type { Coverage } from './packet-trace.ts'
import { type RatePart, RateSeries } from './rate-series.ts'

export interface TraceHeader {
  readonly scenario: string
  readonly seed: number
  readonly durationNs: number
  /** In the order of names; the numbers of hosts in places are indexes here. */
  readonly hosts: readonly string[]
  /** Index = link number. */
  readonly links: readonly TraceLink[]
  /** Index = MAC number: what to call it, and how it is written. */
  readonly macs: readonly { readonly name: string; readonly text: string }[]
  readonly traffic: readonly string[]
  readonly dropReasons: readonly string[]
  /** By the same index: the rule of trace/causes that says why; absent in traces of older versions. */
  readonly dropRules?: readonly string[]
}

export interface TraceLink {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly rateBps: number
  readonly delayNs: number
  readonly overheadBytes: number
  /** Packets; Infinity when the limit is in bytes. */
  readonly queuePackets: number
}

export interface TracePart {
  /** Everything before this instant is now complete. */
  readonly untilNs: number
  readonly chunks: readonly PacketChunk[]
  readonly happenings: readonly Happening[]
  readonly rates: RatePart
  /** The whole list so far. */
  readonly coverage: readonly Coverage[]
  readonly notes: readonly string[]
}

export class Trace {
  readonly header: TraceHeader
  /** By link. */
  readonly flights: readonly ChunkList[]
  /** By link, then by host. */
  readonly losses: readonly ChunkList[]
  readonly rates: RateSeries
  /** In order of time. */
  readonly happenings: Happening[] = []
  coverage: readonly Coverage[] = []
  notes: readonly string[] = []
  untilNs = 0
  /** Grows with every part: readers that cache compare it. */
  version = 0

  constructor(header: TraceHeader) {
    this.header = header
    this.flights = header.links.map(() => new ChunkList())
    this.losses = [...header.links, ...header.hosts].map(() => new ChunkList())
    this.rates = new RateSeries(header.links.length, header.durationNs)
  }

  add(part: TracePart): void {
    for (const chunk of part.chunks) (chunk.lost ? this.losses : this.flights)[chunk.place].add(chunk)
    for (const h of part.happenings) this.happenings.push(h)
    this.rates.put(part.rates)
    this.coverage = part.coverage
    this.notes = part.notes
    this.untilNs = part.untilNs
    this.version++
  }

  get rows(): number {
    let n = 0
    for (const list of this.flights) n += list.rows
    for (const list of this.losses) n += list.rows
    return n
  }

  /** Index of the first happening at or after t. */
  happeningAt(t: number): number {
    let low = 0
    let high = this.happenings.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (this.happenings[mid].t < t) low = mid + 1
      else high = mid
    }
    return low
  }

  /** One packet in how many is there at t; 0: none. */
  strideAt(t: number): number {
    let stride = 0
    for (const c of this.coverage) {
      if (c.fromNs > t) break
      stride = c.stride
    }
    return stride
  }
}
