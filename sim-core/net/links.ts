/**
 * Links: one direction of a cable each, with the sender's queue. Rows come in pairs, so `l ^ 1` is the way back.
 *
 * A frame's whole fate on a link is computed when it is handed over: when its transmission starts (the transmitter
 * may be busy), how long it takes, when it arrives. So a hop costs one event, and a link has at most one event
 * pending: the earliest arrival; the rest wait in the link's ring, which is first in, first out. The ring also
 * answers "how many frames wait right now": those whose transmission has not started.
 *
 * The rate is exact in the long run: whole nanoseconds are used and the remainder is carried to the next frame.
 * The queue limit does not count the frame being sent. Compared with a plain model in test/net/links.test.ts and with
 * M/D/1 and M/M/1/K. Hot path: transmit and arrive are called once a packet-hop.
 */
import type { Stateful } from '../base/tables.ts'
import { ARRIVAL_EVENT, type Engine, eventCode } from '../engine/index.ts'
import { DROP_CUT, DROP_LINE_LOSS, DROP_NO_CARRIER, DROP_QUEUE_FULL, DROP_TOO_LARGE } from './drops.ts'
import type { LinkMeters } from './link-meters.ts'
import { FrameRing } from './frame-ring.ts'
import type { Packets } from './packets.ts'
import { TokenBucket } from './token-bucket.ts'

export interface LinkOptions {
  /** Who sends and who receives, for messages: `b1→switch`. */
  readonly name: string
  /** bit/s; Infinity: no serialisation (a recording's link that only delays). */
  readonly rateBps: number
  readonly delayNs: number
  /** Bytes that the line adds to an IP packet, and the least a frame occupies on it. */
  readonly overheadBytes: number
  readonly wireBytesMin: number
  readonly queuePackets: number
  readonly queueBytes: number
  readonly mtuBytes: number
  readonly loss: number
  readonly bucket?: { readonly rateBps: number; readonly burstBytes: number; readonly queueBytes: number; readonly overheadBytes: number }
}

/** Reasons to leave the fast path. */
const NO_CARRIER = 1
const CUT_AT_SENDER = 2
const CUT_AT_RECEIVER = 4
const LOSSY = 8
const BUCKET = 16
const MTU = 32

/** In the ring, the start of a frame whose transmission began when it was handed over. */
const DID_NOT_WAIT = -1

export interface FrameSink {
  arrived(link: number, p: number): void
  dropped(link: number, p: number, reason: number): void
}

/** Sees every frame when the run is traced. */
export interface LinkTap {
  sent(link: number, p: number, startNs: number, arrivalNs: number): void
  lost(link: number, p: number, reason: number): void
}

export class Links implements Stateful {
  readonly stateFields = [
    ...['rateBps', 'nsPerByte', 'remainder', 'delayNs', 'queuePackets', 'queueBytes', 'mtuBytes', 'loss'],
    ...['busyUntil', 'conditions', 'rings', 'buckets', 'hops'],
  ]
  readonly count: number
  readonly names: readonly string[]
  rateBps: Float64Array
  /** 8e9 / rate when whole (1 Gbit/s: 8), else 0: the remainder is then carried. */
  private nsPerByte: Float64Array
  private remainder: Float64Array
  delayNs: Float64Array
  queuePackets: Float64Array
  queueBytes: Float64Array
  private mtuBytes: Float64Array
  loss: Float64Array
  /** When the transmitter becomes free, ns. */
  busyUntil: Float64Array
  private conditions: Uint8Array
  private rings: FrameRing[]
  private buckets: (TokenBucket | null)[]
  /** Frames that arrived, all links. */
  hops = 0
  tap: LinkTap | null = null
  readonly overheadBytes: Float64Array
  private readonly wireBytesMin: Float64Array
  private readonly engine: Engine
  private readonly packets: Packets
  private readonly meters: LinkMeters
  private readonly sink: FrameSink
  /** Uniform draws in (0, 1) for lossy links, one stream a link. */
  private readonly draw: (link: number) => number

