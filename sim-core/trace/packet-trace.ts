/**
 * The writer of packets: what crossed each link and what was lost where, as columns, within a budget of rows.
 *
 * Level `full` keeps everything until the budget is used up, then nothing but counts. Level `sampled` spreads the
 * budget over the run: it keeps one packet in 2ⁿ, chosen by serial so that a kept packet is kept on all of its hops,
 * and ARP, VRRP and ICMP always. `coverage` says from when on one in how many is there, and `notes` says it in words.
 * Rates (rate-series.ts) and happenings are complete at every level.
 *
 * Plain numbers come in (this area is below the network), immutable chunks go out (`take`). Nothing here influences
 * the run. Hot when tracing: no allocation a packet.
 */
import type { TraceLevel } from './contract.ts'
import { chunkBytes, columnsOf, copyRows, MARK_RETRANSMISSION, type PacketChunk, type PacketColumns, stepsOf } from './columns.ts'

/** One frame's fields; the caller fills one object again and again. Names and units as in columns.ts. */
export interface PacketFields {
  kind: number
  flags: number
  ttl: number
  hop: number
  /** Packets of the same connection, both directions, that went before it. */
  order: number
  src: number
  dst: number
  srcPort: number
  dstPort: number
  ipBytes: number
  payloadBytes: number
  seq: number
  ack: number
  srcMac: number
  dstMac: number
  traffic: number
  serial: number
  info: number
  retransmission: boolean
}

/** From `fromNs` on, one packet in `stride` was kept; 0: none. */
export interface Coverage {
  readonly fromNs: number
  readonly stride: number
}

export interface PacketTraceOptions {
  readonly places: number
  readonly level: TraceLevel
  /** Rows kept over the whole run. */
  readonly budgetRows: number
  readonly durationNs: number
  /** Inside these, everything is kept whatever the level, while the budget lasts. */
  readonly fullWindows?: readonly { readonly fromNs: number; readonly toNs: number }[]
}

const CHUNK_ROWS_MIN = 64
const CHUNK_ROWS_MAX = 16_384
const SLICES = 256
const STRIDE_MAX = 1 << 20
/** A slice may use this many times its even share before the stride doubles. */
const BURST = 4
const U32_MAX = 4_294_967_295
const KIND_UDP = 3
const KIND_TCP = 4

export class PacketTrace {
  readonly level: TraceLevel
  readonly budgetRows: number
  /** Rows kept so far. */
  rows = 0
  readonly coverage: Coverage[] = []
  readonly notes: string[] = []
  private stride: number
  private readonly open: (OpenChunk | null)[]
  private done: PacketChunk[] = []
  private readonly sliceNs: number
  private sliceEndsNs = 0
  private keptInSlice = 0
  /** Rows that this slice would have had with everything kept. */
  private seenInSlice = 0
  private sliceAllowance: number
  private readonly fullWindows: readonly { readonly fromNs: number; readonly toNs: number }[]
  private inFullWindow = false
  private saidSampled = false
  private readonly places: number
  private readonly durationNs: number

  constructor(options: PacketTraceOptions) {
    this.level = options.level
    this.budgetRows = options.budgetRows
    this.places = options.places
    this.durationNs = options.durationNs
    this.fullWindows = options.fullWindows ?? []
    this.stride = options.level === 'states' ? 0 : 1
    this.open = new Array(options.places * 2).fill(null)
    this.sliceNs = Math.max(1, Math.ceil(options.durationNs / SLICES))
    this.sliceAllowance = options.budgetRows
    this.coverage.push({ fromNs: 0, stride: this.stride })
  }

  /** Whether a frame of this packet is to be written; asks before the caller gathers its fields. */
  keeps(nowNs: number, kind: number, serial: number): boolean {
    if (nowNs >= this.sliceEndsNs) this.beginSlice(nowNs)
    this.seenInSlice++
    if (this.stride === 0 || this.rows >= this.budgetRows) return this.refuse(nowNs)
    if (this.stride === 1 || (serial & (this.stride - 1)) === 0) return true
    return kind !== KIND_UDP && kind !== KIND_TCP
  }

  /** A frame was handed to a link at `nowNs`; `startNs` and `arrivalNs` are its fate. */
  sent(link: number, nowNs: number, startNs: number, arrivalNs: number, f: PacketFields): void {
    this.write(link, startNs, arrivalNs, startNs - nowNs, f, 0)
  }

  /** A packet ended at `nowNs` on a link, or in a host (place = link count + host). */
  lost(place: number, nowNs: number, reason: number, f: PacketFields): void {
    this.write(this.places + place, nowNs, nowNs, 0, f, reason)
  }

