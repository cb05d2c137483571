/**
 * Every IPv4 address of a run has a small number: its row here. Tables that forwarding reads (routes, neighbours,
 * local addresses) are then arrays by row instead of hash tables. Rows are given in the order of first use and never
 * leave the run; whatever is printed, hashed or sorted uses `value`, so the order does not show.
 */
import type { Stateful } from '../base/tables.ts'
import { formatIpv4 } from '../base/address.ts'

export class AddressBook implements Stateful {
  readonly stateFields = ['value', 'rowOf']
  /** value[row] = the address, unsigned 32 bits. */
  value: number[] = []
  private rowOf = new Map<number, number>()

  intern(ip: number): number {
    const known = this.rowOf.get(ip)
    if (known !== undefined) return known
    const row = this.value.push(ip >>> 0) - 1
    this.rowOf.set(ip >>> 0, row)
    return row
  }

  /** The row of an address that may never have been used; −1 then. */
  find(ip: number): number {
    return this.rowOf.get(ip >>> 0) ?? -1
  }

  get count(): number {
    return this.value.length
  }

  text(row: number): string {
    return formatIpv4(this.value[row])
  }
}
