/**
 * Writes a run's packets into its trace: a LinkTap that turns rows of the packet table into plain numbers, follows
 * one packet over its hops (serial), and marks retransmissions. It only reads; a run with and without it has the
 * same digest. Costs nothing when not attached.
 *
 * A packet row is recycled, so a row is a new packet when it was allocated at another instant, is of another kind, or
 * has a higher TTL than it had on its last link. A row that is new here and yet older than now is a copy made by
 * flooding: it takes serial and hop from the packet that it is a copy of, found among the last few sent.
 */
import { widen } from '../base/tables.ts'
import type { Happening } from '../trace/contract.ts'
import type { Engine } from '../engine/index.ts'
import {
  type ArpMessage,
  DROP_REASONS,
  DROP_RULES,
  FIRST_INTERFACE_MAC,
  VIRTUAL_MACS,
  type LinkTap,
  type Network,
  PACKET_ARP,
  PACKET_ICMP,
  PACKET_TCP,
} from '../net/index.ts'
import {
  classOf,
  NO_TRAFFIC_COLUMN,
  type PacketFields,
  PacketTrace,
  RateSeries,
  type TraceHeader,
  type TraceLevel,
  type TracePart,
} from '../trace/index.ts'
import type { Simulation } from './simulation.ts'

export interface TapOptions {
  readonly scenario: string
  readonly seed: number
  readonly durationNs: number
  /** Names of the traffic sources, by row. */
  readonly traffic: readonly string[]
  readonly level: TraceLevel
  readonly budgetRows: number
  readonly fullWindows?: readonly { readonly fromNs: number; readonly toNs: number }[]
}

/** A TCP connection: packets so far, and where each direction's sending has come to (int32 sequence numbers). */
interface Flow {
  count: number
  ends: [number | undefined, number | undefined]
}

/** Connections that are remembered. */
const FLOWS_MAX = 500_000
/** How far back the original of a flooded copy is looked for, in frames sent. */
const RECENT = 256
const HOPS_MAX = 255
/** Packet rows to begin with. */
const ROWS = 4096
const ORDER_MAX = 255
const SYN = 2
const FIN = 1
const ACK = 16

export class PacketTap implements LinkTap {
  readonly header: TraceHeader
  private readonly network: Network
  private readonly engine: Engine
  private readonly writer: PacketTrace
  private readonly rates: RateSeries
  private happeningsTaken = 0
  private nextSerial = 0
  /** By packet row: allocation time, serial, hop, TTL and kind at its last link. */
  private at = new Float64Array(ROWS).fill(-1)
  private serial = new Uint32Array(ROWS)
  private hop = new Uint8Array(ROWS)
  private ttl = new Uint8Array(ROWS)
  private kind = new Uint8Array(ROWS)
  /** By packet row: its place within its connection. */
  private order = new Uint8Array(ROWS)
  /** By sender and receiver (lower first): what went before on a connection. */
  private flows = new Map<number, Map<number, Flow>>()
  private flowCount = 0
  private lastLost = -1
  /** Rows of the last frames sent. */
  private readonly recent = new Int32Array(RECENT).fill(-1)
  private recentNext = 0
  private readonly fields: PacketFields = {
    ...{ kind: 0, flags: 0, ttl: 0, hop: 0, order: 0, src: 0, dst: 0, srcPort: 0, dstPort: 0, ipBytes: 0, payloadBytes: 0, seq: 0, ack: 0 },
    ...{ srcMac: 0, dstMac: 0, traffic: 0, serial: 0, info: 0, retransmission: false },
  }

  constructor(network: Network, options: TapOptions) {
    this.network = network
    this.engine = network.engine
    this.header = headerOf(network, options)
    const places = network.links.count + network.stack.hostCount
    this.writer = new PacketTrace({ ...options, places })
    this.rates = new RateSeries(network.links.count, options.durationNs)
  }

  sent(link: number, p: number, startNs: number, arrivalNs: number): void {
    const now = this.engine.now
    const { packets } = this.network
    this.identify(p)
    const kind = packets.kind[p]
    this.rates.sent(link, now, classOf(kind, packets.flags[p], packets.payloadBytes[p]), packets.ipBytes[p])
    const retransmission = kind === PACKET_TCP && this.hop[p] === 0 ? this.follow(p) : false
    if (this.writer.keeps(now, kind, this.serial[p])) this.writer.sent(link, now, startNs, arrivalNs, this.gather(p, retransmission))
    if (this.hop[p] < HOPS_MAX) this.hop[p]++
    this.recent[this.recentNext] = p
    this.recentNext = (this.recentNext + 1) & (RECENT - 1)
  }

