/**
 * What is counted at the sending end of every link: one row a segment (Engine.segment) and link, so that counting is
 * `column[base + link] += …` and any window is a sum of rows. Waiting times are kept as histograms, one a link and
 * window piece, made at the first packet that waits at all.
 *
 * Bits *sent* in a segment are those accepted, plus what was still to be sent when the segment began, minus what
 * remained when it ended: `backlogNs` holds the transmitter's remaining work at each beginning.
 */
import { Histogram } from '../base/histogram.ts'
import type { Stateful } from '../base/tables.ts'

export class LinkMeters implements Stateful {
  readonly stateFields = [
    'base',
    'piece',
    'offeredBytes',
    'acceptedNs',
    'packets',
    'drops',
    'waitSumNs',
    'waitMaxNs',
    'queueMax',
    'backlogNs',
    'waits',
  ]
  /** segment × links: add a link's row to it. */
  base = 0
  /** Wire bytes presented to the queue, before drops. */
  offeredBytes: Float64Array
  /** Transmission time of what was accepted, ns. */
  acceptedNs: Float64Array
  /** Packets accepted. */
  packets: Float64Array
  drops: Float64Array
  waitSumNs: Float64Array
  waitMaxNs: Float64Array
  /** Most packets that waited at once, without the one being sent. */
  queueMax: Float64Array
  backlogNs: Float64Array
  /** Waiting times above zero; row = piece × links + link. */
  waits: (Histogram | null)[]
  private piece = 0
  readonly links: number
  /** pieceOf[segment] = which piece between window boundaries the segment belongs to. */
  private readonly pieceOf: readonly number[]

  constructor(links: number, pieceOf: readonly number[]) {
    this.links = links
    this.pieceOf = pieceOf
    const rows = links * pieceOf.length
    this.offeredBytes = new Float64Array(rows)
    this.acceptedNs = new Float64Array(rows)
    this.packets = new Float64Array(rows)
    this.drops = new Float64Array(rows)
    this.waitSumNs = new Float64Array(rows)
    this.waitMaxNs = new Float64Array(rows)
    this.queueMax = new Float64Array(rows)
    this.backlogNs = new Float64Array(rows)
    this.waits = new Array(links * (pieceOf[pieceOf.length - 1] + 1)).fill(null)
  }

  beginSegment(segment: number, at: number, busyUntil: Float64Array): void {
    if (segment >= this.pieceOf.length) return
    this.base = segment * this.links
    this.piece = this.pieceOf[segment] * this.links
    for (let l = 0; l < this.links; l++) this.backlogNs[this.base + l] = Math.max(0, busyUntil[l] - at)
  }

  waited(link: number, ns: number): void {
    const row = this.base + link
    this.waitSumNs[row] += ns
    if (ns > this.waitMaxNs[row]) this.waitMaxNs[row] = ns
    const histogram = this.waits[this.piece + link]
    if (histogram !== null) histogram.record(ns)
    else (this.waits[this.piece + link] = new Histogram()).record(ns)
  }
}
