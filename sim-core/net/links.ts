/**
 * Links: one direction of a cable each, with the sender's queue. Rows come in pairs, so `l ^ 1` is the way back.
 *
 * A frame's whole fate on a link is computed when it is handed over: when its transmission starts (the transmitter
 * may be busy), how long it takes, when it arrives. So a hop costs one event, and few events are pending: frames wait
 * for their arrival in rings, first in, first out, and only the first of a ring is in the event queue. A frame that had
 * to wait goes into its link's own ring (which also answers "how many wait right now": those whose transmission has
 * not started). One that did not arrives a fixed time from now, so all frames with the same time to go, whatever their
 * links, arrive in the order in which they were handed over: they share a ring (docs/decisions/0020-shared-rings.md).
 *
 * The rate is exact in the long run: whole nanoseconds are used and the remainder is carried to the next frame.
 * The queue limit does not count the frame being sent. Compared with a plain model in test/net/links.test.ts and with
 * M/D/1 and M/M/1/K. Hot path: transmit and arrive are called once a packet-hop.
 */
import type { Stateful } from '../base/tables.ts'
import { ARRIVAL_EVENT, type Engine, eventCode } from '../engine/index.ts'
import { DROP_CUT, DROP_LINE_LOSS, DROP_NO_CARRIER, DROP_QUEUE_FULL, DROP_TOO_LARGE } from './drops.ts'
import { ACCEPTED, ACCEPTED_NS, COUNTER_BITS, DROPPED, type LinkMeters, OFFERED_BYTES, QUEUE_MAX } from './link-meters.ts'
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
/** Shared rings, found by a hash of the time to go. Two times that share a ring by chance cost speed, nothing else. */
const SHARED_RINGS = 64
const sharedRing = (latencyNs: number): number => Math.imul(latencyNs | 0, 0x9e3779b1 | 0) >>> 26

export interface FrameSink {
  arrived(link: number, p: number): void
  dropped(link: number, p: number, reason: number): void
}

/** Sees every frame when the run is traced. */
export interface LinkTap {
  sent(link: number, p: number, startNs: number, arrivalNs: number): void
  lost(link: number, p: number, reason: number): void
}

/** Columns of a link's row: sixteen doubles side by side, what `transmit` reads in the first eight. */
const BUSY_UNTIL = 0
const NS_PER_BYTE = 1
const DELAY_NS = 2
const OVERHEAD_BYTES = 3
const WIRE_BYTES_MIN = 4
const QUEUE_PACKETS = 5
const CONDITIONS = 6
const QUEUE_BYTES = 7
const RATE_BPS = 8
const REMAINDER = 9
const LOSS = 10
const MTU_BYTES = 11
/** What the last frame's size came to, for the next of that size: −1 = nothing; wire bytes, transmission time and time to go. */
const USUAL_BYTES = 12
const USUAL_WIRE_BYTES = 13
const USUAL_TOOK_NS = 14
const USUAL_LATENCY_NS = 15
const ROW_BITS = 4

