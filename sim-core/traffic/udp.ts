/**
 * UDP datagrams at a given rate: constant, jittered around a grid, or Poisson.
 *
 * Each endpoint has a stream of its own with an equal share of the rate, and each stream deals its datagrams to its
 * flows in turn. Constant streams are shifted against each other, so that together they are one constant stream that
 * serves the endpoints in turn; `phase` shifts all. Jittered: datagram k leaves within ±10 % of an interval around
 * k intervals after a random phase (the jitter does not accumulate). Poisson: exponential gaps, streams independent.
 * With a load profile all of that is in load time (load-profile.ts), in which the rate is constant.
 *
 * Hot path: one event and one packet row a datagram; nothing is allocated. Times are rounded to whole ns.
 */
import * as z from 'zod'
import { type Stateful, widen } from '../base/tables.ts'
import type { RandomStream } from '../base/random.ts'
import { ln } from '../base/math.ts'
import { fields } from '../config/index.ts'
import { PACKET_UDP } from '../net/index.ts'
import { type LoadProfile, loadAt, timeOfLoad } from './load-profile.ts'
import {
  bytesAt,
  LAYERS,
  type Layer,
  type SourceContext,
  type TrafficEnvironment,
  type TrafficRoute,
  type TrafficSource,
} from './source.ts'

export const ARRIVALS = ['constant', 'jittered', 'poisson'] as const
export type Arrivals = (typeof ARRIVALS)[number]

export const udpSchema = z
  .strictObject({
    rate: fields.rate('of all endpoints together'),
    size: fields.size('of a datagram’s IP packet; 1500B unless given').optional(),
    arrivals: fields.oneOf(ARRIVALS, 'constant intervals, jittered by ±10 %, or Poisson; constant unless given').optional(),
    layer: fields.oneOf(LAYERS, 'what the rate counts; ip unless given').optional(),
    phase: fields.duration('constant arrivals: when the first datagram leaves, after the start').optional(),
  })
  .meta({ description: 'datagrams at a rate' })

export interface UdpOptions extends TrafficRoute {
  readonly kind: 'udp'
  readonly rateBps: number
  readonly layer: Layer
  /** Bytes of the IP packet, 29–65,535. */
  readonly ipBytes: number
  readonly arrivals: Arrivals
  readonly phaseNs: number
  /** Times of sending are rounded to this (the sender's clock), ns; 1 unless given. */
  readonly clockNs?: number
}

export function udpOptions(raw: z.output<typeof udpSchema>, route: TrafficRoute): UdpOptions {
  return {
    kind: 'udp',
    ...route,
    rateBps: raw.rate,
    layer: raw.layer ?? 'ip',
    ipBytes: raw.size ?? 1500,
    arrivals: raw.arrivals ?? 'constant',
    phaseNs: raw.phase ?? 0,
  }
}

const JITTER = 0.1
const PORT_FIRST = 1024
const PORT_LAST = 65_535

/** All UDP sources of a run: one row a stream (source and endpoint). */
export class UdpSources implements Stateful {
  readonly stateFields = ['base', 'count', 'turn', 'running']
  /** Start of the grid (constant, jittered) or time of the last datagram (Poisson), ns with fractions; load time if there is a profile. */
  private base: Float64Array = new Float64Array(0)
  private count: Float64Array = new Float64Array(0)
  /** The flow whose turn it is. */
  private turn: Int32Array = new Int32Array(0)
  private running: boolean[] = []
  private readonly streams: Stream[] = []
  private readonly env: TrafficEnvironment
  private readonly eventKind: number

  constructor(env: TrafficEnvironment) {
    this.env = env
    this.eventKind = env.engine.addKind(stream => this.send(stream))
  }

  add(options: UdpOptions, context: SourceContext): TrafficSource {
    const rows = options.to.map((_, endpoint) => this.addStream(options, context, endpoint))
    return {
      start: () => {
        for (const row of rows) this.start(row)
      },
      stop: () => {
        for (const row of rows) this.running[row] = false
      },
    }
  }

