/**
 * A wire between hosts for tests of TCP alone: fixed one-way delay, packets lost by a rule, everything written down.
 * It stands in for the IP stack: no ARP, no queues, no rates (unless `bytesPerNs` is given: then one FIFO a direction).
 */
import { JiffyClock } from '../../../sim-core/base/timer-wheel.ts'
import { Engine } from '../../../sim-core/engine/index.ts'
import { AddressBook, type PacketHandler, Packets, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../../../sim-core/net/index.ts'
import { Tcp, type TcpNetwork } from '../../../sim-core/protocols/tcp/index.ts'

export interface Seen {
  readonly atNs: number
  readonly from: number
  readonly flags: string
  /** Relative to the first SYN of each side, as packetdrill prints. */
  readonly seq: number
  readonly bytes: number
  readonly ack: number
  readonly lost: boolean
  readonly ipBytes: number
}

export const flagText = (flags: number): string =>
  [
    [TCP_SYN, 'S'],
    [TCP_FIN, 'F'],
    [TCP_RST, 'R'],
    [TCP_PSH, 'P'],
    [TCP_ACK, '.'],
  ]
    .filter(([bit]) => (flags & (bit as number)) !== 0)
    .map(([, letter]) => letter)
    .join('')

export interface WireOptions {
  readonly hosts?: number
  readonly delayNs?: number
  readonly hz?: number
  readonly jiffiesAtT0?: number
  /** True: the n-th packet (from 0) that `from` sends is lost. */
  readonly lose?: (from: number, n: number, packet: number, packets: Packets, nowNs: number) => boolean
  /** 1: the packet is late by up to ten delays' worth of others; 2: it arrives twice; 3: it does in one instant. */
  readonly disturb?: (from: number, n: number) => number
  readonly processesLast?: boolean
  readonly mtuBytes?: number
  /** bit/s of each direction; queue limit in packets. */
  readonly rateBps?: number
  readonly queuePackets?: number
}

export class Wire {
  readonly engine = new Engine()
  readonly packets = new Packets()
  readonly addresses = new AddressBook()
  readonly tcp: Tcp
  readonly seen: Seen[] = []
  readonly sentBy: number[]
  readonly drops: number[] = []
  readonly hostAddress: number[]
  record = true
  private readonly delayNs: number
  private readonly arrivalKind: number
  private readonly handlers: PacketHandler[] = []
  private readonly firstSeq = new Map<string, number>()

  constructor(o: WireOptions = {}) {
    const hosts = o.hosts ?? 2
    this.sentBy = new Array(hosts).fill(0)
    this.hostAddress = Array.from({ length: hosts }, (_, h) => this.addresses.intern(0x0a000001 + h))
    this.delayNs = o.delayNs ?? 100_000
    const arrival = (this.arrivalKind = this.engine.addKind(p =>
      this.handlers[this.packets.kind[p]](this.hostAddress.indexOf(this.packets.dst[p]), p),
    ))
    const busyUntil = new Float64Array(hosts)
    const network: TcpNetwork = {
      hostCount: hosts,
      packets: this.packets,
      addresses: this.addresses,
      isLocal: (host, address) => this.hostAddress[host] === address,
      sourceFor: host => this.hostAddress[host],
      confirm: () => undefined,
      onDeliver: (kind, handler) => {
        this.handlers[kind] = handler
      },
      drop: (_host, p, reason) => {
        this.drops.push(reason)
        this.packets.free(p)
      },
      send: (host, p) => {
        const now = this.engine.now
        let start = now
        let tookNs = 0
        let lost = o.lose?.(host, this.sentBy[host], p, this.packets, now) === true
        this.sentBy[host]++
        if (o.rateBps !== undefined) {
          tookNs = Math.round((this.packets.ipBytes[p] * 8e9) / o.rateBps)
          start = Math.max(now, busyUntil[host])
          if ((start - now) / tookNs > (o.queuePackets ?? 1e9)) lost = true
          if (!lost) busyUntil[host] = start + tookNs
        }
        if (this.record) this.note(host, p, lost)
        if (lost || this.hostAddress.indexOf(this.packets.dst[p]) < 0) this.packets.free(p)
        else {
          const at = start + tookNs + this.delayNs
          const how = o.disturb?.(host, this.sentBy[host]) ?? 0
          if (how >= 2) this.engine.schedule(how === 2 ? at + tookNs + 1000 : at, arrival, this.packets.copy(p))
          this.engine.schedule(how === 1 ? at + 3 * tookNs + 20_000 : at, arrival, p)
        }
      },
    }
    this.tcp = new Tcp({
      engine: this.engine,
      network,
      clock: new JiffyClock(o.hz ?? 100, o.jiffiesAtT0 ?? 0),
      mtuBytes: () => o.mtuBytes ?? 1500,
      processesLast: o.processesLast ?? false,
    })
  }

  /** A packet that nobody sent reaches its destination after the wire's delay. */
  arriveLater(p: number): void {
    this.engine.schedule(this.engine.now + this.delayNs, this.arrivalKind, p)
  }

  private note(from: number, p: number, lost: boolean): void {
    const k = this.packets
    const out = `${k.src[p]}:${k.srcPort[p]}-${k.dst[p]}:${k.dstPort[p]}`
    const back = `${k.dst[p]}:${k.dstPort[p]}-${k.src[p]}:${k.srcPort[p]}`
    if ((k.flags[p] & TCP_SYN) !== 0 && !this.firstSeq.has(out)) this.firstSeq.set(out, k.seq[p])
    const own = this.firstSeq.get(out) ?? 0
    const other = this.firstSeq.get(back) ?? 0
    this.seen.push({
      atNs: this.engine.now,
      from,
      flags: flagText(k.flags[p]),
      seq: (k.seq[p] - own) | 0,
      bytes: k.payloadBytes[p],
      ack: (k.flags[p] & TCP_ACK) !== 0 ? (k.ack[p] - other) | 0 : 0,
      lost,
      ipBytes: k.ipBytes[p],
    })
  }

  /** Runs everything that happens before `seconds`. */
  run(seconds: number): void {
    this.engine.run(Math.round(seconds * 1e9))
  }

  /** `0.000100 h0 S 0:0(0)` … one line a packet, times in seconds. */
  lines(filter: (s: Seen) => boolean = () => true): string[] {
    return this.seen.filter(filter).map(s => {
      const ack = s.flags.includes('.') ? ` ack ${s.ack}` : ''
      return `${(s.atNs / 1e9).toFixed(6)} h${s.from} ${s.flags} ${s.seq}:${s.seq + s.bytes}(${s.bytes})${ack}${s.lost ? ' lost' : ''}`
    })
  }
}
