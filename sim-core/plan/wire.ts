/**
 * From "1.5 Gbit/s of traffic" to bits on the wire: at which layer a rate is counted, and what the forwarding
 * method adds on a director's link.
 *
 * A link's rate is the wire's: every Ethernet frame costs 38 bytes around its IP packet (14 header, 4 FCS,
 * 8 preamble, 12 gap; IEEE 802.3 clauses 3.1.1 and 4.4.2) and never less than 84. So 1 Gbit/s of 1500-byte IP
 * packets is 102.5 % of a 1 Gbit/s link. Tested in test/plan/model.test.ts.
 */
export type Layer = 'payload' | 'ip' | 'frame' | 'wire'
export type Forwarding = 'DR' | 'TUN' | 'NAT'

export const LAYERS: readonly Layer[] = ['payload', 'ip', 'frame', 'wire']
export const FORWARDING_METHODS: readonly Forwarding[] = ['DR', 'TUN', 'NAT']

export const WIRE_OVERHEAD_BYTES = 38
export const WIRE_MIN_BYTES = 84
/** The Ethernet header, without FCS: what Linux counts in `ip -s link` and in tc. */
export const FRAME_HEADER_BYTES = 14
/** The outer IPv4 header of IPIP, which TUN adds on the way to the real server. */
export const TUNNEL_HEADER_BYTES = 20

export interface PacketSize {
  /** The IP packet, header included. */
  readonly packetBytes: number
  /** IP and transport header together: 40 for TCP without options, 28 for UDP. */
  readonly headerBytes: number
}

/** Bytes that one IP packet of `ipBytes` takes on the wire. */
export const wireBytes = (ipBytes: number): number => Math.max(WIRE_MIN_BYTES, ipBytes + WIRE_OVERHEAD_BYTES)

/** Bytes of one packet as `layer` counts them. */
export function bytesAt(layer: Layer, size: PacketSize): number {
  if (layer === 'payload') return size.packetBytes - size.headerBytes
  if (layer === 'ip') return size.packetBytes
  return layer === 'frame' ? size.packetBytes + FRAME_HEADER_BYTES : wireBytes(size.packetBytes)
}

/** `rateBps`, counted at `from`, as counted at `to`. The same packets a second. */
export const rateAt = (rateBps: number, from: Layer, to: Layer, size: PacketSize): number =>
  (rateBps * bytesAt(to, size)) / bytesAt(from, size)

/**
 * Wire bits in the busier direction of a director's link, per wire bit of requests that arrive. One interface for
 * both sides. DR: requests come in and go out, replies pass it by. TUN: they leave 20 bytes longer. NAT: replies
 * come in from the real servers and go out to the clients, so both directions carry requests and replies.
 */
export function directorFactor(forwarding: Forwarding, responseRatio: number, packetBytes: number): number {
  if (forwarding === 'NAT') return 1 + responseRatio
  return forwarding === 'TUN' ? wireBytes(packetBytes + TUNNEL_HEADER_BYTES) / wireBytes(packetBytes) : 1
}

/** The rates at which Ethernet is sold, in bit/s, ascending. */
export const STANDARD_LINKS_BPS: readonly number[] = [1e8, 1e9, 2.5e9, 5e9, 1e10, 2.5e10, 4e10, 5e10, 1e11, 2e11, 4e11, 8e11]
