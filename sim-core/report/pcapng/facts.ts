/** A row of the packet table as plain values, with addresses instead of rows: what a frame's bytes are made from. */
import type { Network } from '../../net/index.ts'

export interface PacketFacts {
  readonly kind: number
  /** TCP flags; ICMP type. */
  readonly flags: number
  readonly ttl: number
  /** u32. */
  readonly src: number
  readonly dst: number
  readonly srcPort: number
  readonly dstPort: number
  readonly ipBytes: number
  readonly payloadBytes: number
  readonly seq: number
  readonly ack: number
  /** TCP window, bytes; ICMP code. */
  readonly window: number
  readonly sentAtNs: number
  readonly echoNs: number
  readonly body: object | null
}

export function factsOf({ packets: k, addresses }: Network, p: number): PacketFacts {
  return {
    kind: k.kind[p],
    flags: k.flags[p],
    ttl: k.ttl[p],
    src: addresses.value[k.src[p]],
    dst: addresses.value[k.dst[p]],
    srcPort: k.srcPort[p],
    dstPort: k.dstPort[p],
    ipBytes: k.ipBytes[p],
    payloadBytes: k.payloadBytes[p],
    seq: k.seq[p],
    ack: k.ack[p],
    window: k.window[p],
    sentAtNs: k.sentAt[p],
    echoNs: k.echo[p],
    body: k.body[p],
  }
}
