/** The actions of a script and what became of them: see script.ts. */
import type { HttpRequest } from '../daemons/httpd/index.ts'
import type { TrafficEndpoint, TrafficRoute } from './source.ts'

interface Timed {
  /** ns from the start of the source. */
  readonly atNs: number
}

export type ScriptAction = Timed &
  (
    | {
        readonly kind: 'connect'
        readonly id: string
        readonly from: TrafficEndpoint
        readonly to: TrafficEndpoint
        /** Sent as soon as the connection is open; null: nothing is sent. */
        readonly request: HttpRequest | null
        /** The tool began then; its delays count from here. */
        readonly sinceNs: number
        /** The tool gives up this long after it began. */
        readonly limitNs: number
      }
    | {
        readonly kind: 'close'
        readonly id: string
        readonly how: 'fin' | 'rst'
        /** The tool closes when it has its answer, not before. */
        readonly afterAnswer: boolean
      }
    | { readonly kind: 'send'; readonly id: string; readonly n: number; readonly bytes: number; readonly limitNs: number }
    | { readonly kind: 'request'; readonly id: string; readonly request: HttpRequest; readonly sinceNs: number }
    /** One packet with these flags (SYN = 2 …) straight to a host's interface, whatever its addresses. */
    | { readonly kind: 'raw'; readonly via: string; readonly from: TrafficEndpoint; readonly to: TrafficEndpoint; readonly flags: number }
    | { readonly kind: 'udp'; readonly from: TrafficEndpoint; readonly to: TrafficEndpoint; readonly bytes: number }
  )

export interface ScriptOptions extends TrafficRoute {
  readonly kind: 'script'
  /** In the order of time. */
  readonly actions: readonly ScriptAction[]
}

export type ScriptFate = 'open' | 'ok' | 'refused' | 'reset' | 'timed out' | 'failed'

export interface ScriptOutcome {
  /** As in the script; an echo line has `#n` appended, an answer after the tool's limit `.late`. */
  readonly id: string
  readonly client: TrafficEndpoint
  readonly to: TrafficEndpoint
  readonly sinceNs: number
  readonly connectedNs: number | null
  readonly endNs: number
  readonly fate: ScriptFate
  readonly status: number
  /** Host that answered; −1: none. */
  readonly server: number
  readonly synRetransmits: number
  /** Bytes of the answer's body that came, of all that were to come, and when the last of them did. */
  readonly bytes: number
  readonly bytesWanted: number
  readonly lastDataNs: number | null
}
