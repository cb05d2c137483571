/**
 * Rows that all wait equally long: they expire in the order in which they began, so a ring does instead of a timer each.
 *
 * A row whose wait starts again is put at the end once more; whoever owns the rows keeps each one's own deadline and
 * passes over the older place. One event has to be pending: for the time that `begin` or `expired` returned.
 */
import type { Stateful } from './tables.ts'

export class ExpiryRing implements Stateful {
  readonly stateFields = ['row', 'at', 'head', 'tail']
  private row = new Int32Array(64)
  private at = new Float64Array(64)
  private head = 0
  private tail = 0

  /** A wait until `at` (ns, not before any other in the ring); true when the ring was empty: schedule an event for `at`. */
  begin(row: number, at: number): boolean {
    const first = this.head === this.tail
    if (this.tail - this.head === this.row.length) this.grow()
    const place = this.tail++ & (this.row.length - 1)
    this.row[place] = row
    this.at[place] = at
    return first
  }

  /** When the oldest wait ends; Infinity when there is none. */
  get next(): number {
    return this.head === this.tail ? Number.POSITIVE_INFINITY : this.at[this.head & (this.row.length - 1)]
  }

  /** Takes the oldest wait out and returns its row. */
  shift(): number {
    return this.row[this.head++ & (this.row.length - 1)]
  }

  private grow(): void {
    const size = this.row.length
    const row = new Int32Array(size * 2)
    const at = new Float64Array(size * 2)
    for (let i = 0; i < size; i++) {
      row[i] = this.row[(this.head + i) & (size - 1)]
      at[i] = this.at[(this.head + i) & (size - 1)]
    }
    this.row = row
    this.at = at
    this.head = 0
    this.tail = size
  }
}
