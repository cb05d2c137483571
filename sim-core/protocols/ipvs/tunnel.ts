/** IP in IP (RFC 2003): a packet travels inside another one, 20 bytes longer, and is itself again at the far end. */
import { IPV4_HEADER_BYTES, PACKET_IPIP, type Packets } from '../../net/index.ts'

/** What the outer header hides; the rest of the inner packet stays in its columns. */
interface Inner {
  readonly kind: number
  readonly src: number
  readonly dst: number
  readonly ttl: number
  readonly body: object | null
}

/** Turns packet `p` into its own carrier from address row `source` to `destination`. */
export function encapsulate(packets: Packets, p: number, source: number, destination: number): void {
  const inner: Inner = { kind: packets.kind[p], src: packets.src[p], dst: packets.dst[p], ttl: packets.ttl[p], body: packets.body[p] }
  packets.flow[p] = 0
  packets.body[p] = inner
  packets.kind[p] = PACKET_IPIP
  packets.src[p] = source
  packets.dst[p] = destination
  packets.ipBytes[p] += IPV4_HEADER_BYTES
}

/** The reverse, at the tunnel's end. */
export function decapsulate(packets: Packets, p: number): void {
  const inner = packets.body[p] as Inner
  packets.kind[p] = inner.kind
  packets.src[p] = inner.src
  packets.dst[p] = inner.dst
  packets.ttl[p] = inner.ttl
  packets.body[p] = inner.body
  packets.ipBytes[p] -= IPV4_HEADER_BYTES
}
