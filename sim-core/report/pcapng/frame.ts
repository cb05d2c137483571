/**
 * A packet as the bytes of its Ethernet frame: ARP, and IPv4 with VRRP, TCP, UDP, ICMP and IP in IP, every checksum
 * right. What users' programs would send is zeros here, so long payloads are cut; the lengths stay the true ones.
 */
import {
  type ArpMessage,
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  type IcmpMessage,
  MAC_BROADCAST,
  PACKET_ARP,
  PACKET_ICMP,
  PACKET_IPIP,
  PACKET_TCP,
  PACKET_UDP,
  PACKET_VRRP,
} from '../../net/index.ts'
import type { SyncDatagram } from '../../protocols/ipvs/index.ts'
import type { VrrpAdvert } from '../../protocols/vrrp/index.ts'
import { Bytes, checksum, pseudoHeaderSum } from './bytes.ts'
import type { PacketFacts } from './facts.ts'
import { writeSync } from './ipvs-sync.ts'
import { PROTOCOL_TCP, type Unscaled, writeTcp } from './tcp.ts'
import { PROTOCOL_VRRP, writeVrrp } from './vrrp.ts'

export interface Frame {
  readonly bytes: Uint8Array
  /** Length on the wire, without the checksum of Ethernet; more than `bytes` has when the payload was cut. */
  readonly length: number
}

const ETHERNET_BYTES = 14
const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_ARP = 0x0806
const IP_HEADER_BYTES = 20
const IP_CHECKSUM_AT = 10
const PROTOCOL_ICMP = 1
const PROTOCOL_IPIP = 4
const PROTOCOL_UDP = 17
const ICMP_HEADER_BYTES = 8
const DONT_FRAGMENT = 0x4000
/** Internetwork control, what keepalived marks adverts with. */
const TOS_CONTROL = 0xc0
/** Bytes of zeros that are kept of a payload. */
export const PAYLOAD_KEPT = 64
/** The inside of a tunnel, in what the outer header hides (protocols/ipvs/tunnel.ts). */
type Inner = Pick<PacketFacts, 'kind' | 'src' | 'dst' | 'ttl' | 'body'>

export class FrameWriter {
  private readonly out = new Bytes()
  private readonly unscaled: Unscaled = new Set()
  private identification = 0
  /** The six bytes of a MAC's number, and the address of a row of the address book. */
  private readonly macBytes: (mac: number) => readonly number[]
  private readonly addressOf: (row: number) => number

  constructor(macBytes: (mac: number) => readonly number[], addressOf: (row: number) => number) {
    this.macBytes = macBytes
    this.addressOf = addressOf
  }

  frame(f: PacketFacts, srcMac: number, dstMac: number): Frame {
    const { out } = this
    out.clear()
    out.put(this.macBytes(dstMac))
    out.put(this.macBytes(srcMac))
    out.u16(f.kind === PACKET_ARP ? ETHERTYPE_ARP : ETHERTYPE_IPV4)
    if (f.kind === PACKET_ARP) this.writeArp(f, dstMac)
    else this.writeIp(f)
    return { bytes: out.copy(), length: ETHERNET_BYTES + f.ipBytes }
  }

  private writeArp(f: PacketFacts, dstMac: number): void {
    const { out } = this
    const message = f.body as ArpMessage
    const from = out.length
    const request = message.operation === 'request'
    out.u16(1)
    out.u16(ETHERTYPE_IPV4)
    out.u8(6)
    out.u8(4)
    out.u16(request ? 1 : 2)
    out.put(this.macBytes(message.senderMac))
    out.u32(this.addressOf(message.sender))
    // Unknown in a request; a broadcast reply (gratuitous) names everybody.
    out.put(request ? [0, 0, 0, 0, 0, 0] : this.macBytes(dstMac === MAC_BROADCAST ? MAC_BROADCAST : dstMac))
    out.u32(this.addressOf(message.target))
    out.zeros(from + f.ipBytes - out.length)
  }