  private addStream(options: UdpOptions, context: SourceContext, endpoint: number): number {
    const share = options.to.length
    const interval = intervalNs(options, context)
    const { address, port } = options.to[endpoint]
    this.streams.push({
      interval,
      phase: options.phaseNs + (interval * endpoint) / share,
      arrivals: options.arrivals,
      clockNs: options.clockNs ?? 1,
      random: context.random(`${context.name}/${address}:${port}`),
      host: context.host,
      traffic: context.traffic,
      ipBytes: options.ipBytes,
      profile: options.profile,
      dst: this.env.addresses.intern(address),
      dstPort: port,
      firstLabel: this.env.packets.newFlows(flowsOf(options, context.clientAddresses, endpoint).flowCount),
      ...flowsOf(options, context.clientAddresses, endpoint),
    })
    this.base = widen(this.base, this.streams.length)
    this.count = widen(this.count, this.streams.length)
    this.turn = widen(this.turn, this.streams.length)
    this.running.push(false)
    return this.streams.length - 1
  }

  private start(row: number): void {
    const s = this.streams[row]
    const now = s.profile === undefined ? this.env.engine.now : loadAt(s.profile, this.env.engine.now)
    this.running[row] = true
    this.count[row] = 0
    this.turn[row] = 0
    this.base[row] =
      s.arrivals === 'constant' ? now + s.phase : s.arrivals === 'jittered' ? now + s.interval * (JITTER + s.random.next()) : now
    this.schedule(row)
  }

  private schedule(row: number): void {
    const s = this.streams[row]
    let t: number
    if (s.arrivals === 'poisson') t = this.base[row] = this.base[row] - ln(s.random.next()) * s.interval
    else {
      t = this.base[row] + this.count[row] * s.interval
      if (s.arrivals === 'jittered') t += (2 * s.random.next() - 1) * JITTER * s.interval
    }
    if (s.profile !== undefined) t = timeOfLoad(s.profile, t)
    const at = s.clockNs === 1 ? Math.floor(t + 0.5) : Math.floor(t / s.clockNs + 0.5) * s.clockNs
    this.env.engine.schedule(at, this.eventKind, row)
  }

  private send(row: number): void {
    if (!this.running[row]) return
    const s = this.streams[row]
    const { packets, engine } = this.env
    const flow = this.turn[row]
    this.turn[row] = flow + 1 < s.flowCount ? flow + 1 : 0
    this.count[row]++
    const p = packets.alloc(PACKET_UDP, engine.now, engine.segment, s.traffic)
    packets.src[p] = s.clients[flow]
    packets.srcPort[p] = s.ports[flow]
    packets.dst[p] = s.dst
    packets.dstPort[p] = s.dstPort
    packets.ipBytes[p] = s.ipBytes
    packets.payloadBytes[p] = s.ipBytes - 28
    packets.flow[p] = s.firstLabel === 0 ? 0 : s.firstLabel + flow
    this.schedule(row)
    this.env.meter.packetSent(p)
    this.env.stack.send(s.host, p)
  }
}

/** Mean distance of an endpoint's datagrams, ns, at factor 1 of the profile. */
export const intervalNs = (options: UdpOptions, line: Pick<SourceContext, 'overheadBytes' | 'wireBytesMin'>): number =>
  (bytesAt(options.layer, options.ipBytes, line) * 8e9 * options.to.length) / options.rateBps

/** Client address (row) and port of each flow of an endpoint. */
export interface UdpFlows {
  readonly flowCount: number
  readonly clients: Int32Array
  readonly ports: Int32Array
}

interface Stream extends UdpFlows {
  readonly interval: number
  readonly phase: number
  readonly arrivals: Arrivals
  readonly clockNs: number
  readonly random: RandomStream
  readonly host: number
  readonly traffic: number
  readonly ipBytes: number
  readonly dst: number
  readonly dstPort: number
  readonly profile: LoadProfile | undefined
  /** Label of the first flow (Packets.flow); the others follow. 0: they have none. */
  readonly firstLabel: number
}

/** Flow f of all belongs to endpoint f mod endpoints; clients take turns, then ports. */
export function flowsOf(options: UdpOptions, clientAddresses: readonly number[], endpoint: number): UdpFlows {
  const share = options.to.length
  const { first, last } = options.ports ?? { first: PORT_FIRST, last: PORT_LAST }
  const flowCount = Math.max(1, Math.ceil((options.flows - endpoint) / share))
  const clients = new Int32Array(flowCount)
  const ports = new Int32Array(flowCount)
  for (let i = 0; i < flowCount; i++) {
    const flow = i * share + endpoint
    clients[i] = clientAddresses[flow % clientAddresses.length]
    ports[i] = first + (Math.floor(flow / clientAddresses.length) % (last - first + 1))
  }
  return { flowCount, clients, ports }
}
