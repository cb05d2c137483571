/**
 * What every kind of traffic is: a name under which scenarios write it, a schema of its options, and a source made of
 * them that starts and stops. One file a kind; index.ts is the registry.
 */
import type { Engine } from '../engine/index.ts'
import type { RandomStream } from '../base/random.ts'
import type { AddressBook, Packets, Stack } from '../net/index.ts'
import type { PacketMeter } from '../protocols/udp/index.ts'
import type { LoadProfile } from './load-profile.ts'

/** Where traffic goes; the address is u32. */
export interface TrafficEndpoint {
  readonly address: number
  readonly port: number
}

/** What all kinds have in common, as scenarios write it beside the kind's own options. */
export interface TrafficRoute {
  readonly to: readonly TrafficEndpoint[]
  /** Flows (client address and port) in all, dealt evenly to the endpoints; a source may use fewer. */
  readonly flows: number
  /** Client ports that UDP flows use, both ends included; 1024 to 65535 unless given. */
  readonly ports?: { readonly first: number; readonly last: number }
  /** A factor on its rate, by the run's clock. */
  readonly profile?: LoadProfile
}

export interface SourceContext {
  /** Row of the traffic source, for the meters. */
  readonly traffic: number
  readonly name: string
  readonly host: number
  /** The client's addresses (rows of the address book) that flows are spread over, and the first source port. */
  readonly clientAddresses: readonly number[]
  /** Bytes that the client's line adds to an IP packet, and the least that a frame occupies. */
  readonly overheadBytes: number
  readonly wireBytesMin: number
  random(name: string): RandomStream
}

export interface TrafficEnvironment {
  readonly engine: Engine
  readonly packets: Packets
  readonly addresses: AddressBook
  readonly stack: Stack
  readonly meter: PacketMeter
}

export interface TrafficSource {
  /** Begins at the current instant. */
  start(): void
  /** Sends nothing new from the current instant on; what is under way ends by itself. */
  stop(): void
}

/** Rates and sizes are counted at a layer: what the application hands over, the IP packet, the frame (IP + 14), or the wire. */
export const LAYERS = ['payload', 'ip', 'frame', 'wire'] as const
export type Layer = (typeof LAYERS)[number]

const UDP_AND_IP_BYTES = 28
const FRAME_BYTES = 14

/** Bytes of one datagram at a layer. */
export function bytesAt(layer: Layer, ipBytes: number, context: Pick<SourceContext, 'overheadBytes' | 'wireBytesMin'>): number {
  if (layer === 'payload') return ipBytes - UDP_AND_IP_BYTES
  if (layer === 'ip') return ipBytes
  if (layer === 'frame') return ipBytes + FRAME_BYTES
  return Math.max(context.wireBytesMin, ipBytes + context.overheadBytes)
}
