/**
 * What a scheduler is: how one of a service's servers is chosen for a new connection.
 *
 * A scheduler is stateless code; what it remembers is plain data in `service.state`, so that snapshots hold it. To add
 * one, write a file and name it in index.ts: reading, validation and the shared tests follow from that.
 */
import type { RandomStream } from '../../../base/random.ts'
import type { Destinations } from '../destinations.ts'
import type { Service } from '../services.ts'

/** The packet that a server is wanted for, and what else a choice may depend on. Addresses are u32. */
export interface ScheduleRequest {
  client: number
  clientPort: number
  virtual: number
  /** Jiffy. */
  now: number
}

export interface SchedulingContext {
  readonly dests: Destinations
  /** HZ of the host. */
  readonly hz: number
  readonly random: RandomStream
}

export interface Scheduler {
  /** As ipvsadm and keepalived spell it. */
  readonly name: string
  /** One line for people. */
  readonly rule: string
  /** Flags it understands, as ipvsadm -b spells them. */
  readonly flags?: readonly string[]
  /** The state of a service that begins to use it; it may already have servers. */
  init(service: Service, context: SchedulingContext): unknown
  /** A server was added, changed or removed. Before 'removed' it has left `service.servers`; `position` is where it was. */
  changed?(service: Service, context: SchedulingContext, change: ServerChange): void
  /** Row of the chosen server, or NOBODY. */
  schedule(service: Service, context: SchedulingContext, request: ScheduleRequest): number
}

export interface ServerChange {
  readonly kind: 'added' | 'changed' | 'removed'
  readonly dest: number
  /** Index in the kernel's list; of a removed server its index before. */
  readonly position: number
}

export const NOBODY = 0