  /** All rows since the last call, as chunks that the caller owns. */
  take(): PacketChunk[] {
    for (let i = 0; i < this.open.length; i++) this.close(i)
    const out = this.done
    this.done = []
    return out
  }

  private write(list: number, start: number, arrival: number, wait: number, f: PacketFields, reason: number): void {
    let chunk = this.open[list]
    if (chunk === null || chunk.rows === chunk.capacity) chunk = this.next(list)
    const c = chunk.columns
    const i = chunk.rows++
    c.start[i] = start
    c.arrival[i] = arrival
    c.waitNs[i] = Math.min(wait, U32_MAX)
    c.src[i] = f.src
    c.dst[i] = f.dst
    c.seq[i] = f.seq
    c.ack[i] = f.ack
    c.serial[i] = f.serial
    c.info[i] = f.info
    c.srcPort[i] = f.srcPort
    c.dstPort[i] = f.dstPort
    c.ipBytes[i] = f.ipBytes
    c.payloadBytes[i] = f.payloadBytes
    c.srcMac[i] = f.srcMac
    c.dstMac[i] = f.dstMac
    c.traffic[i] = f.traffic
    c.kind[i] = f.kind
    c.flags[i] = f.flags
    c.ttl[i] = f.ttl
    c.steps[i] = stepsOf(f.hop, f.order)
    c.marks[i] = f.retransmission ? MARK_RETRANSMISSION : 0
    c.reason[i] = reason
    this.rows++
    this.keptInSlice++
    if (this.level === 'sampled' && !this.inFullWindow && this.keptInSlice > this.sliceAllowance) this.sparser(start - wait)
  }

  private next(list: number): OpenChunk {
    const last = this.open[list]
    const capacity = last === null ? CHUNK_ROWS_MIN : Math.min(CHUNK_ROWS_MAX, last.capacity * 2)
    this.close(list)
    const columns = columnsOf(new ArrayBuffer(chunkBytes(capacity)), capacity)
    const chunk = { columns, rows: 0, capacity }
    this.open[list] = chunk
    return chunk
  }

  /** Whole chunks are handed over as they are; part of one is copied, and its room used again. */
  private close(list: number): void {
    const chunk = this.open[list]
    if (chunk === null || chunk.rows === 0) return
    const lost = list >= this.places
    const place = lost ? list - this.places : list
    const { rows } = chunk
    if (rows === chunk.capacity) {
      this.done.push({ place, lost, rows, buffer: chunk.columns.start.buffer as ArrayBuffer })
      this.open[list] = null
    } else {
      this.done.push({ place, lost, rows, buffer: copyRows(chunk.columns, rows) })
      chunk.rows = 0
    }
  }

  private beginSlice(nowNs: number): void {
    const slice = Math.floor(nowNs / this.sliceNs)
    this.sliceEndsNs = (slice + 1) * this.sliceNs
    const seen = this.seenInSlice
    this.seenInSlice = 0
    this.keptInSlice = 0
    this.inFullWindow = this.fullWindows.some(w => nowNs < w.toNs && this.sliceEndsNs > w.fromNs)
    if (this.rows >= this.budgetRows) return
    const fixed = this.level === 'full' || this.inFullWindow ? 1 : this.level === 'states' ? 0 : undefined
    if (fixed !== undefined) {
      this.setStride(nowNs, fixed)
      return
    }
    const slicesLeft = Math.max(1, Math.ceil(this.durationNs / this.sliceNs) - slice)
    // An eighth is kept back for ARP, VRRP and ICMP, which are never thinned out.
    const share = Math.max(0, this.budgetRows * 0.875 - this.rows) / slicesLeft
    let stride = 1
    while (seen / stride > share && stride < STRIDE_MAX) stride *= 2
    this.sliceAllowance = share * BURST
    this.setStride(nowNs, stride)
  }

  private sparser(nowNs: number): void {
    if (this.stride >= STRIDE_MAX) return
    this.keptInSlice = this.keptInSlice / 2
    this.setStride(nowNs, this.stride * 2)
  }

  private setStride(nowNs: number, stride: number): void {
    if (stride === this.stride) return
    this.stride = stride
    this.coverage.push({ fromNs: nowNs, stride })
    if (stride > 1 && !this.saidSampled) {
      this.saidSampled = true
      this.notes.push(`from ${nowNs / 1e9} s on, a part of the packets is kept: all would exceed the budget of ${this.budgetRows} rows`)
    }
  }

  private refuse(nowNs: number): boolean {
    if (this.stride !== 0) {
      this.setStride(nowNs, 0)
      this.notes.push(`the budget of ${this.budgetRows} packet rows was used up at ${nowNs / 1e9} s: later packets are counted, not kept`)
    }
    return false
  }
}

interface OpenChunk {
  readonly columns: PacketColumns
  rows: number
  readonly capacity: number
}
