/**
 * What was received out of order: ranges [start, end) of sequence numbers, a list a connection, the newest first.
 *
 * That order is what a SACK option reports (RFC 2018 §4), and lists are short, so a range is found by walking. Ranges of one
 * connection never touch: adding one swallows those it meets.
 */
import { type Stateful, widen } from '../../base/tables.ts'
import { after, before, later, notBefore } from './sequence.ts'

const CAPACITY = 64
const COLUMNS = ['start', 'end', 'next'] as const

export class ReceivedRanges implements Stateful {
  readonly stateFields = [...COLUMNS, 'firstFree', 'rows']
  start = new Int32Array(CAPACITY)
  end = new Int32Array(CAPACITY)
  next = new Int32Array(CAPACITY)
  private firstFree = -1
  private rows = 0

  /** Adds a range to the list that begins at `head`; returns the new head. */
  add(head: number, start: number, end: number): number {
    let from = start
    let to = end
    let kept = head
    let previous = -1
    for (let g = head; g >= 0; ) {
      const following = this.next[g]
      if (after(this.start[g], to) || before(this.end[g], from)) previous = g
      else {
        if (before(this.start[g], from)) from = this.start[g]
        to = later(this.end[g], to)
        if (previous < 0) kept = following
        else this.next[previous] = following
        this.give(g)
      }
      g = following
    }
    const g = this.take()
    this.start[g] = from
    this.end[g] = to
    this.next[g] = kept
    return g
  }

  /** Where in-order data reaches when everything before `next` is there; ranges below it are dropped by `prune`. */
  reach(head: number, next: number): number {
    for (let g = head; g >= 0; g = this.next[g]) if (notBefore(next, this.start[g]) && after(this.end[g], next)) return this.end[g]
    return next
  }

  /** Drops the ranges that end at or before `next`; returns the new head. */
  prune(head: number, next: number): number {
    let kept = head
    let previous = -1
    for (let g = head; g >= 0; ) {
      const following = this.next[g]
      if (after(this.end[g], next)) previous = g
      else {
        if (previous < 0) kept = following
        else this.next[previous] = following
        this.give(g)
      }
      g = following
    }
    return kept
  }

  /** True when [start, end) was received already. */
  covers(head: number, start: number, end: number): boolean {
    for (let g = head; g >= 0; g = this.next[g]) if (notBefore(start, this.start[g]) && notBefore(this.end[g], end)) return true
    return false
  }

  freeAll(head: number): void {
    for (let g = head; g >= 0; ) {
      const following = this.next[g]
      this.give(g)
      g = following
    }
  }

  private take(): number {
    const g = this.firstFree
    if (g >= 0) {
      this.firstFree = this.next[g]
      return g
    }
    if (this.rows === this.start.length) for (const c of COLUMNS) (this as Record<string, unknown>)[c] = widen(this[c], this.rows * 2)
    return this.rows++
  }

  private give(g: number): void {
    this.next[g] = this.firstFree
    this.firstFree = g
  }
}
