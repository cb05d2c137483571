/**
 * ICMP errors: what a host that cannot deliver a packet tells its sender (RFC 792). The message quotes the packet it
 * is about, which is how the sender's TCP or UDP knows whom to tell. No error is sent about an ICMP packet or to a group.
 */
import { isMulticast } from '../base/address.ts'
import type { Engine } from '../engine/index.ts'
import { ICMP_HEADER_BYTES, IPV4_HEADER_BYTES, NO_TRAFFIC, PACKET_ICMP, PACKET_TCP, PACKET_UDP } from './packets.ts'
import type { Stack } from './stack.ts'

export const ICMP_ECHO_REPLY = 0
export const ICMP_ECHO = 8
export const ICMP_UNREACHABLE = 3
export const ICMP_HOST_UNREACHABLE = 1
export const ICMP_PORT_UNREACHABLE = 3
export const ICMP_FRAGMENTATION_NEEDED = 4
export const ICMP_TIME_EXCEEDED = 11

/** Linux quotes as much of the packet as fits in 576 bytes. */
const ERROR_BYTES_MAX = 576

export interface IcmpMessage {
  readonly type: number
  readonly code: number
  /** Next-hop MTU, for fragmentation needed. */
  readonly mtuBytes?: number
  /** The packet it is about; addresses are rows of the address book. */
  readonly about: {
    readonly kind: number
    readonly src: number
    readonly dst: number
    readonly srcPort: number
    readonly dstPort: number
    readonly seq: number
  }
}

/** Sends an error about packet `p`, which stays the caller's. `source` is the address it comes from. */
export function sendIcmpError(
  engine: Engine,
  stack: Stack,
  host: number,
  source: number,
  message: { type: number; code: number; mtuBytes?: number },
  p: number,
): void {
  const { packets, addresses } = stack
  const kind = packets.kind[p]
  if ((kind !== PACKET_TCP && kind !== PACKET_UDP) || isMulticast(addresses.value[packets.dst[p]])) return
  const q = packets.alloc(PACKET_ICMP, engine.now, engine.segment, NO_TRAFFIC)
  const about = {
    kind,
    src: packets.src[p],
    dst: packets.dst[p],
    srcPort: packets.srcPort[p],
    dstPort: packets.dstPort[p],
    seq: packets.seq[p],
  }
  const body: IcmpMessage = { ...message, about }
  stack.onIcmpError?.(host, message, p)
  packets.src[q] = source
  packets.dst[q] = packets.src[p]
  packets.srcPort[q] = 0
  packets.dstPort[q] = 0
  packets.flags[q] = message.type
  packets.window[q] = message.code
  packets.ipBytes[q] = Math.min(ERROR_BYTES_MAX, IPV4_HEADER_BYTES + ICMP_HEADER_BYTES + packets.ipBytes[p])
  packets.payloadBytes[q] = 0
  packets.body[q] = body
  stack.send(host, q)
}