  constructor(
    options: readonly LinkOptions[],
    wiring: { engine: Engine; packets: Packets; meters: LinkMeters; sink: FrameSink; draw: (link: number) => number },
  ) {
    this.engine = wiring.engine
    this.packets = wiring.packets
    this.meters = wiring.meters
    this.sink = wiring.sink
    this.draw = wiring.draw
    this.count = options.length
    this.names = options.map(o => o.name)
    const column = (of: (o: LinkOptions) => number) => Float64Array.from(options, of)
    this.rateBps = column(o => o.rateBps)
    this.nsPerByte = column(o => wholeNsPerByte(o.rateBps))
    this.remainder = column(() => 0)
    this.delayNs = column(o => o.delayNs)
    this.queuePackets = column(o => o.queuePackets)
    this.queueBytes = column(o => o.queueBytes)
    this.mtuBytes = column(o => o.mtuBytes)
    this.loss = column(o => o.loss)
    this.overheadBytes = column(o => o.overheadBytes)
    this.wireBytesMin = column(o => o.wireBytesMin)
    this.busyUntil = new Float64Array(this.count)
    this.conditions = Uint8Array.from(options, o => (o.loss > 0 ? LOSSY : 0) | (o.bucket ? BUCKET : 0) | (o.mtuBytes < 65_535 ? MTU : 0))
    this.rings = options.map(() => new FrameRing())
    this.buckets = options.map(o => (o.bucket ? new TokenBucket(o.bucket) : null))
    this.engine.onArrival(l => this.arrive(l))
  }

  /** Hands a frame to the link's queue; the link owns it from here on. */
  transmit(l: number, p: number): void {
    const now = this.engine.now
    const meters = this.meters
    const row = meters.base + l
    let wire = this.packets.ipBytes[p] + this.overheadBytes[l]
    if (wire < this.wireBytesMin[l]) wire = this.wireBytesMin[l]
    meters.offeredBytes[row] += wire
    let ready = now
    if (this.conditions[l] !== 0) {
      ready = this.unusual(l, p, now)
      if (ready < 0) return
    }
    const ring = this.rings[l]
    let start = this.busyUntil[l]
    if (start <= ready) start = ready
    else {
      const waiting = ring.waiting(now)
      if (
        waiting >= this.queuePackets[l] ||
        (this.queueBytes[l] !== Number.POSITIVE_INFINITY && this.bytesWaiting(ring, now) + wire > this.queueBytes[l])
      ) {
        this.drop(l, p, DROP_QUEUE_FULL)
        return
      }
      if (waiting + 1 > meters.queueMax[row]) meters.queueMax[row] = waiting + 1
    }
    const waits = start > now
    if (waits) meters.waited(l, start - now)
    let took = wire * this.nsPerByte[l]
    if (took === 0) took = this.carried(l, wire)
    const end = start + took
    this.busyUntil[l] = end
    meters.acceptedNs[row] += took
    meters.packets[row]++
    const arrival = end + this.delayNs[l]
    const queue = this.engine.queue
    const sequence = queue.nextSequence++
    if (ring.push(arrival, waits ? start : DID_NOT_WAIT, sequence, p))
      queue.pushWithSequence(arrival, sequence, eventCode(ARRIVAL_EVENT, l))
    if (this.tap !== null) this.tap.sent(l, p, start, arrival)
  }

  private arrive(l: number): void {
    const ring = this.rings[l]
    const p = ring.shift()
    const queue = this.engine.queue
    if (ring.head !== ring.tail) queue.replaceTop(ring.headArrival(), ring.headSequence(), eventCode(ARRIVAL_EVENT, l))
    else queue.pop()
    this.hops++
    if ((this.conditions[l] & (CUT_AT_RECEIVER | NO_CARRIER)) !== 0) {
      this.drop(l, p, (this.conditions[l] & NO_CARRIER) !== 0 ? DROP_NO_CARRIER : DROP_CUT)
      return
    }
    this.sink.arrived(l, p)
  }

