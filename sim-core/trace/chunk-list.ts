/**
 * All rows of one place in order of time, as the list of its chunks; rows are numbered through. Look-ups by time are
 * two binary searches: chunk, then row. Rows are also listed by how round their serial is (every 32nd, every 1024th
 * packet, and ARP, VRRP, ICMP apart), so that a picture of a busy moment does not have to visit every row.
 */
import { columnsOf, hopOf, orderOf, type PacketChunk, type PacketColumns } from './columns.ts'

export const COARSE = 32
export const COARSEST = 1024
const KIND_UDP = 3
const KIND_TCP = 4

interface Part {
  readonly columns: PacketColumns
  readonly rows: number
  readonly firstRow: number
  /** Row numbers within the chunk, ascending. */
  readonly coarse: Uint16Array
  readonly coarsest: Uint16Array
  readonly control: Uint16Array
}

/** What to visit: every row, rows of rounder serials, or control packets. */
export type Index = 'all' | 'coarse' | 'coarsest' | 'control'

export class ChunkList {
  readonly parts: Part[] = []
  rows = 0
  /** Longest time between start and arrival, ns. */
  longestNs = 0
  /** Largest hop number, and place within a connection. */
  hopMax = 0
  orderMax = 0

  add(chunk: PacketChunk): void {
    const columns = columnsOf(chunk.buffer, chunk.rows)
    const coarse: number[] = []
    const coarsest: number[] = []
    const control: number[] = []
    for (let i = 0; i < chunk.rows; i++) {
      const took = columns.arrival[i] - columns.start[i]
      if (took > this.longestNs) this.longestNs = took
      this.hopMax = Math.max(this.hopMax, hopOf(columns, i))
      this.orderMax = Math.max(this.orderMax, orderOf(columns, i))
      const kind = columns.kind[i]
      if (kind !== KIND_UDP && kind !== KIND_TCP) control.push(i)
      else if (columns.serial[i] % COARSE === 0) {
        coarse.push(i)
        if (columns.serial[i] % COARSEST === 0) coarsest.push(i)
      }
    }
    this.parts.push({
      columns,
      rows: chunk.rows,
      firstRow: this.rows,
      coarse: Uint16Array.from(coarse),
      coarsest: Uint16Array.from(coarsest),
      control: Uint16Array.from(control),
    })
    this.rows += chunk.rows
  }

  /** Number of rows whose start is ≤ t (`inclusive`) or < t. */
  countUntil(t: number, inclusive: boolean): number {
    const part = this.partAt(t, inclusive)
    if (part < 0) return 0
    const { columns, rows, firstRow } = this.parts[part]
    return firstRow + boundary(columns.start, rows, t, inclusive)
  }

  /** Number of rows handed to the link at or before t: start − wait ≤ t. */
  countHandedOver(t: number): number {
    let low = this.countUntil(t, true)
    let high = this.rows
    while (low < high) {
      const mid = (low + high) >>> 1
      const { columns, row } = this.at(mid)
      if (columns.start[row] - columns.waitNs[row] <= t) low = mid + 1
      else high = mid
    }
    return low
  }

  /** Calls `visit` for rows [from, to) of the index, in order of time. */
  each(from: number, to: number, index: Index, visit: (columns: PacketColumns, row: number, number: number) => void): void {
    if (to <= from) return
    for (let p = this.partOfRow(from); p < this.parts.length; p++) {
      const part = this.parts[p]
      if (part.firstRow >= to) return
      const low = Math.max(0, from - part.firstRow)
      const high = Math.min(part.rows, to - part.firstRow)
      if (index === 'all') for (let i = low; i < high; i++) visit(part.columns, i, part.firstRow + i)
      else {
        const list = part[index]
        for (let n = lowerBound(list, low); n < list.length && list[n] < high; n++) visit(part.columns, list[n], part.firstRow + list[n])
      }
    }
  }

  at(number: number): { columns: PacketColumns; row: number } {
    const part = this.parts[this.partOfRow(number)]
    return { columns: part.columns, row: number - part.firstRow }
  }

  /** The last chunk whose first start is ≤ t (or < t). */
  private partAt(t: number, inclusive: boolean): number {
    let low = 0
    let high = this.parts.length
    while (low < high) {
      const mid = (low + high) >>> 1
      const first = this.parts[mid].columns.start[0]
      if (inclusive ? first <= t : first < t) low = mid + 1
      else high = mid
    }
    return low - 1
  }

  private partOfRow(number: number): number {
    let low = 0
    let high = this.parts.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (this.parts[mid].firstRow <= number) low = mid + 1
      else high = mid
    }
    return low - 1
  }
}

function boundary(column: Float64Array, rows: number, t: number, inclusive: boolean): number {
  let low = 0
  let high = rows
  while (low < high) {
    const mid = (low + high) >>> 1
    if (inclusive ? column[mid] <= t : column[mid] < t) low = mid + 1
    else high = mid
  }
  return low
}

function lowerBound(list: Uint16Array, value: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const mid = (low + high) >>> 1
    if (list[mid] < value) low = mid + 1
    else high = mid
  }
  return low
}
