/**
 * What is counted for every traffic source: packets sent, delivered, dropped and how long they took, by the segment
 * (for delays: the zone) in which they were sent. One row a source and segment. Hot path: once a packet each.
 */
import { Histogram } from '../base/histogram.ts'
import type { Stateful } from '../base/tables.ts'
import type { Engine } from '../engine/index.ts'
import type { Segments } from '../metrics/index.ts'
import { DROP_REASONS, type Packets } from '../net/index.ts'
import type { RequestMeter } from '../daemons/curl/index.ts'
import type { TcpMeter } from '../protocols/tcp/index.ts'
import type { VipMeters } from './vip-meters.ts'

export class TrafficMeters implements Stateful, RequestMeter {
  readonly stateFields = ['sent', 'sentBytes', 'delivered', 'failed', 'deliveredBytes', 'delays', 'drops']
  sent: Float64Array
  sentBytes: Float64Array
  delivered: Float64Array
  deliveredBytes: Float64Array
  /** Requests that ended without a complete answer. */
  failed: Float64Array
  /** Counts the segments of sources that make requests: bytes there and back, and what reaches the VIPs. */
  readonly tcp: TcpMeter = {
    packetSent: p => this.segmentSent(p),
    packetDelivered: (_host, p) => this.segmentReceived(p),
    packetReturned: p => this.segmentReturned(p),
  }
  /** Row = zone × sources + source. */
  private delays: Histogram[]
  /** By reason; row as above but by segment. Made at the first drop of its kind. */
  private drops: (Float64Array | undefined)[] = DROP_REASONS.map(() => undefined)
  private readonly sources: number
  /** By source: 1 when its payload travels from the client to the server, so that this direction's bytes are what is delivered. */
  private readonly upwards: Uint8Array
  private readonly segments: Segments
  private readonly zoneOf: Int32Array
  private readonly engine: Engine
  private readonly packets: Packets
  private readonly vips: VipMeters

  /** `upwards[i]`: source i moves its payload from the client to the server (bulk transfers upwards). */
  constructor(upwards: readonly boolean[], segments: Segments, wiring: { engine: Engine; packets: Packets; vips: VipMeters }) {
    const sources = upwards.length
    this.sources = sources
    this.upwards = Uint8Array.from(upwards, up => (up ? 1 : 0))
    this.segments = segments
    this.zoneOf = segments.zoneOf
    this.engine = wiring.engine
    this.packets = wiring.packets
    this.vips = wiring.vips
    const rows = sources * segments.count
    this.sent = new Float64Array(rows)
    this.sentBytes = new Float64Array(rows)
    this.delivered = new Float64Array(rows)
    this.deliveredBytes = new Float64Array(rows)
    this.failed = new Float64Array(rows)
    this.delays = Array.from({ length: sources * segments.zoneCount }, () => new Histogram())
  }

  /** PacketMeter: a client handed the packet to its IP stack. */
  packetSent(p: number): void {
    const row = this.packets.segment[p] * this.sources + this.packets.traffic[p]
    this.sent[row]++
    this.sentBytes[row] += this.packets.ipBytes[p]
    this.vips.sent(p)
  }

  /** PacketMeter: the packet reached the port that serves it. */
  packetDelivered(_host: number, p: number): void {
    const packets = this.packets
    const traffic = packets.traffic[p]
    const segment = packets.segment[p]
    const row = segment * this.sources + traffic
    this.delivered[row]++
    this.deliveredBytes[row] += packets.ipBytes[p]
    this.delays[this.zoneOf[segment] * this.sources + traffic].record(this.engine.now - packets.sentAt[p])
    this.vips.delivered(p)
  }

  private segmentSent(p: number): void {
    this.sentBytes[this.packets.segment[p] * this.sources + this.packets.traffic[p]] += this.packets.ipBytes[p]
    this.vips.sent(p)
  }

  private segmentReceived(p: number): void {
    const traffic = this.packets.traffic[p]
    if (this.upwards[traffic] === 1) this.deliveredBytes[this.packets.segment[p] * this.sources + traffic] += this.packets.ipBytes[p]
    this.vips.delivered(p)
  }

  private segmentReturned(p: number): void {
    const traffic = this.packets.traffic[p]
    if (this.upwards[traffic] === 0) this.deliveredBytes[this.packets.segment[p] * this.sources + traffic] += this.packets.ipBytes[p]
  }

  requestSent(traffic: number, segment: number): void {
    this.sent[segment * this.sources + traffic]++
  }

  requestAnswered(traffic: number, segment: number, elapsedNs: number): void {
    this.delivered[segment * this.sources + traffic]++
    this.delays[this.zoneOf[segment] * this.sources + traffic].record(elapsedNs)
  }

  requestFailed(traffic: number, segment: number): void {
    this.failed[segment * this.sources + traffic]++
  }

  packetDropped(p: number, reason: number): void {
    const traffic = this.packets.traffic[p]
    if (traffic < 0) return
    let column = this.drops[reason]
    if (column === undefined) column = this.drops[reason] = new Float64Array(this.sources * this.segments.count)
    column[this.packets.segment[p] * this.sources + traffic]++
  }

  column(values: Float64Array, source: number): Float64Array {
    return Float64Array.from({ length: this.segments.count }, (_, segment) => values[segment * this.sources + source])
  }

  delaysOf(source: number): Histogram[] {
    return Array.from({ length: this.segments.zoneCount }, (_, zone) => this.delays[zone * this.sources + source])
  }

  droppedOf(source: number): (Float64Array | undefined)[] {
    return this.drops.map(column => (column === undefined ? undefined : this.column(column, source)))
  }
}
