/**
 * Packets in flight: one row of typed arrays each, recycled.
 *
 * Addresses are rows of the AddressBook (addresses.ts), MACs are small numbers (macs.ts), so that forwarding is
 * array look-ups. What does not fit a column (an ARP or VRRP message, a sync datagram) is `body`, an immutable plain
 * object shared by copies of the frame. Sequence numbers are int32 and wrap: compare with `(a - b) | 0`.
 *
 * Whoever takes a packet from the network owns it: pass it on (send, forward, transmit) or `free` it, once.
 */
import { assert } from '../base/assert.ts'
import { type Stateful, widen } from '../base/tables.ts'

export const PACKET_ARP = 1
export const PACKET_VRRP = 2
export const PACKET_UDP = 3
export const PACKET_TCP = 4
export const PACKET_ICMP = 5
export const PACKET_IPIP = 6
export const PACKET_KIND_NAMES = ['', 'ARP', 'VRRP', 'UDP', 'TCP', 'ICMP', 'IPIP'] as const

export const TCP_FIN = 1
export const TCP_SYN = 2
export const TCP_RST = 4
export const TCP_PSH = 8
export const TCP_ACK = 16

/** An ARP message occupies a minimum-size frame: 46 bytes where IP would be. */
export const ARP_BYTES = 46
export const IPV4_HEADER_BYTES = 20
export const UDP_HEADER_BYTES = 8
export const TCP_HEADER_BYTES = 20
export const ICMP_HEADER_BYTES = 8
export const TTL_DEFAULT = 64
export const NO_TRAFFIC = -1

export class Packets implements Stateful {
  readonly stateFields = [
    ...['kind', 'flags', 'ttl', 'srcMac', 'dstMac', 'src', 'dst', 'srcPort', 'dstPort', 'ipBytes', 'payloadBytes'],
    ...[
      'seq',
      'ack',
      'window',
      'echo',
      'traffic',
      'segment',
      'sentAt',
      'body',
      'mark',
      'natVip',
      'flow',
      'nextFlow',
      'freeRows',
      'freeCount',
      'rows',
    ],
  ]
  kind = new Uint8Array(CAPACITY)
  /** TCP flags; ICMP type in `flags` and code in `window`. */
  flags = new Uint8Array(CAPACITY)
  ttl = new Uint8Array(CAPACITY)
  srcMac = new Int32Array(CAPACITY)
  dstMac = new Int32Array(CAPACITY)
  src = new Int32Array(CAPACITY)
  dst = new Int32Array(CAPACITY)
  srcPort = new Int32Array(CAPACITY)
  dstPort = new Int32Array(CAPACITY)
  /** Total length of the IP packet (or of the ARP message), bytes; the link adds its own overhead. */
  ipBytes = new Int32Array(CAPACITY)
  /** TCP or UDP payload, bytes. */
  payloadBytes = new Int32Array(CAPACITY)
  seq = new Int32Array(CAPACITY)
  ack = new Int32Array(CAPACITY)
  /** TCP receive window, bytes, already scaled. */
  window = new Int32Array(CAPACITY)
  /** TCP timestamp echo (RFC 7323 TSecr): `sentAt` of the packet that this one answers, ns; only TCP writes it. */
  echo = new Float64Array(CAPACITY)
  /** Row of the traffic source that this packet is counted for; NO_TRAFFIC for the control plane. */
  traffic = new Int32Array(CAPACITY)
  /** Accounting segment in which it was sent (Engine.segment): a packet counts where it was sent. */
  segment = new Int32Array(CAPACITY)
  /** ns. */
  sentAt = new Float64Array(CAPACITY)
  /** Netfilter mark (fwmark services); 0 = none. */
  mark = new Int32Array(CAPACITY)
  /** Address row of the VIP that a director replaced by its server's address (NAT); −1: none. For who counts by VIP. */
  natVip = new Int32Array(CAPACITY)
  /**
   * Label of the flow that it belongs to, 0 = none. Packets with one label have the same kind, addresses, ports, size,
   * mark and source, and no body: hosts may do with one what they did with the last (forwarding-cache.ts). Whoever
   * rewrites a packet clears it.
   */
  flow = new Int32Array(CAPACITY)
  private nextFlow = 1
  body: (object | null)[] = new Array(CAPACITY).fill(null)
  private freeRows = new Int32Array(CAPACITY)
  private freeCount = 0
  private rows = 0

  /** A row with kind, traffic, sentAt, segment set and flags, mark, natVip, flow, body cleared; all else is the caller's to fill. */
  alloc(kind: number, now: number, segment: number, traffic: number): number {
    let p: number
    if (this.freeCount > 0) p = this.freeRows[--this.freeCount]
    else {
      p = this.rows++
      if (p === this.kind.length) this.grow()
    }
    this.kind[p] = kind
    this.flags[p] = 0
    this.ttl[p] = TTL_DEFAULT
    this.traffic[p] = traffic
    this.segment[p] = segment
    this.sentAt[p] = now
    this.mark[p] = 0
    this.natVip[p] = -1
    this.flow[p] = 0
    return p
  }

  /** `count` labels that nobody has, from the returned one on; 0 when there are too many flows to be remembered. */
  newFlows(count: number): number {
    const first = this.nextFlow
    if (first + count > FLOW_LABELS_MAX) return 0
    this.nextFlow += count
    return first
  }

  free(p: number): void {
    if (this.body[p] !== null) this.body[p] = null
    this.freeRows[this.freeCount++] = p
  }

  /** A second copy of a frame (flooding, multicast). */
  copy(p: number): number {
    const q = this.alloc(this.kind[p], this.sentAt[p], this.segment[p], this.traffic[p])
    this.flags[q] = this.flags[p]
    this.ttl[q] = this.ttl[p]
    this.srcMac[q] = this.srcMac[p]
    this.dstMac[q] = this.dstMac[p]
    this.src[q] = this.src[p]
    this.dst[q] = this.dst[p]
    this.srcPort[q] = this.srcPort[p]
    this.dstPort[q] = this.dstPort[p]
    this.ipBytes[q] = this.ipBytes[p]
    this.payloadBytes[q] = this.payloadBytes[p]
    this.seq[q] = this.seq[p]
    this.ack[q] = this.ack[p]
    this.window[q] = this.window[p]
    this.echo[q] = this.echo[p]
    this.mark[q] = this.mark[p]
    this.natVip[q] = this.natVip[p]
    this.flow[q] = this.flow[p]
    if (this.body[p] !== null) this.body[q] = this.body[p]
    return q
  }

  /** Packets that exist now: queued, on a link, or held by somebody. */
  get inUse(): number {
    return this.rows - this.freeCount
  }

  private grow(): void {
    const n = this.kind.length * 2
    assert(n <= 1 << 24, 'more than 16 million packets in flight')
    const columns = ['kind', 'flags', 'ttl', 'srcMac', 'dstMac', 'src', 'dst', 'srcPort', 'dstPort', 'ipBytes', 'payloadBytes'] as const
    for (const c of columns) (this as Record<string, unknown>)[c] = widen(this[c], n)
    for (const c of ['seq', 'ack', 'window', 'echo', 'traffic', 'segment', 'sentAt', 'mark', 'natVip', 'flow', 'freeRows'] as const)
      (this as Record<string, unknown>)[c] = widen(this[c], n)
    for (let i = this.body.length; i < n; i++) this.body.push(null)
  }
}

const CAPACITY = 4096
/** More flows than this would push each other out of the hosts' memory (forwarding-cache.ts). */
const FLOW_LABELS_MAX = 2048
