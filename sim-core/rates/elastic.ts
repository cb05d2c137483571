/** Streams over TCP. */
import type { Loads } from './loads.ts'
import type { SourceRates } from './traffic-accounts.ts'
import type { Stream } from './streams.ts'

export interface Elastic {
  readonly pps: Float64Array
  readonly bps: Float64Array
  demand(now: number, until: number): void
  share(loads: Loads, now: number): boolean
  nextTurnNs(now: number): number
  turn(now: number): void
  flow(s: number, fromNs: number, dt: number): void
  tell(rates: SourceRates[]): void
  packets(s: Stream): { sent: number; lost: number }
}