  lost(link: number, p: number, reason: number): void {
    this.lastLost = p
    this.rates.lost(link, this.engine.now)
    this.writeLoss(link, p, reason)
  }

  /** For Stack.drop: also hears of what `lost` has just been told. */
  lostInHost(host: number, p: number, reason: number): void {
    const told = this.lastLost === p
    this.lastLost = -1
    if (!told) this.writeLoss(this.network.links.count + host, p, reason)
  }

  /** Everything since the last call. `happenings` is the run's whole list. */
  take(happenings: readonly Happening[], untilNs: number): TracePart {
    const fresh = happenings.slice(this.happeningsTaken)
    this.happeningsTaken = happenings.length
    return {
      untilNs,
      chunks: this.writer.take(),
      happenings: fresh,
      rates: this.rates.take(untilNs),
      coverage: [...this.writer.coverage],
      notes: [...this.writer.notes],
    }
  }

  private writeLoss(place: number, p: number, reason: number): void {
    this.identify(p)
    if (this.writer.keeps(this.engine.now, this.network.packets.kind[p], this.serial[p]))
      this.writer.lost(place, this.engine.now, reason, this.gather(p, false))
  }

  private identify(p: number): void {
    const { packets } = this.network
    if (p >= this.at.length) this.grow(packets.kind.length)
    const at = packets.sentAt[p]
    const kind = packets.kind[p]
    const ttl = packets.ttl[p]
    if (this.at[p] !== at || this.kind[p] !== kind || ttl > this.ttl[p]) this.begin(p, at, kind)
    this.ttl[p] = ttl
  }

  private begin(p: number, at: number, kind: number): void {
    this.at[p] = at
    this.kind[p] = kind
    const original = at < this.engine.now ? this.originalOf(p) : -1
    this.serial[p] = original < 0 ? this.nextSerial : this.serial[original]
    this.hop[p] = original < 0 ? 0 : 1
    this.order[p] = original < 0 ? 0 : this.order[original]
    if (original < 0) this.nextSerial = (this.nextSerial + 1) >>> 0
  }

  private originalOf(copy: number): number {
    const { kind, sentAt, src, dst, srcMac, seq, ttl } = this.network.packets
    for (const p of this.recent) {
      if (p < 0 || p === copy || sentAt[p] !== sentAt[copy] || kind[p] !== kind[copy] || seq[p] !== seq[copy]) continue
      if (src[p] === src[copy] && dst[p] === dst[copy] && srcMac[p] === srcMac[copy] && ttl[p] === ttl[copy]) return p
    }
    return -1
  }

  private grow(rows: number): void {
    this.at = widen(this.at, rows, -1)
    this.serial = widen(this.serial, rows)
    this.hop = widen(this.hop, rows)
    this.order = widen(this.order, rows)
    this.ttl = widen(this.ttl, rows)
    this.kind = widen(this.kind, rows)
  }

  private gather(p: number, retransmission: boolean): PacketFields {
    const { packets, addresses } = this.network
    const f = this.fields
    f.kind = packets.kind[p]
    f.flags = packets.flags[p]
    f.ttl = packets.ttl[p]
    f.hop = this.hop[p]
    f.order = this.order[p]
    f.src = addresses.value[packets.src[p]]
    f.dst = addresses.value[packets.dst[p]]
    f.srcPort = packets.srcPort[p]
    f.dstPort = packets.dstPort[p]
    f.ipBytes = packets.ipBytes[p]
    f.payloadBytes = packets.payloadBytes[p]
    f.seq = packets.seq[p]
    f.ack = packets.ack[p]
    f.srcMac = packets.srcMac[p]
    f.dstMac = packets.dstMac[p]
    f.traffic = packets.traffic[p] < 0 ? NO_TRAFFIC_COLUMN : packets.traffic[p]
    f.serial = this.serial[p]
    f.retransmission = retransmission
    f.info = 0
    if (f.kind === PACKET_ARP) this.gatherArp(f, packets.body[p] as ArpMessage | null)
    else if (f.kind === PACKET_ICMP) f.info = (packets.flags[p] << 8) | (packets.window[p] & 255)
    return f
  }