  /** When the frame may go to the transmitter, or −1 when it is dropped here. */
  private unusual(l: number, p: number, now: number): number {
    const conditions = this.conditions[l]
    if ((conditions & NO_CARRIER) !== 0) return this.drop(l, p, DROP_NO_CARRIER)
    if ((conditions & CUT_AT_SENDER) !== 0) return this.drop(l, p, DROP_CUT)
    if ((conditions & MTU) !== 0 && this.packets.ipBytes[p] > this.mtuBytes[l]) return this.drop(l, p, DROP_TOO_LARGE)
    if ((conditions & LOSSY) !== 0 && this.draw(l) < this.loss[l]) return this.drop(l, p, DROP_LINE_LOSS)
    if ((conditions & BUCKET) === 0) return now
    const ready = (this.buckets[l] as TokenBucket).release(now, this.packets.ipBytes[p])
    return ready < 0 ? this.drop(l, p, DROP_QUEUE_FULL) : ready
  }

  private drop(l: number, p: number, reason: number): -1 {
    this.meters.drops[this.meters.base + l]++
    if (this.tap !== null) this.tap.lost(l, p, reason)
    this.sink.dropped(l, p, reason)
    return -1
  }

  /** Time on a line whose ns a byte is not whole. */
  private carried(l: number, wire: number): number {
    if (this.rateBps[l] === Number.POSITIVE_INFINITY) return 0
    const work = wire * 8e9 + this.remainder[l]
    const took = Math.floor(work / this.rateBps[l])
    this.remainder[l] = work - took * this.rateBps[l]
    return took
  }

  private bytesWaiting(ring: FrameRing, now: number): number {
    let bytes = 0
    ring.waiting(now)
    for (let i = ring.waitHead; i !== ring.tail; i = (i + 1) | 0) bytes += this.packets.ipBytes[ring.packetAt(i)]
    return bytes
  }

  /** Calls with every frame that was accepted and has not arrived. */
  forEachInFlight(visit: (p: number) => void): void {
    for (const ring of this.rings) for (let i = ring.head; i !== ring.tail; i = (i + 1) | 0) visit(ring.packetAt(i))
  }

  setCarrier(l: number, up: boolean): void {
    this.condition(l, NO_CARRIER, !up)
  }

  /** Frames are dropped as they are handed over (what a switch would send) or as they arrive (what it would take in). */
  setCut(l: number, where: 'sender' | 'receiver', cut: boolean): void {
    this.condition(l, where === 'sender' ? CUT_AT_SENDER : CUT_AT_RECEIVER, cut)
  }

  /** Neither cut nor without carrier. */
  isOpen(l: number): boolean {
    return (this.conditions[l] & (NO_CARRIER | CUT_AT_SENDER | CUT_AT_RECEIVER)) === 0
  }

  /** Largest IP packet that the link takes, bytes. */
  mtuOf(l: number): number {
    return this.mtuBytes[l]
  }

  hasCarrier(l: number): boolean {
    return (this.conditions[l] & NO_CARRIER) === 0
  }

  /** Changes options in the middle of a run; frames already handed over keep their times. */
  set(
    l: number,
    options: { rateBps?: number; delayNs?: number; queuePackets?: number; queueBytes?: number; loss?: number; mtuBytes?: number },
  ): void {
    if (options.rateBps !== undefined) {
      this.rateBps[l] = options.rateBps
      this.nsPerByte[l] = wholeNsPerByte(options.rateBps)
      this.remainder[l] = 0
    }
    if (options.delayNs !== undefined) this.delayNs[l] = options.delayNs
    if (options.queuePackets !== undefined) this.queuePackets[l] = options.queuePackets
    if (options.queueBytes !== undefined) this.queueBytes[l] = options.queueBytes
    if (options.loss !== undefined) {
      this.loss[l] = options.loss
      this.condition(l, LOSSY, options.loss > 0)
    }
    if (options.mtuBytes !== undefined) {
      this.mtuBytes[l] = options.mtuBytes
      this.condition(l, MTU, options.mtuBytes < 65_535)
    }
  }

  private condition(l: number, bit: number, on: boolean): void {
    this.conditions[l] = on ? this.conditions[l] | bit : this.conditions[l] & ~bit
  }
}

function wholeNsPerByte(rateBps: number): number {
  return 8e9 % rateBps === 0 ? 8e9 / rateBps : 0
}
