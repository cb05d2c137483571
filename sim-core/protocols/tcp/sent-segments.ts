/**
 * What was sent and is not acknowledged: a row a segment, linked from the oldest to the newest of a connection.
 *
 * Linux keeps the same (its retransmission queue of skbs): a segment is sent again with its own boundaries, its
 * state (reported by SACK, held for lost, sent again) is what the congestion window counts, and its time of
 * sending gives round trips and the base of timeouts. Rows are shared by all connections and recycled.
 */
import { type Stateful, widen } from '../../base/tables.ts'
import type { Mark } from './types.ts'

/** Bits of `flags`. */
export const SACKED = 1
export const LOST = 2
/** Sent again, and that copy counts as being in the network. */
export const RETRANS = 4
/** Was ever sent again: its acknowledgement says nothing about the round trip (Karn). */
export const EVER_RETRANS = 8
export const FIN = 16
export const PUSH = 32

const CAPACITY = 256
const COLUMNS = ['seq', 'bytes', 'flags', 'next', 'sentAt'] as const

export class SentSegments implements Stateful {
  readonly stateFields = [...COLUMNS, 'mark', 'firstFree', 'rows', 'used']
  seq = new Int32Array(CAPACITY)
  /** Payload; a FIN is a flag. */
  bytes = new Int32Array(CAPACITY)
  flags = new Uint8Array(CAPACITY)
  next = new Int32Array(CAPACITY)
  /** Last transmission, ns. */
  sentAt = new Float64Array(CAPACITY)
  /** Messages that end in the segment. */
  mark: (Mark | null)[] = new Array(CAPACITY).fill(null)
  private firstFree = -1
  private rows = 0
  used = 0

  add(seq: number, bytes: number, flags: number, sentAt: number, mark: Mark | null): number {
    let s = this.firstFree
    if (s >= 0) this.firstFree = this.next[s]
    else {
      s = this.rows++
      if (s === this.seq.length) this.grow()
    }
    this.used++
    this.seq[s] = seq
    this.bytes[s] = bytes
    this.flags[s] = flags
    this.sentAt[s] = sentAt
    this.next[s] = -1
    if (mark !== null) this.mark[s] = mark
    return s
  }

  /** The sequence number after the segment, its FIN included. */
  end(s: number): number {
    return (this.seq[s] + this.bytes[s] + ((this.flags[s] & FIN) !== 0 ? 1 : 0)) | 0
  }

  /** Gives the row back and returns the following one. */
  free(s: number): number {
    const following = this.next[s]
    if (this.mark[s] !== null) this.mark[s] = null
    this.next[s] = this.firstFree
    this.firstFree = s
    this.used--
    return following
  }

  freeAll(head: number): void {
    for (let s = head; s >= 0; ) s = this.free(s)
  }

  private grow(): void {
    const capacity = this.seq.length * 2
    for (const c of COLUMNS) (this as Record<string, unknown>)[c] = widen(this[c], capacity)
    for (let i = this.mark.length; i < capacity; i++) this.mark.push(null)
  }
}
