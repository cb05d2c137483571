/**
 * Closed connections that still answer for 60 s: TIME-WAIT, and FIN-WAIT-2 of an application that is gone.
 *
 * Linux keeps them as small sockets of their own; so do we, because a busy server has a hundred times more of them
 * than connections. All wait equally long, so they expire in the order in which they came: a ring instead of a timer each.
 * An entry whose wait is restarted goes to the ring's end again and its older place is skipped.
 */
import { type Stateful, widen } from '../../base/tables.ts'
import { FLOW_FIELDS, FlowTable } from './flow-table.ts'

const CAPACITY = 64
const INT_COLUMNS = ['sndNxt', 'rcvNxt', 'window', 'traffic', 'passive', 'halfOpen'] as const
const FLOAT_COLUMNS = ['tsRecent', 'expiresAt'] as const

export class TimeWait extends FlowTable implements Stateful {
  readonly stateFields = [...FLOW_FIELDS, ...INT_COLUMNS, ...FLOAT_COLUMNS, 'ringRow', 'ringAt', 'head', 'tail']
  sndNxt = new Int32Array(CAPACITY)
  rcvNxt = new Int32Array(CAPACITY)
  window = new Int32Array(CAPACITY)
  traffic = new Int32Array(CAPACITY)
  passive = new Int32Array(CAPACITY)
  /** 1: FIN-WAIT-2, the peer has not closed yet. */
  halfOpen = new Int32Array(CAPACITY)
  tsRecent = new Float64Array(CAPACITY)
  /** ns. */
  expiresAt = new Float64Array(CAPACITY)
  private ringRow = new Int32Array(CAPACITY)
  private ringAt = new Float64Array(CAPACITY)
  private head = 0
  private tail = 0

  constructor() {
    super(CAPACITY)
  }

  /** A new entry; the caller fills the columns and starts the wait. */
  add(host: number, local: number, localPort: number, remote: number, remotePort: number): number {
    return this.insert(host, local, localPort, remote, remotePort)
  }

  /** Starts (or restarts) the wait until `at`; true when the caller must schedule an event for it: the ring was empty. */
  wait(row: number, at: number): boolean {
    const wasEmpty = this.head === this.tail
    this.expiresAt[row] = at
    const mask = this.ringRow.length - 1
    this.ringRow[this.tail & mask] = row
    this.ringAt[this.tail & mask] = at
    this.tail++
    if (this.tail - this.head === this.ringRow.length) this.growRing()
    return wasEmpty
  }

  drop(row: number): void {
    this.expiresAt[row] = 0
    this.remove(row)
  }

  /** Removes what has expired by `now`; returns when the next one may, or Infinity. */
  expire(now: number): number {
    const mask = this.ringRow.length - 1
    while (this.head !== this.tail) {
      const at = this.ringAt[this.head & mask]
      if (at > now) return at
      const row = this.ringRow[this.head & mask]
      this.head++
      if (this.expiresAt[row] === at && this.host[row] >= 0) this.drop(row)
    }
    return Number.POSITIVE_INFINITY
  }

  /** Drops every entry of a host (its power is gone). */
  forgetHost(host: number): void {
    for (let row = 0; row < this.rows; row++) if (this.host[row] === host) this.drop(row)
  }

  private growRing(): void {
    const size = this.ringRow.length
    const row = new Int32Array(size * 2)
    const at = new Float64Array(size * 2)
    for (let i = 0; i < size; i++) {
      row[i] = this.ringRow[(this.head + i) & (size - 1)]
      at[i] = this.ringAt[(this.head + i) & (size - 1)]
    }
    this.ringRow = row
    this.ringAt = at
    this.head = 0
    this.tail = size
  }

  protected override growTo(capacity: number): void {
    super.growTo(capacity)
    for (const c of INT_COLUMNS) this[c] = widen(this[c], capacity)
    for (const c of FLOAT_COLUMNS) this[c] = widen(this[c], capacity)
  }
}
