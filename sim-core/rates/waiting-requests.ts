/**
 * Requests that nobody answers yet: their SYNs go nowhere, and are sent again after 1, 3, 7, 15, 31 and 63 s (RFC 6298,
 * tcp_syn_retries 6). When the way is open again, what becomes of them follows from when they were sent.
 */
import { SECOND_NS } from '../base/units.ts'

const RETRIES = 6
/** After these times, ns, a SYN is sent again. */
const RETRIES_NS = Array.from({ length: RETRIES }, (_, k) => (2 ** (k + 1) - 1) * SECOND_NS)
const GIVEN_UP_NS = (2 ** (RETRIES + 1) - 1) * SECOND_NS

/** Sent evenly over a piece of a segment. */
interface Piece {
  readonly segment: number
  readonly fromNs: number
  readonly dt: number
  readonly count: number
}

export interface Fates {
  late(segment: number, count: number, delayNs: number): void
  lost(segment: number, count: number): void
  open(segment: number, count: number): void
}

export class WaitingRequests {
  private pieces: Piece[] = []
  private readonly givenUpNs: number
  /** A request sent longer ago than this when the way opens has no try left within its time. */
  readonly lastTryNs: number

  constructor(maxTimeNs: number) {
    this.givenUpNs = Math.min(maxTimeNs, GIVEN_UP_NS)
    this.lastTryNs = Math.max(0, ...RETRIES_NS.filter(t => t < this.givenUpNs))
  }

  get any(): boolean {
    return this.pieces.length > 0
  }

  add(segment: number, fromNs: number, dt: number, count: number): void {
    if (count > 0) this.pieces.push({ segment, fromNs, dt, count })
  }

  /** The way is open from now on, for a share of them; the others go on waiting. Returns how many are answered, and within what time. */
  answered(nowNs: number, share: number, fates: Fates): { readonly count: number; readonly withinNs: number } {
    const pieces = this.pieces
    let count = 0
    this.pieces = share >= 1 ? [] : pieces.map(p => ({ ...p, count: p.count * (1 - share) }))
    for (const p of pieces) {
      const failed = clamp((nowNs - this.lastTryNs - p.fromNs) / p.dt)
      fates.lost(p.segment, p.count * share * failed)
      const waited = nowNs - Math.max(p.fromNs, nowNs - this.lastTryNs) - (p.dt * (1 - failed)) / 2
      count += p.count * share * (1 - failed)
      fates.late(p.segment, p.count * share * (1 - failed), RETRIES_NS.find(t => t >= waited) ?? this.lastTryNs)
    }
    return { count, withinNs: Math.max(1e9, Math.min(this.lastTryNs, nowNs - (pieces[0]?.fromNs ?? nowNs))) }
  }

  /** The run ends. */
  ended(nowNs: number, fates: Fates): void {
    for (const p of this.pieces) {
      const failed = clamp((nowNs - this.givenUpNs - p.fromNs) / p.dt)
      fates.lost(p.segment, p.count * failed)
      fates.open(p.segment, p.count * (1 - failed))
    }
    this.pieces = []
  }
}

const clamp = (x: number): number => Math.min(1, Math.max(0, x))
