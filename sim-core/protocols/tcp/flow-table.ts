/**
 * Rows found by host and the four numbers of a flow: the base of the connection table and of the TIME-WAIT table.
 *
 * Chained hash in typed arrays: `buckets` holds the first row of a chain, `next` the following one, −1 ends it. The
 * table doubles before chains grow long, so a look-up costs the same with ten flows and with a hundred thousand. The
 * hash decides nothing that can be seen.
 */
import { widen } from '../../base/tables.ts'

const FLOW_COLUMNS = ['host', 'local', 'remote', 'localPort', 'remotePort', 'next', 'freeRows'] as const
export const FLOW_FIELDS = [...FLOW_COLUMNS, 'buckets', 'freeCount', 'rows', 'used'] as const

export class FlowTable {
  host: Int32Array
  /** Rows of the address book. */
  local: Int32Array
  remote: Int32Array
  localPort: Int32Array
  remotePort: Int32Array
  protected next: Int32Array
  protected freeRows: Int32Array
  protected buckets: Int32Array
  protected freeCount = 0
  /** Rows ever given out: every live row is below. */
  rows = 0
  /** Rows in use. */
  used = 0

  constructor(capacity: number) {
    const column = () => new Int32Array(capacity)
    this.host = column()
    this.local = column()
    this.remote = column()
    this.localPort = column()
    this.remotePort = column()
    this.next = column()
    this.freeRows = column()
    this.buckets = new Int32Array(capacity * 2).fill(-1)
  }

  find(host: number, local: number, localPort: number, remote: number, remotePort: number): number {
    let row = this.buckets[this.slot(host, local, localPort, remote, remotePort)]
    while (row >= 0) {
      if (
        this.remotePort[row] === remotePort &&
        this.localPort[row] === localPort &&
        this.remote[row] === remote &&
        this.local[row] === local &&
        this.host[row] === host
      )
        return row
      row = this.next[row]
    }
    return -1
  }

  protected insert(host: number, local: number, localPort: number, remote: number, remotePort: number): number {
    let row: number
    if (this.freeCount > 0) row = this.freeRows[--this.freeCount]
    else {
      row = this.rows++
      if (row === this.host.length) this.growTo(row * 2)
    }
    this.used++
    this.host[row] = host
    this.local[row] = local
    this.localPort[row] = localPort
    this.remote[row] = remote
    this.remotePort[row] = remotePort
    this.chain(row)
    return row
  }

  protected remove(row: number): void {
    const slot = this.slotOf(row)
    let at = this.buckets[slot]
    if (at === row) this.buckets[slot] = this.next[row]
    else {
      while (this.next[at] !== row) at = this.next[at]
      this.next[at] = this.next[row]
    }
    this.host[row] = -1
    this.freeRows[this.freeCount++] = row
    this.used--
  }

  protected growTo(capacity: number): void {
    for (const c of FLOW_COLUMNS) (this as Record<string, unknown>)[c] = widen(this[c], capacity)
    this.buckets = new Int32Array(capacity * 2).fill(-1)
    for (let row = 0; row < this.rows - 1; row++) if (this.host[row] >= 0) this.chain(row)
  }

  private chain(row: number): void {
    const slot = this.slotOf(row)
    this.next[row] = this.buckets[slot]
    this.buckets[slot] = row
  }

  private slotOf(row: number): number {
    return this.slot(this.host[row], this.local[row], this.localPort[row], this.remote[row], this.remotePort[row])
  }

  private slot(host: number, local: number, localPort: number, remote: number, remotePort: number): number {
    let h = Math.imul((remotePort << 16) ^ localPort, 0x9e3779b1)
    h = Math.imul(h ^ (h >>> 15) ^ Math.imul(remote, 0x85ebca77) ^ (local << 8), 0xc2b2ae3d)
    h = Math.imul(h ^ (h >>> 13) ^ host, 0x27d4eb2f)
    return (h ^ (h >>> 16)) & (this.buckets.length - 1)
  }
}
