/**
 * How much crossed each link in each short bin of time: packets by class, bytes, drops. Complete at every trace
 * level, so streams and load charts are right where single packets are only sampled.
 *
 * A frame counts in the bin in which it was handed to the link. At most BINS_MAX bins a link, of a round length.
 */

/** Classes of packets that are drawn alike in a stream. */
export const CLASS_CONTROL = 0
export const CLASS_CONNECTION = 1
export const CLASS_DATA = 2
export const CLASS_ACK = 3
export const CLASS_COUNT = 4
const BINS_MAX = 2_000
const ROUND = [1, 2, 5]

const KIND_UDP = 3
const KIND_TCP = 4
const SYN_FIN_RST = 7

/** ARP, VRRP, ICMP: control; SYN, FIN, RST: connection; with payload, or UDP: data; else ACK. */
export function classOf(kind: number, flags: number, payloadBytes: number): number {
  if (kind === KIND_UDP) return CLASS_DATA
  if (kind !== KIND_TCP) return CLASS_CONTROL
  if ((flags & SYN_FIN_RST) !== 0) return CLASS_CONNECTION
  return payloadBytes > 0 ? CLASS_DATA : CLASS_ACK
}

/** Bin length in ns: 1, 2 or 5 × 10ⁿ, at least 1 ms. */
export function binLength(durationNs: number): number {
  for (let unit = 1_000_000; ; unit *= 10) for (const r of ROUND) if (durationNs / (unit * r) <= BINS_MAX) return unit * r
}

/** Bins [from, from + count) of every link, bin by bin: index (bin − from) × links + link, times CLASS_COUNT for packets. */
export interface RatePart {
  readonly fromBin: number
  readonly count: number
  readonly packets: Uint32Array<ArrayBuffer>
  readonly bytes: Float64Array<ArrayBuffer>
  readonly drops: Uint32Array<ArrayBuffer>
}

export class RateSeries {
  readonly binNs: number
  readonly links: number
  readonly bins: number
  packets: Uint32Array<ArrayBuffer>
  /** IP bytes. */
  bytes: Float64Array<ArrayBuffer>
  drops: Uint32Array<ArrayBuffer>
  private takenBins = 0
  /** The bin that was counted into last: time only goes forward, so most packets need no division. */
  private row = 0
  private rowEndsNs = 0

  constructor(links: number, durationNs: number) {
    this.links = links
    this.binNs = binLength(durationNs)
    this.bins = Math.max(1, Math.ceil(durationNs / this.binNs))
    this.packets = new Uint32Array(this.bins * links * CLASS_COUNT)
    this.bytes = new Float64Array(this.bins * links)
    this.drops = new Uint32Array(this.bins * links)
  }

  sent(link: number, nowNs: number, packetClass: number, ipBytes: number): void {
    const cell = this.cell(link, nowNs)
    this.packets[cell * CLASS_COUNT + packetClass]++
    this.bytes[cell] += ipBytes
  }

  lost(link: number, nowNs: number): void {
    this.drops[this.cell(link, nowNs)]++
  }

  /** Copies of the bins since the last call, up to the one `nowNs` lies in (that one will come again). */
  take(nowNs: number): RatePart {
    const end = Math.min(this.bins, Math.floor(nowNs / this.binNs) + 1)
    const from = this.takenBins
    const cut = (width: number): [number, number] => [from * this.links * width, end * this.links * width]
    this.takenBins = Math.min(end, Math.floor(nowNs / this.binNs))
    return {
      fromBin: from,
      count: end - from,
      packets: this.packets.slice(...cut(CLASS_COUNT)),
      bytes: this.bytes.slice(...cut(1)),
      drops: this.drops.slice(...cut(1)),
    }
  }

  /** The reader's side: puts a part where it belongs. */
  put(part: RatePart): void {
    const at = part.fromBin * this.links
    this.packets.set(part.packets, at * CLASS_COUNT)
    this.bytes.set(part.bytes, at)
    this.drops.set(part.drops, at)
  }

  private cell(link: number, nowNs: number): number {
    if (nowNs >= this.rowEndsNs) {
      const bin = Math.min(this.bins - 1, Math.floor(nowNs / this.binNs))
      this.row = bin * this.links
      this.rowEndsNs = (bin + 1) * this.binNs
    }
    return this.row + link
  }
}
