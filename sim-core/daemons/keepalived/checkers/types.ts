/**
 * What a checker remembers, what it asks to be done on the network, what came of it, and what it makes of that.
 *
 * A checker is one block (TCP_CHECK …) of one real_server. The rules are pure; the network part is in
 * compile/checker-probes.ts. Tested in test/daemons/keepalived/checkers.test.ts, and by recordings h01–h04.
 */
import type { Checker } from '../../../config/keepalived/index.ts'

export interface CheckerState {
  /** Its last verdict; an alpha checker begins with false. */
  readonly up: boolean
  /** Whether a check was made since keepalived started. */
  readonly hasRun: boolean
  /** Failures that count against `retry`. Full at the start, so that one failure is enough then. */
  readonly retries: number
  /** When the next check begins; null: one is under way, or the first is not planned yet. */
  readonly dueNs: number | null
  /** When the check under way, or the last one, began. */
  readonly startedNs: number
  /** When the first of the failures in a row began; null: the last check succeeded. */
  readonly failingSinceNs: number | null
  /** Failures in a row. */
  readonly failures: number
  /** HTTP_GET: which URL is next, and which one took the server down. */
  readonly url: number
  readonly failedUrl: number | null
}

interface Target {
  /** u32. */
  readonly ip: number
  readonly port: number
  readonly bindIp: number | null
  readonly bindPort: number | null
  /** For each step: the handshake, the answer. */
  readonly timeoutNs: number
}

/** One check, as the network sees it. */
export type ProbeOrder =
  | (Target & { readonly kind: 'connect' })
  | (Target & { readonly kind: 'http'; readonly path: string; readonly host: string; readonly version: string; readonly tls: boolean })
  | (Target & { readonly kind: 'smtp'; readonly helo: string })
  | (Target & { readonly kind: 'udp'; readonly payloadBytes: number; readonly reply: boolean })
  | (Target & { readonly kind: 'ping' })
  | { readonly kind: 'script'; readonly path: string }

export interface ProbeOutcome {
  readonly ok: boolean
  /** For a person: "no answer within 1 s", "refused (RST)". */
  readonly what: string
  /** HTTP status, or exit status of a script. */
  readonly status?: number
}

export interface AfterProbe {
  readonly state: CheckerState
  /** A change of what the checker says of its server. */
  readonly verdict: 'up' | 'down' | null
  /** From the end of this check to the next. */
  readonly delayNs: number
  /** Lines for the journal. */
  readonly log: readonly string[]
  /** Why the verdict, with its numbers. */
  readonly why: string
  /** A new weight (misc_dynamic). */
  readonly weight?: number
}

/** The rules of one kind of checker. `name` is the server as journals write it: "[10.0.0.21]:tcp:80". */
export interface CheckerRules<C extends Checker> {
  order(checker: C, state: CheckerState): ProbeOrder
  after(checker: C, state: CheckerState, outcome: ProbeOutcome, name: string, nowNs: number): AfterProbe
}

/** At the start of keepalived. */
export const freshChecker = (checker: Checker): CheckerState => ({
  up: !checker.alpha,
  hasRun: false,
  retries: checker.retry,
  dueNs: null,
  startedNs: 0,
  failingSinceNs: null,
  failures: 0,
  url: 0,
  failedUrl: null,
})
