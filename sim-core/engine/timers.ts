/**
 * Timers that are armed far more often than they fire (a TCP retransmission timer, a VRRP down timer).
 *
 * Why lazy: moving a timer to a later deadline does not touch the event queue. The event already pending fires
 * early, finds the later deadline and goes back into the queue with the sequence number that was taken when the
 * timer was armed, so the order among equals is that of arming, as if the queue had been changed at once.
 *
 * A timer is a row: who is called (`kind`), for whom (`owner`, the caller's row), and the deadline in ns
 * (NEVER = not armed). Rows are recycled. Tested against a plain model in test/engine/timers.test.ts.
 */
import { assert } from '../base/assert.ts'
import { type Stateful, widen } from '../base/tables.ts'
import { type EventQueue, eventCode } from './event-queue.ts'

export const TIMER_EVENT = 1

const OFF = Number.POSITIVE_INFINITY

export type TimerHandler = (owner: number, timer: number) => void

export class Timers implements Stateful {
  readonly stateFields = ['deadline', 'deadlineSequence', 'pendingAt', 'pendingSequence', 'kind', 'owner', 'freeRows', 'rows']
  deadline = new Float64Array(64)
  private deadlineSequence = new Float64Array(64)
  private pendingAt = new Float64Array(64)
  private pendingSequence = new Float64Array(64)
  private kind = new Int32Array(64)
  private owner = new Float64Array(64)
  private freeRows: number[] = []
  private rows = 0
  private readonly handlers: TimerHandler[] = []
  private readonly queue: EventQueue

  constructor(queue: EventQueue) {
    this.queue = queue
  }

  /** Registers who is called; done once a component at construction, in a fixed order (snapshots keep the numbers). */
  addKind(handler: TimerHandler): number {
    return this.handlers.push(handler) - 1
  }

  create(kind: number, owner: number): number {
    const timer = this.freeRows.pop() ?? this.newRow()
    this.kind[timer] = kind
    this.owner[timer] = owner
    this.deadline[timer] = OFF
    return timer
  }

  release(timer: number): void {
    this.deadline[timer] = OFF
    this.pendingSequence[timer] = 0 // an event still in the queue no longer finds its timer
    this.pendingAt[timer] = OFF
    this.freeRows.push(timer)
  }

  /** Moves the deadline to `at` (ns, not in the past); armed or not before. */
  arm(timer: number, at: number): void {
    const sequence = this.queue.takeSequence()
    this.deadline[timer] = at
    this.deadlineSequence[timer] = sequence
    if (at < this.pendingAt[timer]) this.schedule(timer, at, sequence)
  }

  cancel(timer: number): void {
    this.deadline[timer] = OFF
  }

  isArmed(timer: number): boolean {
    return this.deadline[timer] !== OFF
  }

  /** Grows with every arming: which of two timers was armed later. */
  armedSequence(timer: number): number {
    return this.deadlineSequence[timer]
  }

  /** The loop's entry for TIMER_EVENT. `sequence` tells an event that was overtaken by a nearer one. */
  fire(timer: number, now: number, sequence: number): void {
    if (this.pendingSequence[timer] !== sequence) return
    this.pendingAt[timer] = OFF
    this.pendingSequence[timer] = 0
    const deadline = this.deadline[timer]
    if (deadline === OFF) return
    if (deadline > now || this.deadlineSequence[timer] !== sequence) {
      this.schedule(timer, deadline, this.deadlineSequence[timer])
      return
    }
    this.deadline[timer] = OFF
    this.handlers[this.kind[timer]](this.owner[timer], timer)
  }

  private schedule(timer: number, at: number, sequence: number): void {
    this.pendingAt[timer] = at
    this.pendingSequence[timer] = sequence
    this.queue.pushWithSequence(at, sequence, eventCode(TIMER_EVENT, timer))
  }

  private newRow(): number {
    const row = this.rows++
    assert(row < 1 << 26, 'more timers than an event code can name')
    if (row === this.deadline.length) {
      const n = row * 2
      this.deadline = widen(this.deadline, n)
      this.deadlineSequence = widen(this.deadlineSequence, n)
      this.pendingAt = widen(this.pendingAt, n)
      this.pendingSequence = widen(this.pendingSequence, n)
      this.kind = widen(this.kind, n)
      this.owner = widen(this.owner, n)
    }
    this.pendingAt[row] = OFF
    return row
  }
}