  private writeIp(f: PacketFacts): void {
    const { out } = this
    const control = f.kind === PACKET_VRRP
    const from = out.length
    out.u16(0x4500 | (control ? TOS_CONTROL : 0))
    out.u16(f.ipBytes)
    out.u16(control ? ++this.identification & 0xffff : 0)
    out.u16(control ? 0 : DONT_FRAGMENT)
    out.u8(f.ttl)
    out.u8(PROTOCOLS[f.kind] ?? 0)
    out.u16(0)
    out.u32(f.src)
    out.u32(f.dst)
    out.putU16(from + IP_CHECKSUM_AT, checksum(out.sum(from)))
    if (f.kind === PACKET_VRRP) writeVrrp(out, f.body as VrrpAdvert, f.src, f.dst)
    else if (f.kind === PACKET_TCP) writeTcp(out, f, Math.min(PAYLOAD_KEPT, f.payloadBytes), this.unscaled)
    else if (f.kind === PACKET_UDP) this.writeUdp(f)
    else if (f.kind === PACKET_ICMP) this.writeIcmp(f)
    else if (f.kind === PACKET_IPIP) this.writeInner(f)
    else out.zeros(Math.max(0, f.ipBytes - IP_HEADER_BYTES))
  }

  private writeUdp(f: PacketFacts): void {
    const { out } = this
    const from = out.length
    const length = f.ipBytes - IP_HEADER_BYTES
    out.u16(f.srcPort)
    out.u16(f.dstPort)
    out.u16(length)
    out.u16(0)
    if (isSync(f.body)) writeSync(out, f.body)
    else out.zeros(Math.min(PAYLOAD_KEPT, Math.max(0, length - 8)))
    // RFC 768: a computed zero is sent as all ones.
    out.putU16(from + 6, checksum(out.sum(from) + pseudoHeaderSum(f.src, f.dst, PROTOCOL_UDP, length)) || 0xffff)
  }

  private writeIcmp(f: PacketFacts): void {
    const { out } = this
    const from = out.length
    const message = f.body as IcmpMessage | null
    const rest = Math.max(0, f.ipBytes - IP_HEADER_BYTES - ICMP_HEADER_BYTES)
    out.u8(f.flags)
    out.u8(f.window)
    out.u16(0)
    const echo = f.flags === ICMP_ECHO || f.flags === ICMP_ECHO_REPLY
    out.u16(echo ? (message?.about.srcPort ?? 0) : 0)
    out.u16(echo ? 1 : (message?.mtuBytes ?? 0))
    if (echo || message === null) out.zeros(rest)
    else this.writeQuote(message.about, rest)
    out.putU16(from + 2, checksum(out.sum(from)))
  }

  /** The packet that an ICMP error is about, as much of it as fits. */
  private writeQuote(about: IcmpMessage['about'], bytes: number): void {
    const header = about.kind === PACKET_TCP ? 40 : 28
    if (bytes < header) {
      this.out.zeros(bytes)
      return
    }
    this.writeIp({
      ...{ kind: about.kind, flags: 0, ttl: 64, src: this.addressOf(about.src), dst: this.addressOf(about.dst) },
      ...{ srcPort: about.srcPort, dstPort: about.dstPort, ipBytes: bytes, payloadBytes: bytes - header, seq: about.seq, ack: 0 },
      ...{ window: 0, sentAtNs: 0, echoNs: 0, body: null },
    })
    this.out.zeros(bytes - header - Math.min(PAYLOAD_KEPT, bytes - header))
  }

  private writeInner(f: PacketFacts): void {
    const inner = f.body as Inner
    const [src, dst] = [this.addressOf(inner.src), this.addressOf(inner.dst)]
    this.writeIp({ ...f, kind: inner.kind, src, dst, ttl: inner.ttl, body: inner.body, ipBytes: f.ipBytes - IP_HEADER_BYTES })
  }
}

const PROTOCOLS: Readonly<Record<number, number>> = {
  [PACKET_VRRP]: PROTOCOL_VRRP,
  [PACKET_TCP]: PROTOCOL_TCP,
  [PACKET_UDP]: PROTOCOL_UDP,
  [PACKET_ICMP]: PROTOCOL_ICMP,
  [PACKET_IPIP]: PROTOCOL_IPIP,
}

const isSync = (body: object | null): body is SyncDatagram => body !== null && 'kind' in body && body.kind === 'ipvs-sync'
