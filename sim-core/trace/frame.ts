/**
 * What is to be drawn at one instant: a pure function of (trace, t, options), found by binary search, so playing,
 * going backwards and jumping are the same call. The readable twin, a filter over all rows, is in
 * test/trace/frame-model.ts; bench/trace-seek.ts measures a jump in five million rows.
 *
 * Crossing a link takes tens of microseconds; at 1 s of simulated time a second nobody could see it. So a hop may be
 * drawn slower than it is: `hopNs` is the least time that it takes in the picture. A packet's hops then follow each
 * other (hop n begins when hop n − 1 has ended in the picture), and the packets of a connection, which would lie on one
 * point, follow each other at TRAIN_GAP of a hop. With hopNs = 0 the picture is exact.
 *
 * When more packets would be drawn than `limit`, only those with round serials are, with a share of the next rounder
 * ones fading in (`alpha`), so that the number changes smoothly as time is slowed. ARP, VRRP and ICMP are always drawn.
 */
import { COARSE, COARSEST, type ChunkList, type Index } from './chunk-list.ts'
import { hopOf, orderOf, type PacketColumns } from './columns.ts'
import type { Trace } from './trace.ts'

export interface FrameOptions {
  /** Least time that a hop takes in the picture, ns; 0: exact. */
  readonly hopNs: number
  /** How many packets may be drawn, about. */
  readonly limit: number
  /** How long a loss stays in the picture, ns. */
  readonly lossNs: number
  /** Bit per packet kind and TCP look (lookOf); clear: not drawn. */
  readonly looks: number
}

/** How a packet is drawn; also the legend's entries, in this order. */
export const LOOKS = ['arp', 'advert', 'sync', 'icmp', 'syn', 'data', 'ack', 'fin', 'rst', 'retransmission'] as const
export type Look = (typeof LOOKS)[number]
export const ALL_LOOKS = (1 << LOOKS.length) - 1

export interface Flight {
  readonly link: number
  /** Row number in `trace.flights[link]`. */
  readonly row: number
  /** 0 at the sender, 1 at the receiver. */
  readonly progress: number
  /** 0–1: how much it belongs to the picture. */
  readonly alpha: number
  readonly look: number
}

export interface Loss {
  /** Link, or link count + host. */
  readonly place: number
  readonly row: number
  /** 0: just now; 1: about to leave the picture. */
  readonly age: number
  readonly look: number
}

export interface Frame {
  readonly t: number
  readonly flights: readonly Flight[]
  readonly losses: readonly Loss[]
  /** By link: frames waiting for the line. */
  readonly queued: Int32Array
  /** One packet in how many is drawn (a power of two); 1: all that the trace has. */
  readonly thinning: number
  /** One packet in how many the trace has at t. */
  readonly stride: number
}

const KIND_ARP = 1
const KIND_VRRP = 2
const KIND_UDP = 3
const KIND_TCP = 4
const SYNC_PORT = 8848
const FIN = 1
const SYN = 2
const RST = 4
/** Later hops are drawn as if they were this one: paths through more switches overlap instead of trailing behind. */
const HOP_DRAWN_MAX = 8
/** Between two packets of a connection, in hops of the picture. */
const TRAIN_GAP = 0.22

/** When a hop begins in the picture, ns; the twin in test/trace has its own. */
const beginsAt = (c: PacketColumns, i: number, slackNs: number): number =>
  c.start[i] + (Math.min(hopOf(c, i), HOP_DRAWN_MAX) + orderOf(c, i) * TRAIN_GAP) * slackNs

export function lookOf(c: PacketColumns, i: number): number {
  const kind = c.kind[i]
  if (kind === KIND_TCP) {
    if (c.marks[i] & 1) return 9
    const flags = c.flags[i]
    if (flags & RST) return 8
    if (flags & SYN) return 4
    if (flags & FIN) return 7
    return c.payloadBytes[i] > 0 ? 5 : 6
  }
  if (kind === KIND_UDP) return c.dstPort[i] === SYNC_PORT ? 2 : 5
  if (kind === KIND_ARP) return 0
  return kind === KIND_VRRP ? 1 : 3
}

