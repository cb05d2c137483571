/**
 * UDP endpoints: datagrams to an open port count as delivered; to a closed one the sender is told by ICMP.
 * Hot path: `receive`, once a datagram. A port is open on all local addresses of the host, as after bind(INADDR_ANY).
 */
import type { Stateful } from '../../base/tables.ts'
import type { Engine } from '../../engine/index.ts'
import {
  DELIVER,
  DROP_PORT_CLOSED,
  DROP_SERVER_HANGS,
  ICMP_PORT_UNREACHABLE,
  ICMP_UNREACHABLE,
  PACKET_UDP,
  sendIcmpError,
  type Stack,
} from '../../net/index.ts'
import type { PacketMeter } from './packet-meter.ts'

const PORTS = 65_536
const CLOSED = 0
const OPEN = 1
const HANGING = 2

/** A datagram that asks for an answer, and the answer. */
export const UDP_QUERY = 'udp-query'
export const UDP_ANSWER = 'udp-answer'

interface Exchange {
  readonly type: string
  readonly reply: boolean
}

export type DatagramReceiver = (host: number, p: number) => void

export class Udp implements Stateful {
  readonly stateFields = ['ports']
  /** ports[host][port]; null: the host listens nowhere. */
  private ports: (Uint8Array | null)[]
  /** Programs that want the datagrams themselves (the sync daemon), by port. They own the packet. */
  private readonly receivers = new Map<number, DatagramReceiver>()
  /** Who asked (host, port) hears the answer here. */
  private answered: ((host: number, port: number) => void) | null = null
  private readonly engine: Engine
  private readonly stack: Stack
  private readonly meter: PacketMeter

  constructor(wiring: { engine: Engine; stack: Stack; meter: PacketMeter }) {
    this.engine = wiring.engine
    this.stack = wiring.stack
    this.meter = wiring.meter
    this.ports = wiring.stack.hostNames.map(() => null)
    wiring.stack.onDeliver(PACKET_UDP, (host, p) => this.receive(host, p))
    wiring.stack.setFlowHandlers({ deliver: (host, p) => this.served(host, p) })
  }

  listen(host: number, port: number): void {
    this.portsOf(host)[port] = OPEN
  }

  close(host: number, port: number): void {
    this.portsOf(host)[port] = CLOSED
  }

  /** The port stays open, and what arrives is swallowed. */
  hang(host: number, port: number, hangs: boolean): void {
    if (this.portsOf(host)[port] !== CLOSED) this.portsOf(host)[port] = hangs ? HANGING : OPEN
  }

  /** Every host's datagrams to `port` go to a program instead of a port. */
  onPort(port: number, receiver: DatagramReceiver): void {
    this.receivers.set(port, receiver)
    this.stack.cache.forgetAll()
  }

  /** Told of every answer to a query, with the host and port that asked. */
  onAnswer(listener: (host: number, port: number) => void): void {
    this.answered = listener
  }

  /** The host lost power: nothing listens. */
  clear(host: number): void {
    this.stack.cache.changed(host)
    this.ports[host] = null
  }

  private receive(host: number, p: number): void {
    const { packets } = this.stack
    const port = packets.dstPort[p]
    const ports = this.ports[host]
    if (packets.body[p] !== null && this.exchange(host, p, ports !== null && ports[port] === OPEN)) return
    if (ports !== null && ports[port] === OPEN) {
      if (packets.flow[p] !== 0) this.stack.remember(host, p, DELIVER, 0)
      this.served(host, p)
      return
    }
    const receiver = this.receivers.get(port)
    if (receiver !== undefined) {
      receiver(host, p)
      return
    }
    if (ports !== null && ports[port] === HANGING) {
      this.stack.drop(host, p, DROP_SERVER_HANGS)
      return
    }
    if (this.stack.isLocal(host, packets.dst[p]))
      sendIcmpError(this.engine, this.stack, host, packets.dst[p], { type: ICMP_UNREACHABLE, code: ICMP_PORT_UNREACHABLE }, p)
    this.stack.drop(host, p, DROP_PORT_CLOSED)
  }

  /** A datagram reached an open port. */
  private served(host: number, p: number): void {
    const { packets } = this.stack
    if (packets.traffic[p] >= 0) this.meter.packetDelivered(host, p)
    packets.free(p)
  }

  /** A query at an open port, or the answer to one; true: dealt with. */
  private exchange(host: number, p: number, open: boolean): boolean {
    const { packets } = this.stack
    const { type, reply } = packets.body[p] as Exchange
    if (type === UDP_ANSWER) {
      this.answered?.(host, packets.dstPort[p])
      packets.free(p)
      return true
    }
    if (type !== UDP_QUERY || !open) return false
    if (!reply) {
      packets.free(p)
      return true
    }
    const { src, dst, srcPort, dstPort } = packets
    ;[src[p], dst[p], srcPort[p], dstPort[p]] = [dst[p], src[p], dstPort[p], srcPort[p]]
    packets.body[p] = { type: UDP_ANSWER, reply }
    this.stack.send(host, p)
    return true
  }

  /** For writing. */
  private portsOf(host: number): Uint8Array {
    this.stack.cache.changed(host)
    let ports = this.ports[host]
    if (ports === null) ports = this.ports[host] = new Uint8Array(PORTS)
    return ports
  }
}
