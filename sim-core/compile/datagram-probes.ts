/**
 * Checks without a connection: a UDP datagram or an ICMP echo, and what comes back. Every host answers echoes; a UDP
 * port that is open answers a query when it is asked to, and one that is closed is reported by ICMP.
 */
import type { Stateful } from '../base/tables.ts'
import type { ProbeOrder, ProbeOutcome } from '../daemons/keepalived/index.ts'
import {
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  ICMP_HEADER_BYTES,
  type IcmpMessage,
  IPV4_HEADER_BYTES,
  type Network,
  NO_TRAFFIC,
  PACKET_ICMP,
  PACKET_UDP,
  UDP_HEADER_BYTES,
} from '../net/index.ts'
import { type Udp, UDP_QUERY } from '../protocols/udp/index.ts'

/** As keepalived's PING_CHECK sends. */
const ECHO_BYTES = 128
const EPHEMERAL_FIRST = 32_768
const EPHEMERAL_COUNT = 28_232

interface Waiting {
  readonly probe: number
  readonly host: number
  /** Source port of the query, or the echo's number. */
  readonly port: number
}

export class DatagramProbes implements Stateful {
  readonly stateFields = ['waiting', 'sent']
  private waiting: Waiting[] = []
  private sent = 0
  private readonly network: Network
  private readonly finish: (probe: number, outcome: ProbeOutcome) => void

  constructor(network: Network, udp: Udp, finish: (probe: number, outcome: ProbeOutcome) => void) {
    this.network = network
    this.finish = finish
    udp.onAnswer((host, port) => this.heard(host, port, { ok: true, what: 'the server answers' }))
    const others = network.stack.onDeliver(PACKET_ICMP, (host, p) => {
      if (!this.icmp(host, p)) others?.(host, p)
    })
  }

  /** False: there is no way to the server. */
  send(probe: number, host: number, order: Extract<ProbeOrder, { kind: 'udp' | 'ping' }>): boolean {
    const { packets, addresses, engine, stack } = this.network
    const dst = addresses.intern(order.ip)
    const src = order.bindIp === null ? stack.sourceFor(host, dst) : addresses.intern(order.bindIp)
    if (src < 0) return false
    const isUdp = order.kind === 'udp'
    const port = isUdp && order.bindPort !== null ? order.bindPort : EPHEMERAL_FIRST + (this.sent++ % EPHEMERAL_COUNT)
    this.waiting.push({ probe, host, port })
    const p = packets.alloc(isUdp ? PACKET_UDP : PACKET_ICMP, engine.now, engine.segment, NO_TRAFFIC)
    packets.src[p] = src
    packets.dst[p] = dst
    packets.srcPort[p] = isUdp ? port : 0
    packets.dstPort[p] = isUdp ? order.port : 0
    packets.payloadBytes[p] = isUdp ? order.payloadBytes : 0
    packets.ipBytes[p] = IPV4_HEADER_BYTES + (isUdp ? UDP_HEADER_BYTES + order.payloadBytes : ICMP_HEADER_BYTES + ECHO_BYTES)
    packets.flags[p] = isUdp ? 0 : ICMP_ECHO
    packets.window[p] = 0
    packets.body[p] = isUdp ? { type: UDP_QUERY, reply: order.reply } : echo(ICMP_ECHO, src, dst, port)
    stack.send(host, p)
    return true
  }

  forget(probe: number): void {
    this.waiting = this.waiting.filter(w => w.probe !== probe)
  }

  private heard(host: number, port: number, outcome: ProbeOutcome): void {
    const waiting = this.waiting.find(w => w.host === host && w.port === port)
    if (waiting !== undefined) this.finish(waiting.probe, outcome)
  }

  /** Echoes, and errors about our datagrams; false: somebody else's. */
  private icmp(host: number, p: number): boolean {
    const { packets, stack } = this.network
    const body = packets.body[p] as IcmpMessage | null
    if (body === null) return false
    const { type, about } = body
    if (type === ICMP_ECHO) {
      const { src, dst } = about
      packets.body[p] = echo(ICMP_ECHO_REPLY, src, dst, about.srcPort)
      packets.src[p] = dst
      packets.dst[p] = src
      packets.flags[p] = ICMP_ECHO_REPLY
      stack.send(host, p)
      return true
    }
    if (type !== ICMP_ECHO_REPLY && about.kind !== PACKET_UDP) return false
    packets.free(p)
    if (type === ICMP_ECHO_REPLY) this.heard(host, about.srcPort, { ok: true, what: 'the host answers echoes' })
    else this.heard(host, about.srcPort, { ok: false, what: 'port unreachable (ICMP)' })
    return true
  }
}

const echo = (type: number, src: number, dst: number, number: number): IcmpMessage => ({
  type,
  code: 0,
  about: { kind: PACKET_ICMP, src, dst, srcPort: number, dstPort: 0, seq: 0 },
})
