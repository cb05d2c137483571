/**
 * What one TCP connection puts on the wire, and how long it lasts on idle links: packets and bytes of each direction
 * by the rules of protocols/tcp (timestamps on, IW10, sixteen quick acknowledgements after a pause, then every second segment).
 * Compared with connections packet by packet in test/rates/agreement.test.ts.
 */
import { curlRequest, headerBytes } from '../daemons/httpd/index.ts'
import { IPV4_HEADER_BYTES } from '../net/index.ts'
import type { TrafficOptions } from '../traffic/index.ts'

export type TcpOptions = Exclude<TrafficOptions, { kind: 'udp' | 'script' }>

export interface Direction {
  readonly packets: number
  readonly ipBytes: number
}

/** One connection of a source. */
export interface ConnectionLoad {
  readonly up: Direction
  readonly down: Direction
  readonly requests: number
  /** Bytes of the application both ways. */
  readonly dataBytes: number
  /** Round trips that it takes on idle links, and time that nobody sends: thinking, a paced answer. */
  readonly roundTrips: number
  readonly idleNs: number
}

const TCP_HEADERS_BYTES = IPV4_HEADER_BYTES + 20
const TIMESTAMPS_BYTES = 12
const SYN_BYTES = TCP_HEADERS_BYTES + 20
const ACK_BYTES = TCP_HEADERS_BYTES + TIMESTAMPS_BYTES
const QUICK_ACKS = 16
const INITIAL_WINDOW = 10
/** A bulk transfer without end is counted in pieces of this size. */
export const PIECE_BYTES = 1_000_000
const SMALL_BYTES = 300

/** `mtuBytes`: of the way. An endless transfer is told by the piece, without handshake and end. */
export function connectionLoad(options: TcpOptions, host: string, mtuBytes: number): ConnectionLoad {
  const mss = mtuBytes - ACK_BYTES
  const { requests, request, response, idleNs, serverCloses, endless } = sizesOf(options, host)
  const segments = (bytes: number): number => Math.ceil(bytes / mss)
  const [sent, returned] = [requests * segments(request), requests * segments(response)]
  // Who receives little data acknowledges it with its own; the first request is acknowledged at once.
  const upAcks = requests * acknowledgements(segments(response))
  const downAcks = sent <= requests ? 1 : requests * acknowledgements(segments(request))
  const [upBare, downBare] = endless ? [0, -1] : serverCloses ? [2, 2] : [3, 1]
  const syn = endless ? 0 : SYN_BYTES
  const direction = (data: number, dataSegments: number, bare: number): Direction => ({
    packets: dataSegments + bare + (endless ? 0 : 1),
    ipBytes: syn + data + (dataSegments + bare) * ACK_BYTES,
  })
  return {
    up: direction(requests * request, sent, upBare + upAcks),
    down: direction(requests * response, returned, downBare + downAcks),
    requests,
    dataBytes: requests * (request + response),
    roundTrips: endless ? 0 : 1 + rounds(Math.max(sent, returned)) + (requests - 1),
    idleNs,
  }
}

const acknowledgements = (segments: number): number =>
  segments <= QUICK_ACKS ? segments : QUICK_ACKS + Math.ceil((segments - QUICK_ACKS) / 2)

/** Round trips of slow start from the initial window on. */
function rounds(segments: number): number {
  let trips = 1
  for (let window = INITIAL_WINDOW, done = window; done < segments; trips++) {
    window *= 2
    done += window
  }
  return trips
}

interface Sizes {
  readonly requests: number
  readonly request: number
  readonly response: number
  readonly idleNs: number
  readonly serverCloses: boolean
  readonly endless: boolean
}

function sizesOf(o: TcpOptions, host: string): Sizes {
  const one = { requests: 1, idleNs: 0, serverCloses: false, endless: false }
  if (o.kind === 'requests')
    return { ...one, request: o.requestBytes.mean, response: o.responseBytes.mean, serverCloses: o.close === 'server' }
  if (o.kind === 'sessions')
    return {
      ...{ requests: o.requests, request: o.requestBytes.mean, response: o.responseBytes.mean },
      ...{ idleNs: (o.requests - 1) * o.thinkNs.mean, serverCloses: o.close === 'server', endless: false },
    }
  if (o.kind === 'curl') {
    const r = curlRequest(o.method, host, o.path)
    const closes = r.serverCloses || o.close === 'server'
    const body = o.method === 'HEAD' ? 0 : r.bodyBytes
    const pacedNs = r.paceBytesPerS > 0 ? (1e9 * body) / r.paceBytesPerS : 0
    return { ...one, request: r.bytes, response: headerBytes(200, r.bodyBytes, closes) + body, idleNs: pacedNs, serverCloses: closes }
  }
  const endless = o.sizeBytes === Number.POSITIVE_INFINITY
  const bytes = endless ? PIECE_BYTES : o.sizeBytes
  return o.direction === 'up'
    ? { ...one, request: bytes, response: endless ? 0 : SMALL_BYTES, endless }
    : { ...one, request: endless ? 0 : SMALL_BYTES, response: bytes, endless }
}
