/**
 * What a run writes down. Two kinds of record: happenings (a state changed somewhere, with its cause; always
 * complete) and packets (columns, limited by level and budget; writer.ts). Everything that shows a run to a
 * person reads this and nothing else.
 */
import type { Instant } from '../base/units.ts'
import type { Cause } from './causes/index.ts'

export * from './causes/index.ts'

/** `log` is what the host's own journal would print; `advert`, `garp` and `vip` are compared with recordings. */
export type HappeningKind =
  | 'fault' /* an event of the scenario */
  | 'process'
  | 'state' /* VRRP state of an instance */
  | 'advert'
  | 'garp'
  | 'vip'
  | 'carrier'
  | 'service' /* IPVS table: service or destination added, changed, removed */
  | 'check' /* a health checker's verdict */
  | 'sync'
  | 'request'
  | 'reset'
  | 'refused'
  | 'drop' /* first of a run of drops at one place */
  | 'flood' /* a switch does not know the destination */
  | 'entry' /* an entry of IPVS came, changed its state, or went; of each service the first few connections are followed */
  | 'threshold' /* a real server has as many connections as it may */
  | 'daemon' /* a connection sync daemon began or ended */
  | 'loss' /* first of a run of packets lost for one reason at one place */
  | 'reply' /* first of a run of RSTs, or ICMP errors, that a host sends for one reason */
  | 'log'
  | 'note'

/** They explain what the packets show already: not part of a run's digest. */
export const ASIDES: readonly HappeningKind[] = ['entry', 'threshold', 'daemon', 'loss', 'reply']

export type FieldValue = string | number | boolean | readonly string[]

export interface Happening {
  readonly t: Instant
  /** Host or switch name. */
  readonly host: string
  readonly kind: HappeningKind
  /** One clause for the story: "VI_1 BACKUP → MASTER". */
  readonly what: string
  readonly cause?: Cause
  /** The same as data, for tools: { instance: 'VI_1', state: 'MASTER' }. */
  readonly fields: Readonly<Record<string, FieldValue>>
}

export type TraceLevel = 'states' | 'sampled' | 'full'
