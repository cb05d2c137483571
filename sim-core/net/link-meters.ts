/**
 * What is counted at the sending end of every link: one row a segment (Engine.segment) and link, so that counting is
 * `rows[base + 8 × link + counter] += …` and any window is a sum of rows. The eight counters of a row share a cache
 * line. Waiting times are kept as histograms, one a link and window piece, made at the first packet that waits.
 *
 * Bits *sent* in a segment are those accepted, plus what was still to be sent when the segment began, minus what
 * remained when it ended: BACKLOG_NS holds the transmitter's remaining work at each beginning.
 */
import { Histogram } from '../base/histogram.ts'
import type { Stateful } from '../base/tables.ts'

/** Wire bytes presented to the queue, before drops. */
export const OFFERED_BYTES = 0
/** Transmission time of what was accepted, ns. */
export const ACCEPTED_NS = 1
/** Packets accepted. */
export const ACCEPTED = 2
export const DROPPED = 3
export const WAIT_SUM_NS = 4
export const WAIT_MAX_NS = 5
/** Most packets that waited at once, without the one being sent. */
export const QUEUE_MAX = 6
export const BACKLOG_NS = 7
export const COUNTER_BITS = 3

export class LinkMeters implements Stateful {
  readonly stateFields = ['base', 'piece', 'rows', 'waits']
  /** Where the current segment's rows begin in `rows`. */
  base = -1
  rows: Float64Array
  /** Waiting times above zero; row = piece × links + link. */
  waits: (Histogram | null)[]
  private piece = -1
  readonly links: number
  /** pieceOf[segment] = which piece between window boundaries the segment belongs to. */
  private readonly pieceOf: readonly number[]

  constructor(links: number, pieceOf: readonly number[]) {
    this.links = links
    this.base = 0 // written twice, as Engine.segment
    this.piece = 0
    this.pieceOf = pieceOf
    this.rows = new Float64Array((links * pieceOf.length) << COUNTER_BITS)
    this.waits = new Array(links * (pieceOf[pieceOf.length - 1] + 1)).fill(null)
  }

  beginSegment(segment: number, backlogNs: (link: number) => number): void {
    if (segment >= this.pieceOf.length) return
    this.base = (segment * this.links) << COUNTER_BITS
    this.piece = this.pieceOf[segment] * this.links
    for (let l = 0; l < this.links; l++) this.rows[this.base + (l << COUNTER_BITS) + BACKLOG_NS] = backlogNs(l)
  }

  waited(link: number, ns: number): void {
    const row = this.base + (link << COUNTER_BITS)
    const rows = this.rows
    rows[row + WAIT_SUM_NS] += ns
    if (ns > rows[row + WAIT_MAX_NS]) rows[row + WAIT_MAX_NS] = ns
    const histogram = this.waits[this.piece + link]
    if (histogram !== null) histogram.record(ns)
    else (this.waits[this.piece + link] = new Histogram()).record(ns)
  }

  /** One counter of one link, by segment. */
  column(counter: number, link: number): Float64Array {
    return Float64Array.from({ length: this.pieceOf.length }, (_, segment) => this.at(counter, link, segment))
  }

  /** One counter of one link over the whole run. */
  total(counter: number, link: number): number {
    let sum = 0
    for (let segment = 0; segment < this.pieceOf.length; segment++) sum += this.at(counter, link, segment)
    return sum
  }

  private at(counter: number, link: number, segment: number): number {
    return this.rows[((segment * this.links + link) << COUNTER_BITS) + counter]
  }
}
