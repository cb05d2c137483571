/**
 * Closed connections that still answer for 60 s: TIME-WAIT, and FIN-WAIT-2 of an application that is gone.
 *
 * Linux keeps them as small sockets of their own; so do we, because a busy server has a hundred times more of them
 * than connections. All wait equally long, so they expire in the order in which they came: a ring instead of a timer each.
 * An entry whose wait is restarted goes to the ring's end again and its older place is skipped.
 */
import { ExpiryRing } from '../../base/expiry-ring.ts'
import { type Stateful, widen } from '../../base/tables.ts'
import { FLOW_FIELDS, FlowTable } from './flow-table.ts'

const CAPACITY = 64
const INT_COLUMNS = ['sndNxt', 'rcvNxt', 'window', 'traffic', 'passive', 'halfOpen'] as const
const FLOAT_COLUMNS = ['tsRecent', 'expiresAt'] as const

export class TimeWait extends FlowTable implements Stateful {
  readonly stateFields = [...FLOW_FIELDS, ...INT_COLUMNS, ...FLOAT_COLUMNS, 'ring']
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
  private ring = new ExpiryRing()

  constructor() {
    super(CAPACITY)
  }

  /** A new entry; the caller fills the columns and starts the wait. */
  add(host: number, local: number, localPort: number, remote: number, remotePort: number): number {
    return this.insert(host, local, localPort, remote, remotePort)
  }

  /** Starts (or restarts) the wait until `at`; true when the caller must schedule an event for it. */
  wait(row: number, at: number): boolean {
    this.expiresAt[row] = at
    return this.ring.begin(row, at)
  }

  drop(row: number): void {
    this.expiresAt[row] = 0
    this.remove(row)
  }

  /** Removes what has expired by `now`; returns when the next one may, or Infinity. */
  expire(now: number): number {
    while (this.ring.next <= now) {
      const at = this.ring.next
      const row = this.ring.shift()
      if (this.expiresAt[row] === at && this.host[row] >= 0) this.drop(row)
    }
    return this.ring.next
  }

  /** Drops every entry of a host (its power is gone). */
  forgetHost(host: number): void {
    for (let row = 0; row < this.rows; row++) if (this.host[row] === host) this.drop(row)
  }

  protected override growTo(capacity: number): void {
    super.growTo(capacity)
    for (const c of INT_COLUMNS) this[c] = widen(this[c], capacity)
    for (const c of FLOAT_COLUMNS) this[c] = widen(this[c], capacity)
  }
}
