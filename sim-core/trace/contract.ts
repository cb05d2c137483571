/**
 * What a run writes down. Two kinds of record: happenings (a state changed somewhere, with its cause; always
 * complete) and packets (columns, limited by level and budget; writer.ts). Everything that shows a run to a
 * person reads this and nothing else.
 */
import type { Instant } from '../base/units.ts'

/** Why something happened: the rule, the sentence with its arithmetic, and the source that says so. */
export interface Cause {
  /** kebab-case, stable: `vrrp-master-down`, `arp-queue-flush`, `ipvs-no-destination`. */
  readonly rule: string
  /** For a person, with the numbers put in: "no advert since 19.716 s; 3 × 1 s + skew 155/256 s = 3.605469 s". */
  readonly text: string
  /** RFC section, kernel or keepalived file, or recording. */
  readonly source?: string
}

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
  | 'log'
  | 'note'

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