export class Links implements Stateful {
  readonly stateFields = ['rows', 'rings', 'buckets', 'hops']
  readonly count: number
  readonly names: readonly string[]
  private rows: Float64Array
  /** First the shared ones, then one a link. */
  private rings: FrameRing[]
  private buckets: (TokenBucket | null)[]
  /** Frames that arrived, all links. */
  hops = 0
  tap: LinkTap | null = null
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
    this.rows = new Float64Array(options.length << ROW_BITS)
    options.forEach((o, l) => {
      const row = l << ROW_BITS
      this.rows[row + NS_PER_BYTE] = wholeNsPerByte(o.rateBps)
      this.rows[row + DELAY_NS] = o.delayNs
      this.rows[row + OVERHEAD_BYTES] = o.overheadBytes
      this.rows[row + WIRE_BYTES_MIN] = o.wireBytesMin
      this.rows[row + QUEUE_PACKETS] = o.queuePackets
      this.rows[row + QUEUE_BYTES] = o.queueBytes
      this.rows[row + RATE_BPS] = o.rateBps
      this.rows[row + LOSS] = o.loss
      this.rows[row + MTU_BYTES] = o.mtuBytes
      this.rows[row + USUAL_BYTES] = -1
      this.rows[row + CONDITIONS] = (o.loss > 0 ? LOSSY : 0) | (o.bucket ? BUCKET : 0) | (o.mtuBytes < 65_535 ? MTU : 0)
    })
    this.rings = Array.from({ length: SHARED_RINGS + options.length }, () => new FrameRing())
    this.buckets = options.map(o => (o.bucket ? new TokenBucket(o.bucket) : null))
    this.engine.onArrival(this)
  }

  /** Hands a frame to the link's queue; the link owns it from here on. */
  transmit(l: number, p: number): void {
    const now = this.engine.now
    const rows = this.rows
    const row = l << ROW_BITS
    if (this.packets.ipBytes[p] !== rows[row + USUAL_BYTES] || rows[row + BUSY_UNTIL] > now) {
      this.transmitAny(l, p, now)
      return
    }
    // A frame like the last one, and nothing in its way: neither size nor conditions have to be looked at.
    const counters = this.meters.rows
    const counter = this.meters.base + (l << COUNTER_BITS)
    const took = rows[row + USUAL_TOOK_NS]
    counters[counter + OFFERED_BYTES] += rows[row + USUAL_WIRE_BYTES]
    counters[counter + ACCEPTED_NS] += took
    counters[counter + ACCEPTED]++
    rows[row + BUSY_UNTIL] = now + took
    this.deliverAfter(l, p, now, rows[row + USUAL_LATENCY_NS])
  }

  private transmitAny(l: number, p: number, now: number): void {
    const rows = this.rows
    const row = l << ROW_BITS
    const counters = this.meters.rows
    const counter = this.meters.base + (l << COUNTER_BITS)
    const ipBytes = this.packets.ipBytes[p]
    const wire = Math.max(ipBytes + rows[row + OVERHEAD_BYTES], rows[row + WIRE_BYTES_MIN])
    counters[counter + OFFERED_BYTES] += wire
    const usual = rows[row + CONDITIONS] === 0 || (rows[row + CONDITIONS] === MTU && ipBytes <= rows[row + MTU_BYTES])
    const ready = usual ? now : this.unusual(l, p, now)
    if (ready < 0 || (rows[row + BUSY_UNTIL] > ready && !this.hasRoom(l, p, wire, now))) return
    const start = Math.max(ready, rows[row + BUSY_UNTIL])
    const whole = wire * rows[row + NS_PER_BYTE]
    const took = whole === 0 ? this.carried(row, wire) : whole
    const latency = took + rows[row + DELAY_NS]
    rows[row + BUSY_UNTIL] = start + took
    counters[counter + ACCEPTED_NS] += took
    counters[counter + ACCEPTED]++
    if (start > now) {
      this.meters.waited(l, start - now)
      this.deliverInTurn(l, p, start, start + latency)
      return
    }
    this.deliverAfter(l, p, now, latency)
    rows[row + USUAL_BYTES] = usual && whole > 0 ? ipBytes : -1
    rows[row + USUAL_WIRE_BYTES] = wire
    rows[row + USUAL_TOOK_NS] = took
    rows[row + USUAL_LATENCY_NS] = latency
  }

  /** Whether one more frame may wait for the transmitter; if not, it is dropped. */
  private hasRoom(l: number, p: number, wire: number, now: number): boolean {
    const rows = this.rows
    const row = l << ROW_BITS
    const ring = this.rings[SHARED_RINGS + l]
    const waiting = ring.waiting(now)
    const bytes = rows[row + QUEUE_BYTES]
    if (waiting >= rows[row + QUEUE_PACKETS] || (bytes !== Number.POSITIVE_INFINITY && this.bytesWaiting(ring, now) + wire > bytes)) {
      this.drop(l, p, DROP_QUEUE_FULL)
      return false
    }
    const counter = this.meters.base + (l << COUNTER_BITS) + QUEUE_MAX
    this.meters.rows[counter] = Math.max(this.meters.rows[counter], waiting + 1)
    return true
  }

  /** The frame, whose transmission starts now, arrives in `latency` ns. */
  private deliverAfter(l: number, p: number, now: number, latency: number): void {
    const at = sharedRing(latency)
    const ring = this.rings[at]
    const arrival = now + latency
    if (arrival < ring.lastArrival) {
      this.deliverInTurn(l, p, DID_NOT_WAIT, arrival)
      return
    }
    const queue = this.engine.queue
    const sequence = queue.nextSequence++
    if (ring.push(arrival, sequence, DID_NOT_WAIT, p, l)) queue.pushWithSequence(arrival, sequence, eventCode(ARRIVAL_EVENT, at))
    if (this.tap !== null) this.tap.sent(l, p, now, arrival)
  }

  /** The frame goes into the link's own ring, behind those that wait there. */
  private deliverInTurn(l: number, p: number, start: number, arrivalNs: number): void {
    const at = SHARED_RINGS + l
    const ring = this.rings[at]
    // Later than the line says if the link's delay has just been cut: its frames stay in order.
    const arrival = Math.max(arrivalNs, ring.lastArrival)
    const queue = this.engine.queue
    const sequence = queue.nextSequence++
    if (ring.push(arrival, sequence, start, p, l)) queue.pushWithSequence(arrival, sequence, eventCode(ARRIVAL_EVENT, at))
    if (this.tap !== null) this.tap.sent(l, p, start === DID_NOT_WAIT ? this.engine.now : start, arrival)
  }

  /** The loop's entry for ARRIVAL_EVENT: the first frame of a ring is there. */
  arrive(at: number): void {
    const ring = this.rings[at]
    const p = ring.packetAt(ring.head)
    const l = ring.linkAt(ring.head)
    ring.shift()
    const queue = this.engine.queue
    if (ring.head !== ring.tail) queue.replaceTop(ring.headArrival(), ring.headSequence(), eventCode(ARRIVAL_EVENT, at))
    else queue.pop()
    this.hops++
    const conditions = this.rows[(l << ROW_BITS) + CONDITIONS]
    if (conditions !== 0 && (conditions & (CUT_AT_RECEIVER | NO_CARRIER)) !== 0)
      this.drop(l, p, (conditions & NO_CARRIER) !== 0 ? DROP_NO_CARRIER : DROP_CUT)
    else this.sink.arrived(l, p)
  }

  /** When the frame may go to the transmitter, or −1 when it is dropped here. */
  private unusual(l: number, p: number, now: number): number {
    const row = l << ROW_BITS
    const conditions = this.rows[row + CONDITIONS]
    if ((conditions & NO_CARRIER) !== 0) return this.drop(l, p, DROP_NO_CARRIER)
    if ((conditions & CUT_AT_SENDER) !== 0) return this.drop(l, p, DROP_CUT)
    if ((conditions & MTU) !== 0 && this.packets.ipBytes[p] > this.rows[row + MTU_BYTES]) return this.drop(l, p, DROP_TOO_LARGE)
    if ((conditions & LOSSY) !== 0 && this.draw(l) < this.rows[row + LOSS]) return this.drop(l, p, DROP_LINE_LOSS)
    if ((conditions & BUCKET) === 0) return now
    const ready = (this.buckets[l] as TokenBucket).release(now, this.packets.ipBytes[p])
    return ready < 0 ? this.drop(l, p, DROP_QUEUE_FULL) : ready
  }

  private drop(l: number, p: number, reason: number): -1 {
    this.meters.rows[this.meters.base + (l << COUNTER_BITS) + DROPPED]++
    if (this.tap !== null) this.tap.lost(l, p, reason)
    this.sink.dropped(l, p, reason)
    return -1
  }

  /** Time on a line whose ns a byte is not whole. */
  private carried(row: number, wire: number): number {
    const rate = this.rows[row + RATE_BPS]
    if (rate === Number.POSITIVE_INFINITY) return 0
    const work = wire * 8e9 + this.rows[row + REMAINDER]
    const took = Math.floor(work / rate)
    this.rows[row + REMAINDER] = work - took * rate
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

  /** Work that the transmitter still has at `at`, ns. */
  backlogNs(l: number, at: number): number {
    return Math.max(0, this.rows[(l << ROW_BITS) + BUSY_UNTIL] - at)
  }

  /** What waits on a link and what may, packets and IP bytes; of a token bucket its own queue. For explanations. */
  queueOf(l: number): { packets: number; packetsMax: number; bytes: number; bytesMax: number; rateBps: number; bucket: boolean } {
    const { now } = this.engine
    const bucket = this.buckets[l]
    const { queuePackets, queueBytes, rateBps } = this.optionsOf(l)
    const packets = this.rings[SHARED_RINGS + l].waiting(now)
    if (bucket !== null && packets < queuePackets)
      return { packets: bucket.waiting, packetsMax: Number.POSITIVE_INFINITY, ...bucket.held, rateBps: bucket.rateBps, bucket: true }
    const bytes = this.bytesWaiting(this.rings[SHARED_RINGS + l], now)
    return { packets, packetsMax: queuePackets, bytes, bytesMax: queueBytes, rateBps, bucket: false }
  }

  /** Share of the frames that the line loses. */
  lossOf(l: number): number {
    return this.rows[(l << ROW_BITS) + LOSS]
  }

  /** Largest IP packet that the link takes, bytes. */
  mtuOf(l: number): number {
    return this.rows[(l << ROW_BITS) + MTU_BYTES]
  }

  /** Options of a link as they are now. */
  optionsOf(l: number): { rateBps: number; delayNs: number; queuePackets: number; queueBytes: number; overheadBytes: number } {
    const row = l << ROW_BITS
    const { rows } = this
    return {
      rateBps: rows[row + RATE_BPS],
      delayNs: rows[row + DELAY_NS],
      queuePackets: rows[row + QUEUE_PACKETS],
      queueBytes: rows[row + QUEUE_BYTES],
      overheadBytes: rows[row + OVERHEAD_BYTES],
    }
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
    return (this.rows[(l << ROW_BITS) + CONDITIONS] & (NO_CARRIER | CUT_AT_SENDER | CUT_AT_RECEIVER)) === 0
  }

  /** Drop reason of what is handed over now, or of what arrives; −1: it gets through. */
  refusal(l: number): { readonly sent: number; readonly arrived: number } {
    const conditions = this.rows[(l << ROW_BITS) + CONDITIONS]
    if ((conditions & NO_CARRIER) !== 0) return { sent: DROP_NO_CARRIER, arrived: DROP_NO_CARRIER }
    return { sent: (conditions & CUT_AT_SENDER) !== 0 ? DROP_CUT : -1, arrived: (conditions & CUT_AT_RECEIVER) !== 0 ? DROP_CUT : -1 }
  }

  hasCarrier(l: number): boolean {
    return (this.rows[(l << ROW_BITS) + CONDITIONS] & NO_CARRIER) === 0
  }

  /** Changes options in the middle of a run; frames already handed over keep their times. */
  set(
    l: number,
    options: { rateBps?: number; delayNs?: number; queuePackets?: number; queueBytes?: number; loss?: number; mtuBytes?: number },
  ): void {
    const row = l << ROW_BITS
    const { rows } = this
    rows[row + USUAL_BYTES] = -1
    if (options.rateBps !== undefined) {
      rows[row + RATE_BPS] = options.rateBps
      rows[row + NS_PER_BYTE] = wholeNsPerByte(options.rateBps)
      rows[row + REMAINDER] = 0
    }
    if (options.delayNs !== undefined) rows[row + DELAY_NS] = options.delayNs
    if (options.queuePackets !== undefined) rows[row + QUEUE_PACKETS] = options.queuePackets
    if (options.queueBytes !== undefined) rows[row + QUEUE_BYTES] = options.queueBytes
    if (options.loss !== undefined) {
      rows[row + LOSS] = options.loss
      this.condition(l, LOSSY, options.loss > 0)
    }
    if (options.mtuBytes !== undefined) {
      rows[row + MTU_BYTES] = options.mtuBytes
      this.condition(l, MTU, options.mtuBytes < 65_535)
    }
  }

  private condition(l: number, bit: number, on: boolean): void {
    const at = (l << ROW_BITS) + CONDITIONS
    this.rows[(l << ROW_BITS) + USUAL_BYTES] = -1
    this.rows[at] = on ? this.rows[at] | bit : this.rows[at] & ~bit
  }
}

function wholeNsPerByte(rateBps: number): number {
  return 8e9 % rateBps === 0 ? 8e9 / rateBps : 0
}