export function frameAt(trace: Trace, t: number, options: FrameOptions): Frame {
  const { hopNs, limit, lossNs, looks } = options
  // What the trace has is itself one packet in `stride`; thinning goes on from there.
  const stride = trace.strideAt(t)
  const kept = Math.max(1, stride)
  const ratio = (kept * expected(trace, t, hopNs)) / Math.max(1, limit)
  let thinning = kept
  while (thinning < ratio) thinning *= 2
  const finer = thinning === kept ? 1 : 2 - ratio / (thinning / 2)
  const flights: Flight[] = []
  const queued = new Int32Array(trace.flights.length)
  trace.flights.forEach((list, link) => {
    if (list.rows === 0) return
    queued[link] = list.countHandedOver(t) - list.countUntil(t, true)
    collect(list, link, t, { hopNs, thinning, finer, looks }, flights)
  })
  const losses: Loss[] = []
  trace.losses.forEach((list, place) => {
    const to = list.countUntil(t, true)
    const from = Math.max(list.countUntil(t - lossNs, false), to - LOSSES_A_PLACE)
    list.each(from, to, 'all', (c, i, row) => {
      const look = lookOf(c, i)
      if (looks & (1 << look)) losses.push({ place, row, age: (t - c.start[i]) / lossNs, look })
    })
  })
  return { t, flights, losses, queued, thinning, stride }
}

const LOSSES_A_PLACE = 12

/** Packets that would be in the picture, from the rates around t (not from t alone, so that it does not flicker). */
function expected(trace: Trace, t: number, hopNs: number): number {
  const aroundNs = Math.max(4 * hopNs, 1_000)
  let n = 0
  for (const list of trace.flights) {
    if (list.rows === 0) continue
    const rows = list.countUntil(t, true) - list.countUntil(t - aroundNs, true)
    n += (rows * Math.max(hopNs, Math.min(list.longestNs, aroundNs))) / aroundNs
  }
  return n
}

interface Thinning {
  readonly hopNs: number
  readonly thinning: number
  readonly finer: number
  readonly looks: number
}

function collect(list: ChunkList, link: number, t: number, o: Thinning, out: Flight[]): void {
  const windowNs = Math.max(list.longestNs, o.hopNs) + (Math.min(list.hopMax, HOP_DRAWN_MAX) + list.orderMax * TRAIN_GAP) * o.hopNs
  const from = list.countUntil(t - windowNs, false)
  const to = list.countUntil(t, true)
  const control = (kind: number): boolean => kind !== KIND_UDP && kind !== KIND_TCP
  const visit = (c: PacketColumns, i: number, row: number): void => {
    let alpha = 1
    if (o.thinning > 1 && !control(c.kind[i])) {
      const serial = c.serial[i]
      if ((serial & (o.thinning - 1)) !== 0) {
        if ((serial & (o.thinning / 2 - 1)) !== 0) return
        alpha = o.finer
      }
    }
    const took = c.arrival[i] - c.start[i]
    const begins = beginsAt(c, i, Math.max(0, o.hopNs - took))
    const lasts = Math.max(took, o.hopNs)
    if (t < begins || t >= begins + lasts) return
    const look = lookOf(c, i)
    if ((o.looks & (1 << look)) !== 0) out.push({ link, row, progress: lasts === 0 ? 0 : (t - begins) / lasts, alpha, look })
  }
  const index = indexFor(o.thinning)
  list.each(from, to, index, visit)
  if (index !== 'all') list.each(from, to, 'control', visit)
}

/** The coarsest index that still holds the half-thinned packets. */
function indexFor(thinning: number): Index {
  if (thinning / 2 >= COARSEST) return 'coarsest'
  return thinning / 2 >= COARSE ? 'coarse' : 'all'
}
