/**
 * The real servers of one director, a row each: what schedulers and the packet path read.
 *
 * A row lives longer than its place in a service: a removed server stays in the trash for two minutes or more, because
 * connections still point at it, and comes back with its counters when it is added again in time. Rows are never given
 * to another server, because schedulers' caches may remember them.
 */
import { type Stateful, widen } from '../../base/tables.ts'
import { TrafficCounters } from './traffic-counters.ts'

/** Its service lists it. */
export const DEST_AVAILABLE = 1
/** Its upper threshold was reached; no new connections until it falls below the lower one. */
export const DEST_OVERLOADED = 2

const COLUMNS = [
  'address',
  'port',
  'service',
  'weight',
  'active',
  'inactive',
  'persistent',
  'upper',
  'lower',
  'flags',
  'forward',
  'lastWeight',
  'idleSince',
] as const

export class Destinations implements Stateful {
  readonly stateFields = [...COLUMNS, 'rows']
  address = new Int32Array(8)
  port = new Int32Array(8)
  /** Id of the service that it belongs, or last belonged, to, and what that listens to (identityOf). */
  service = new Int32Array(8)
  listensTo = new Float64Array(8)
  weight = new Int32Array(8)
  /** The last weight above 0: what mh fills its table by. */
  lastWeight = new Int32Array(8)
  active = new Int32Array(8)
  inactive = new Int32Array(8)
  persistent = new Int32Array(8)
  /** Thresholds of active + inactive; 0 = none. */
  upper = new Int32Array(8)
  lower = new Int32Array(8)
  flags = new Uint8Array(8)
  /** It was said that its packets are dropped since it was removed. */
  told = new Uint8Array(8)
  /** FORWARD_MASQ, FORWARD_TUNNEL or FORWARD_ROUTE. */
  forward = new Uint8Array(8)
  /** Jiffy since which a server in the trash has had no connections; 0 = it has, or not looked at yet. */
  idleSince = new Float64Array(8)
  /** Live rows are 1 to rows − 1; row 0 is "none". */
  rows = 1
  readonly counters = new TrafficCounters()
  private readonly addresses: { readonly value: readonly number[] }

  constructor(addresses: { readonly value: readonly number[] }) {
    this.addresses = addresses
  }

  create(address: number, port: number): number {
    const row = this.rows++
    if (row >= this.address.length) this.grow()
    this.address[row] = address
    this.port[row] = port
    for (const c of ['active', 'inactive', 'persistent', 'upper', 'lower', 'flags', 'idleSince', 'told'] as const) this[c][row] = 0
    this.counters.open(row)
    return row
  }

  /** The u32 of an address row. */
  addressValue(row: number): number {
    return this.addresses.value[row]
  }

  /** Weight above 0 and below its threshold: schedulers may choose it. */
  usable(row: number): boolean {
    return this.weight[row] > 0 && (this.flags[row] & DEST_OVERLOADED) === 0
  }

  /** The kernel's load of a server: 256 inactive connections weigh as much as one active. */
  overhead(row: number): number {
    return this.active[row] * 256 + this.inactive[row]
  }

  /** Connections that hold the row. */
  references(row: number): number {
    return this.active[row] + this.inactive[row] + this.persistent[row]
  }

  private grow(): void {
    const n = this.address.length * 2
    for (const c of COLUMNS) (this as Record<string, unknown>)[c] = widen(this[c] as Int32Array, n)
  }
}
