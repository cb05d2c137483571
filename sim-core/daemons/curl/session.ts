/** A client's connection and the request under way on it: what curl.ts keeps while either lives. */
import type { CloseReason } from '../../protocols/tcp/index.ts'
import type { HttpRequest } from '../httpd/index.ts'
import {
  END_CLIENT_DOWN,
  END_GAVE_UP,
  END_HOST_UNREACHABLE,
  END_PORT_UNREACHABLE,
  END_RST,
  END_RST_TO_SYN,
  FATE_REFUSED,
  FATE_RESET,
  FATE_TIMED_OUT,
} from './request-log.ts'

export interface Session {
  /** TCP connection; −1: none (yet, or any more). */
  connection: number
  /** The source's number for the session, and who is told of its end. */
  owner: number
  listener: number
  traffic: number
  /** Under way; null between requests. */
  request: HttpRequest | null
  /** Row of the log. */
  row: number
  /** Accounting segment in which the request was sent. */
  segment: number
  received: number
  /** Bytes of the answer; Infinity until its header says so. */
  expected: number
  /** Of --max-time; −1: never armed. */
  timer: number
  /** Close as soon as the answer is complete. */
  closes: boolean
  /** Retransmissions of the connection before this request; −1 until the handshake is done. */
  retransmitsBefore: number
  /** SYNs sent again, for the request that opened the connection. */
  first: boolean
  live: boolean
}

export const newSession = (): Session => ({
  connection: -1,
  owner: 0,
  listener: 0,
  traffic: 0,
  request: null,
  row: -1,
  segment: 0,
  received: 0,
  expected: Number.POSITIVE_INFINITY,
  timer: -1,
  closes: false,
  retransmitsBefore: -1,
  first: true,
  live: false,
})

/** What TCP's reason means for the request: its fate and the log's code. A host that does not answer is a timeout. */
export function endOf(reason: CloseReason): readonly [fate: number, end: number] {
  if (reason === 'reset') return [FATE_RESET, END_RST]
  if (reason === 'refused') return [FATE_REFUSED, END_RST_TO_SYN]
  if (reason === 'port unreachable') return [FATE_REFUSED, END_PORT_UNREACHABLE]
  if (reason === 'unreachable') return [FATE_TIMED_OUT, END_HOST_UNREACHABLE]
  return [FATE_TIMED_OUT, reason === 'timeout' ? END_GAVE_UP : END_CLIENT_DOWN]
}