  /** Sender and target stand where the addresses of IP would; info: 1 request, 2 reply. */
  private gatherArp(f: PacketFields, message: ArpMessage | null): void {
    if (message === null) return
    f.src = this.network.addresses.value[message.sender]
    f.dst = this.network.addresses.value[message.target]
    f.info = message.operation === 'request' ? 1 : 2
    f.srcPort = 0
    f.dstPort = 0
  }

  /** Counts the packet within its connection; says whether its SYN, FIN or payload was sent before. Once a packet, on its first link. */
  private follow(p: number): boolean {
    const { packets } = this.network
    const flags = packets.flags[p]
    const from = packets.src[p] * 65_536 + packets.srcPort[p]
    const to = packets.dst[p] * 65_536 + packets.dstPort[p]
    const flow = this.flowBetween(Math.min(from, to), Math.max(from, to))
    const way = from < to ? 0 : 1
    const length = packets.payloadBytes[p] + ((flags & (SYN | FIN)) === 0 ? 0 : 1)
    const end = (packets.seq[p] + length) | 0
    const sent = flow.ends[way]
    const again = length > 0 && sent !== undefined && ((end - sent) | 0) <= 0 && ((flags & SYN) === 0 || end === sent)
    if ((flags & (SYN | ACK)) === SYN && !again) {
      flow.count = 0
      flow.ends = [undefined, undefined]
    }
    this.order[p] = Math.min(flow.count++, ORDER_MAX)
    if (length > 0 && !again) flow.ends[way] = end
    return again
  }

  private flowBetween(low: number, high: number): Flow {
    let flows = this.flows.get(low)
    if (flows === undefined) this.flows.set(low, (flows = new Map()))
    let flow = flows.get(high)
    if (flow === undefined) {
      flow = { count: 0, ends: [undefined, undefined] }
      flows.set(high, flow)
      if (++this.flowCount > FLOWS_MAX) this.forgetFlows()
    }
    return flow
  }

  private forgetFlows(): void {
    this.flows = new Map()
    this.flowCount = 0
  }
}

function headerOf(network: Network, options: TapOptions): TraceHeader {
  const { links, stack, nics } = network
  const macs = ['broadcast', 'VRRP group', 'sync group'].map(name => ({ name, text: '' }))
  while (macs.length < FIRST_INTERFACE_MAC) macs.push({ name: '', text: '' })
  const last = FIRST_INTERFACE_MAC + nics.length + (network.hasVirtualMacs ? VIRTUAL_MACS : 0)
  for (let mac = FIRST_INTERFACE_MAC; mac < last; mac++) macs.push({ name: network.macName(mac), text: network.macText(mac) })
  return {
    scenario: options.scenario,
    seed: options.seed,
    durationNs: options.durationNs,
    hosts: stack.hostNames,
    links: links.names.map((name, l) => {
      const [from, to] = name.split('→')
      return {
        name,
        from,
        to,
        rateBps: links.optionsOf(l).rateBps,
        delayNs: links.optionsOf(l).delayNs,
        overheadBytes: links.optionsOf(l).overheadBytes,
        queuePackets: links.optionsOf(l).queuePackets,
      }
    }),
    macs,
    traffic: options.traffic,
    dropReasons: DROP_REASONS,
    dropRules: DROP_REASONS.map(r => DROP_RULES[r]),
  }
}

/** Traces a simulation from now on; call it before the first `run`. */
export function traceSimulation(simulation: Simulation, options: Pick<TapOptions, 'level' | 'budgetRows' | 'fullWindows'>): PacketTap {
  const { model, network } = simulation
  const tap = new PacketTap(network, {
    scenario: model.title,
    seed: model.seed,
    durationNs: model.durationNs,
    traffic: model.traffic.map(t => t.name),
    ...options,
  })
  network.links.tap = tap
  network.stack.setDropListener((host, p, reason) => {
    simulation.packetLost(host, p, reason)
    tap.lostInHost(host, p, reason)
  })
  return tap
}
