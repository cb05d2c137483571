/**
 * The timers of a connection table: one pending event for all entries that the kernel's wheel runs at the same jiffy.
 *
 * Every packet of a connection restarts its timer, nearly always to a later deadline in the same or a later bucket.
 * So a restart only writes numbers: an entry waits in the slot it was first put into, and when that slot's time comes
 * it moves on to where it belongs by then. Only a deadline before the slot's moves an entry at once.
 *
 * Jiffies are int32 here: 24 days of simulated time at HZ 1000.
 *
 * Before 4.8 the wheel was exact, and a timer was put off by up to 1/256 of its time to a rounder jiffy (`slackJiffy`).
 *
 * Within one jiffy the kernel runs coarse levels first and, in a bucket, the timer that entered it last. That decides
 * whether a persistence template outlives its last connection, so once there are templates the order is kept.
 */
import { fireJiffy, type JiffyClock, slackJiffy, wheelStep } from '../../base/timer-wheel.ts'
import type { ConnectionTable } from './connection-table.ts'

export interface ExpiryActions {
  /** Asks for `run` at the beginning of this jiffy, once a jiffy. */
  wake(jiffy: number): void
  /** The timer of entry `c` ran out; afterwards the entry is either removed or armed again. */
  expire(c: number, jiffy: number): void
}

/** Above every count of arms: coarser levels come first. */
const LEVEL_WEIGHT = 2 ** 40

export class ExpiryWheel {
  /** First entry of each slot by jiffy; 0 when all have left it. A slot exists until its event. */
  slots = new Map<number, number>()
  arms = 0
  private lastTimeout = -1
  /** log₂ of the wheel's step for that timeout. */
  private lastShift = 0
  private readonly due: number[] = []
  private readonly table: ConnectionTable
  private readonly clock: JiffyClock
  private readonly actions: ExpiryActions

  private readonly beforeLevels: boolean

  /** `beforeLevels`: the timers of kernels before 4.8. */
  constructor(table: ConnectionTable, clock: JiffyClock, actions: ExpiryActions, beforeLevels = false) {
    this.beforeLevels = beforeLevels
    this.table = table
    this.clock = clock
    this.actions = actions
  }

  /** Starts or restarts the timer of entry `c` at jiffy `now` for `timeout` jiffies. */
  arm(c: number, now: number, timeout: number): void {
    const table = this.table
    if (timeout !== this.lastTimeout) {
      this.lastTimeout = timeout
      this.lastShift = this.beforeLevels ? 0 : 31 - Math.clz32(wheelStep(timeout))
    }
    const shift = this.lastShift
    const expires = this.beforeLevels ? slackJiffy(now, timeout) : now + timeout
    const fires = this.beforeLevels ? Math.max(expires, now + 1) : ((expires >> shift) + 1) << shift
    table.expires[c] = expires
    if (table.enqueued.length > 0) this.keepOrder(c, fires, shift)
    const slot = table.slot[c]
    if (slot === 0) {
      table.fires[c] = fires
      this.link(c, fires)
    } else if (table.fires[c] !== fires) {
      table.fires[c] = fires
      if (fires < slot) {
        this.unlink(c)
        this.link(c, fires)
      }
    }
  }

  cancel(c: number): void {
    if (this.table.slot[c] !== 0) this.unlink(c)
    this.table.fires[c] = 0
  }

  isArmed(c: number): boolean {
    return this.table.fires[c] !== 0
  }

  /** The event of a slot: entries that are due expire, the others move on. */
  run(jiffy: number): void {
    const { table, due } = this
    let c = this.slots.get(jiffy) ?? 0
    this.slots.delete(jiffy)
    due.length = 0
    while (c !== 0) {
      const next = table.slotNext[c]
      table.slot[c] = 0
      if (table.fires[c] === jiffy) due.push(c)
      else this.link(c, table.fires[c])
      c = next
    }
    if (table.enqueued.length > 0) due.sort((a, b) => table.enqueued[b] - table.enqueued[a] || a - b)
    for (const row of due) {
      // An entry may have gone with another one, or been given a new timer.
      if (table.fires[row] !== jiffy || table.slot[row] !== 0) continue
      table.fires[row] = 0
      this.actions.expire(row, jiffy)
    }
  }

  private keepOrder(c: number, fires: number, shift: number): void {
    const { enqueued, fires: fired, slot } = this.table
    const level = shift * LEVEL_WEIGHT
    if (slot[c] !== 0 && fired[c] === fires && enqueued[c] >= level && enqueued[c] < level + LEVEL_WEIGHT) return
    enqueued[c] = level + ++this.arms
  }

  private link(c: number, slot: number): void {
    const { table } = this
    const head = this.slots.get(slot)
    if (head === undefined) this.actions.wake(slot)
    table.slot[c] = slot
    table.slotPrevious[c] = 0
    table.slotNext[c] = head ?? 0
    if (head !== undefined && head !== 0) table.slotPrevious[head] = c
    this.slots.set(slot, c)
  }

  private unlink(c: number): void {
    const { table } = this
    const next = table.slotNext[c]
    const previous = table.slotPrevious[c]
    if (previous !== 0) table.slotNext[previous] = next
    else this.slots.set(table.slot[c], next)
    if (next !== 0) table.slotPrevious[next] = previous
    table.slot[c] = 0
  }

  /** When the timer armed now would run, in ns: for explanations. */
  firesAt(now: number, timeout: number): number {
    return this.clock.timeOf(this.beforeLevels ? Math.max(slackJiffy(now, timeout), now + 1) : fireJiffy(now, timeout))
  }
}
