/**
 * The clock and the loop: takes the earliest event, sets `now`, calls whoever the event is for.
 *
 * Event kinds are small integers. ARRIVAL (a frame reaches the end of a link) is nine tenths of all events, so the
 * loop calls it through a field of its own and lets it replace the queue's top; all others are popped first and go
 * through a table. Kinds are registered at construction in a fixed order, so snapshots may hold them.
 *
 * Time is cut into segments at the instants where accounting must be split (windows, one-second bins): `segment`
 * is the index of the current one, and counters are rows by segment, so that nothing on the hot path divides.
 */
import { assert } from '../base/assert.ts'
import type { Stateful } from '../base/tables.ts'
import { EventQueue, eventCode, KIND_BITS, KIND_MASK } from './event-queue.ts'
import { TIMER_EVENT, Timers } from './timers.ts'

export const ARRIVAL_EVENT = 0

/** Takes the frames that arrive: the queue's top is the link's, to be popped or replaced. */
export interface Arrivals {
  arrive(link: number): void
}

export type EventHandler = (argument: number, sequence: number) => void

export class Engine implements Stateful {
  readonly stateFields = ['now', 'segment', 'events', 'queueState']
  /** ns since the start of the run. */
  now = 0
  /** Index of the accounting segment that `now` lies in. */
  segment = -1
  events = 0
  readonly queue = new EventQueue()
  readonly timers = new Timers(this.queue)
  /** Instants (ns, ascending) at which a new segment begins; the first segment begins at 0. */
  private boundaries: readonly number[] = []
  /** The next of them; 0 until the run begins, so that the first event looks. */
  private nextBoundary = 0
  private arrivals: Arrivals = { arrive: () => assert(false, 'an arrival, but no network') }
  private readonly handlers: EventHandler[] = []
  private readonly boundaryListeners: ((segment: number, at: number) => void)[] = []

  constructor() {
    this.segment = 0 // written twice: V8 takes a field that was written once for a constant, and compiles all anew when it moves
    this.handlers[TIMER_EVENT] = (timer, sequence) => this.timers.fire(timer, this.now, sequence)
  }

  /** Frames' arrivals: the handler itself pops or replaces the top of the queue. */
  onArrival(arrivals: Arrivals): void {
    this.arrivals = arrivals
  }

  /** A new kind of event; returns its number for `schedule`. */
  addKind(handler: EventHandler): number {
    const kind = Math.max(TIMER_EVENT + 1, this.handlers.length)
    assert(kind <= KIND_MASK, 'too many kinds of event')
    this.handlers[kind] = handler
    return kind
  }

  schedule(at: number, kind: number, argument: number): void {
    this.queue.push(at, eventCode(kind, argument))
  }

  setBoundaries(instants: readonly number[]): void {
    this.boundaries = instants
    this.nextBoundary = 0
  }

  /** Called with the index of each segment and its first instant, as it begins (counters move to its row). */
  onSegment(listener: (segment: number, at: number) => void): void {
    this.boundaryListeners.push(listener)
  }

  /** Runs every event before `until` (ns, exclusive), at most `eventsMax` of them; true when it got there. */
  run(until: number, eventsMax = Number.POSITIVE_INFINITY): boolean {
    const queue = this.queue
    const stop = this.events + eventsMax
    while (queue.size > 0) {
      const t = queue.time[0]
      if (t >= until) break
      if (this.events >= stop) return false
      if (t >= this.nextBoundary) this.crossBoundary(t)
      this.now = t
      this.events++
      const code = queue.code[0]
      const kind = code & KIND_MASK
      if (kind === ARRIVAL_EVENT) this.arrivals.arrive(code >>> KIND_BITS)
      else {
        const sequence = queue.sequence[0]
        queue.pop()
        this.handlers[kind](code >>> KIND_BITS, sequence)
      }
    }
    if (until >= this.nextBoundary && until !== Number.POSITIVE_INFINITY) this.crossBoundary(until)
    if (until !== Number.POSITIVE_INFINITY) this.now = until
    return true
  }

  private crossBoundary(t: number): void {
    while (this.boundaries[this.segment] <= t) {
      const at = this.boundaries[this.segment]
      this.segment++
      for (const listener of this.boundaryListeners) listener(this.segment, at)
    }
    this.nextBoundary = this.boundaries[this.segment] ?? Number.POSITIVE_INFINITY
  }

  get queueState(): { size: number; nextSequence: number; time: Float64Array; sequence: Float64Array; code: Int32Array } {
    const { size, nextSequence, time, sequence, code } = this.queue
    return { size, nextSequence, time, sequence, code }
  }

  set queueState(s) {
    Object.assign(this.queue, s)
    this.nextBoundary = 0
  }
}
