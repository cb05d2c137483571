/**
 * Every request of a run, in the order of sending: one row of typed arrays each, kept to the end (32 bytes, so that a
 * million requests are no burden). What a report shows of a request is put into words when it is asked for.
 */
import { type Stateful, widen } from '../../base/tables.ts'
import { SECOND_NS } from '../../base/units.ts'
import { because, type Cause, type CauseRule } from '../../trace/contract.ts'

export const FATE_OPEN = 0
export const FATE_OK = 1
export const FATE_RESET = 2
export const FATE_REFUSED = 3
export const FATE_TIMED_OUT = 4
export const FATES = ['open', 'ok', 'reset', 'refused', 'timed_out'] as const

/** Why a request ended as it did, beyond what its SYNs say. */
export const END_NOTHING = 0
export const END_RST = 1
export const END_CLOSED_EARLY = 2
export const END_RST_TO_SYN = 3
export const END_PORT_UNREACHABLE = 4
export const END_HOST_UNREACHABLE = 5
export const END_MAX_TIME = 6
export const END_GAVE_UP = 7
export const END_NO_PORT = 8
export const END_CLIENT_DOWN = 9
/** RST by another director than the one that had passed the request on. */
export const END_RST_BY_STRANGER = 10

const CAPACITY = 256
const COLUMNS = [
  'sentAt',
  'elapsedNs',
  'connectNs',
  'traffic',
  'number',
  'vip',
  'director',
  'server',
  'fate',
  'end',
  'synRetransmits',
  'retransmits',
  'status',
] as const

export class RequestLog implements Stateful {
  readonly stateFields = [...COLUMNS, 'count']
  /** ns. */
  sentAt = new Float64Array(CAPACITY)
  elapsedNs = new Float64Array(CAPACITY)
  /** From the SYN to its answer; 0: none came, or the connection was open already. */
  connectNs = new Float64Array(CAPACITY)
  traffic = new Int32Array(CAPACITY)
  /** Within its traffic source, from 1. */
  number = new Int32Array(CAPACITY)
  /** Row of the address book. */
  vip = new Int32Array(CAPACITY)
  /** Hosts; −1: none that we know of. */
  director = new Int32Array(CAPACITY)
  server = new Int32Array(CAPACITY)
  fate = new Uint8Array(CAPACITY)
  end = new Uint8Array(CAPACITY)
  synRetransmits = new Uint8Array(CAPACITY)
  /** Segments that the client sent again after the handshake. */
  retransmits = new Uint16Array(CAPACITY)
  /** HTTP status; 0: no answer. */
  status = new Uint16Array(CAPACITY)
  count = 0

  add(traffic: number, number: number, vip: number, sentAt: number): number {
    const q = this.count++
    if (q === this.sentAt.length) for (const c of COLUMNS) (this as Record<string, unknown>)[c] = widen(this[c], q * 2)
    this.sentAt[q] = sentAt
    this.traffic[q] = traffic
    this.number[q] = number
    this.vip[q] = vip
    this.director[q] = this.server[q] = -1
    return q
  }
}

/** Worth a word in the report: longer than 800 full-size packets keep a line of 1 Gbit/s busy. */
const SLOW_HANDSHAKE_NS = 10e6

const times = (n: number, one: string, many: string): string => (n === 1 ? one : `${n} ${many}`)

/** Why it was delayed or failed, as a clause; '' when nothing happened to it. `name` gives a host's name. */
export function causeOf(log: RequestLog, q: number, name: (host: number) => string): string {
  const parts: string[] = []
  const syn = log.synRetransmits[q]
  const data = log.retransmits[q]
  if (syn > 0) parts.push(`its SYN was sent again ${times(syn, 'once', 'times')}`)
  else if (log.connectNs[q] >= SLOW_HANDSHAKE_NS)
    parts.push(`its SYN waited on the way: answered after ${(log.connectNs[q] / 1e6).toFixed(1)} ms, and sent only once`)
  if (data > 0) parts.push(`${times(data, 'a segment was', 'segments were')} sent again`)
  const end = log.end[q] === END_NOTHING ? undefined : endOf(log, q, name)
  if (end !== undefined) parts.push(end)
  else if (log.fate[q] === FATE_OPEN) parts.push('under way when the run ended')
  if (log.status[q] >= 400) parts.push(`status ${log.status[q]}`)
  return parts.join('; ')
}

const RULES = [
  'request-delayed',
  'request-reset',
  'request-closed-early',
  'request-refused-rst',
  'request-refused-icmp',
  'request-unreachable',
  'request-max-time',
  'request-gave-up',
  'request-no-port',
  'request-client-down',
] as const satisfies readonly CauseRule[]

/** The same as data; undefined when nothing happened to it. `now`, ns: how old one is that is open. */
export function whyOf(log: RequestLog, q: number, name: (host: number) => string, now: number): Cause | undefined {
  const text = causeOf(log, q, name)
  if (text === '') return undefined
  const isOpen = log.fate[q] === FATE_OPEN
  const inputs = {
    elapsed_s: (isOpen ? now - log.sentAt[q] : log.elapsedNs[q]) / SECOND_NS,
    syn_retransmits: log.synRetransmits[q],
    retransmits: log.retransmits[q],
    ...(log.connectNs[q] > 0 ? { connect_s: log.connectNs[q] / SECOND_NS } : {}),
    ...(log.director[q] >= 0 ? { director: name(log.director[q]) } : {}),
    ...(log.server[q] >= 0 ? { server: name(log.server[q]) } : {}),
  }
  const end = log.end[q]
  const status = log.status[q]
  if (end === END_RST_BY_STRANGER) return because('request-reset-by-stranger', text, { ...inputs, director: name(log.director[q]) })
  if (end === END_NOTHING && status >= 400) return because('request-status', text, { ...inputs, status })
  if (end === END_NOTHING && isOpen) return because('request-open', text, inputs)
  return because(RULES[end], text, inputs)
}

/** How a request ended that was not answered. */
function endOf(log: RequestLog, q: number, name: (host: number) => string): string | undefined {
  const by = log.server[q] >= 0 ? log.server[q] : log.director[q]
  const from = by >= 0 ? ` by ${name(by)}` : ''
  const ends: Readonly<Record<number, string>> = {
    [END_RST]: `reset${from}`,
    [END_RST_BY_STRANGER]: `reset by ${name(log.director[q])}, which does not know the connection`,
    [END_CLOSED_EARLY]: `closed${from} before the answer was complete`,
    [END_RST_TO_SYN]: `the SYN was refused${from} (RST)`,
    [END_PORT_UNREACHABLE]: `the SYN was refused${from} (ICMP port unreachable)`,
    [END_HOST_UNREACHABLE]: 'the host was unreachable (ICMP)',
    [END_MAX_TIME]: 'no complete answer within its time limit',
    [END_GAVE_UP]: 'TCP gave up',
    [END_NO_PORT]: 'the client had no free source port',
    [END_CLIENT_DOWN]: 'the client lost power',
  }
  return ends[log.end[q]]
}
