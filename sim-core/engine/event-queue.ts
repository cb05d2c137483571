/**
 * Pending events, ordered by time and then by the order in which they were scheduled.
 *
 * Why the second key: many events share an instant (every router's timer at t = 1 s), and a heap alone returns
 * ties in an order that depends on what else is in it. With the sequence number, adding an idle host cannot change
 * what any other host does (test/determinism).
 *
 * Why a 4-ary heap of typed arrays: docs/decisions/0003-event-queue.md. The readable twin, a sorted array of
 * objects, is test/engine/event-queue-model.ts; a seeded test runs both and compares every pop.
 *
 * An event is a kind (0–31) and an argument (0–2²⁶−1), usually a row of somebody's table, packed in one integer.
 * The fields are public because the loop reads the top in place; nobody else writes them.
 */
import { assert } from '../base/assert.ts'

export const KIND_BITS = 5
export const KIND_MASK = 31
export const eventCode = (kind: number, argument: number): number => (argument << KIND_BITS) | kind

export class EventQueue {
  size = 0
  nextSequence = 1
  time: Float64Array
  sequence: Float64Array
  code: Int32Array

  constructor(capacity = 1024) {
    this.time = new Float64Array(capacity)
    this.sequence = new Float64Array(capacity)
    this.code = new Int32Array(capacity)
    this.meetTies()
  }

  /**
   * Every branch of the heap is taken once before the run: V8 compiles what it has seen, throws all callers' code away when
   * something new happens, and the first tie often comes in the middle of a run (a second's end).
   */
  private meetTies(): void {
    for (let round = 0; round < 100; round++) {
      for (let i = 0; i < 8; i++) this.push(i & 1, i)
      while (this.size > 0) this.pop()
    }
    this.nextSequence = 1
  }

  /** Schedules at `time` (ns), after everything already scheduled for that instant. Returns the sequence number. */
  push(time: number, code: number): number {
    const sequence = this.nextSequence++
    this.pushWithSequence(time, sequence, code)
    return sequence
  }

  /** A number to be used with pushWithSequence later: keeps today's place among equals for an event pushed tomorrow. */
  takeSequence(): number {
    return this.nextSequence++
  }

  pushWithSequence(time: number, sequence: number, code: number): void {
    if (this.size === this.time.length) this.grow()
    const T = this.time
    const S = this.sequence
    const C = this.code
    let i = this.size++
    while (i > 0) {
      const parent = (i - 1) >> 2
      const pt = T[parent]
      if (pt < time || (pt === time && S[parent] < sequence)) break
      T[i] = pt
      S[i] = S[parent]
      C[i] = C[parent]
      i = parent
    }
    T[i] = time
    S[i] = sequence
    C[i] = code
  }

  /** Removes the top. The caller has read time[0], sequence[0] and code[0]. */
  pop(): void {
    const last = --this.size
    if (last > 0) this.siftDown(this.time[last], this.sequence[last], this.code[last])
    else assert(last === 0, 'pop of an empty event queue')
  }

  /** pop and pushWithSequence in one pass: the usual case of a link that has another frame in flight. */
  replaceTop(time: number, sequence: number, code: number): void {
    this.siftDown(time, sequence, code)
  }

  private siftDown(time: number, sequence: number, code: number): void {
    const T = this.time
    const S = this.sequence
    const C = this.code
    const n = this.size
    let i = 0
    for (;;) {
      const first = (i << 2) + 1
      if (first >= n) break
      let least = first
      let lt = T[first]
      const end = Math.min(first + 4, n)
      for (let k = first + 1; k < end; k++) {
        const kt = T[k]
        if (kt < lt || (kt === lt && S[k] < S[least])) {
          least = k
          lt = kt
        }
      }
      if (time < lt || (time === lt && sequence < S[least])) break
      T[i] = lt
      S[i] = S[least]
      C[i] = C[least]
      i = least
    }
    T[i] = time
    S[i] = sequence
    C[i] = code
  }

  private grow(): void {
    const capacity = this.time.length * 2
    this.time = grown(this.time, new Float64Array(capacity))
    this.sequence = grown(this.sequence, new Float64Array(capacity))
    this.code = grown(this.code, new Int32Array(capacity))
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
