/**
 * Which real server a stream's flows get at a director: asked of IPVS itself. Each flow is one probe packet through
 * the director's real tables, so schedulers, persistence, thresholds, marks, removed servers and entries still there from
 * before decide as they do for packets, and the entries in its table are real ones.
 *
 * The packets that would keep those entries alive are not sent: while a stream runs over a director, its entries' timers
 * are put off for longer than any run; when it leaves, or somebody looks, they are as the latest packets left them.
 */
import type { Directors } from '../compile/index.ts'
import { NO_TRAFFIC, type Network, PACKET_IPIP, PACKET_UDP } from '../net/index.ts'
import { type Director, type IpvsEnvironment, type IpvsOutput, schedulesEachPacket } from '../protocols/ipvs/index.ts'
import type { UdpStream } from './streams.ts'

/** Longer than a run may last; at HZ 1000 still far from the end of the wheel's counter. */
const HOLD_S = 20 * 24 * 3600

/** What a director does with a share of a stream. */
export type Choice =
  | { readonly kind: 'sent'; readonly to: number; readonly dst: number; readonly tunnelled: boolean; readonly share: number }
  | { readonly kind: 'dropped'; readonly reason: number; readonly share: number }
  | { readonly kind: 'local'; readonly share: number }
  /** It is on its way there: what will become of it is not known yet. */
  | { readonly kind: 'coming'; readonly share: number }

/** Of a one-packet service every packet is scheduled: so many at least show its shares. */
const ONE_PACKET_PROBES = 240

/** IPVS's output while probes go through it: notes what would have been sent. */
export class ProbeOutput implements IpvsOutput {
  choice: Omit<Extract<Choice, { kind: 'sent' }>, 'share'> | Omit<Extract<Choice, { kind: 'dropped' }>, 'share'> | undefined
  private readonly network: Network

  constructor(network: Network) {
    this.network = network
  }

  send(host: number, p: number): void {
    this.sendVia(host, p, this.network.packets.dst[p])
  }

  sendVia(_host: number, p: number, nextHop: number): void {
    const { packets } = this.network
    this.choice = { kind: 'sent', to: nextHop, dst: packets.dst[p], tunnelled: packets.kind[p] === PACKET_IPIP }
    packets.free(p)
  }

  drop(_host: number, p: number, reason: number): void {
    this.choice = { kind: 'dropped', reason }
    this.network.packets.free(p)
  }

  isLocal(host: number, address: number): boolean {
    return this.network.stack.isLocal(host, address)
  }

  sourceFor(host: number, destination: number): number {
    return this.network.stack.sourceFor(host, destination)
  }

  mtuTo(host: number, destination: number): number {
    return this.network.stack.mtuTo(host, destination)
  }
}

/** What IPVS's surroundings are on the flow level. */
export const flowSurroundings = (output: ProbeOutput): Partial<IpvsEnvironment> => ({
  output,
  estimates: false,
  followsEntries: false,
  icmpError: () => undefined,
  sendSync: () => undefined,
})

/** A stream that has entries at a director, as that was when they were made (a boot makes another). */
interface Cohort {
  readonly director: Director
  readonly stream: UdpStream
}

export class DirectorFlows {
  /** By director: stream index → its entries there. */
  private readonly cohorts = new Map<number, Map<number, Cohort>>()
  /** Directors that the stream being traced came to. */
  private readonly visited = new Set<number>()
  /** By stream: the directors that it came to when it was traced last. */
  private readonly known = new Map<number, readonly number[]>()
  /** By director: stream index → when its first packet arrives. */
  private readonly coming = new Map<number, Map<number, number>>()
  private readonly network: Network
  private readonly directors: Directors
  private readonly output: ProbeOutput

  private readonly recheckAt: (atNs: number, address: number) => void

  /** `recheckAt`: asked to look again for an address (row) at that time. */
  constructor(network: Network, directors: Directors, output: ProbeOutput, recheckAt: (atNs: number, address: number) => void) {
    this.recheckAt = recheckAt
    this.network = network
    this.directors = directors
    this.output = output
  }

  /** Between `begin` and `end` a stream's ways are traced; directors that it did not come to any more let its entries go. */
  begin(): void {
    this.visited.clear()
  }

  end(stream: UdpStream): void {
    const known = this.known.get(stream.index) ?? []
    for (const host of known) {
      if (this.visited.has(host)) continue
      this.coming.get(host)?.delete(stream.index)
      const cohort = this.cohorts.get(host)?.get(stream.index)
      if (cohort === undefined) continue
      this.cohorts.get(host)?.delete(stream.index)
      if (this.directors.ipvs.director(host) === cohort.director) this.restart(cohort)
    }
    this.known.set(stream.index, Array.from(this.visited))
  }

  choose(stream: UdpStream, host: number, afterNs: number): Choice[] {
    const director = this.directors.ipvs.director(host)
    this.visited.add(host)
    if (this.isComing(stream, host, afterNs)) return [{ kind: 'coming', share: 1 }]
    const { flows } = stream
    const rounds = schedulesEachPacket(director, PACKET_UDP, stream.dst, stream.port) ? Math.ceil(ONE_PACKET_PROBES / flows.flowCount) : 1
    const counts = new Map<string, { choice: Choice; flows: number }>()
    for (let round = 0; round < rounds; round++)
      for (let f = 0; f < flows.flowCount; f++) {
        const choice = this.probe(stream, host, f)
        const key = choice.kind === 'sent' ? `${choice.to}/${choice.dst}` : choice.kind === 'dropped' ? `drop ${choice.reason}` : 'local'
        const known = counts.get(key)
        if (known === undefined) counts.set(key, { choice, flows: 1 })
        else known.flows++
      }
    this.keep(host, { director, stream })
    return Array.from(counts.values(), c => ({ ...c.choice, share: c.flows / (rounds * flows.flowCount) }))
  }

  /** A director that a stream leaves again before its packets are there never has entries of it. */
  private isComing(stream: UdpStream, host: number, afterNs: number): boolean {
    if (this.cohorts.get(host)?.get(stream.index)?.director === this.directors.ipvs.director(host)) return false
    const { now } = this.network.engine
    const streams = this.coming.get(host) ?? new Map<number, number>()
    this.coming.set(host, streams)
    const arrivesNs = streams.get(stream.index) ?? now + afterNs
    if (now >= arrivesNs) {
      streams.delete(stream.index)
      return false
    }
    if (!streams.has(stream.index)) this.recheckAt(arrivesNs, stream.dst)
    streams.set(stream.index, arrivesNs)
    return true
  }

  /** Shows the tables as they are: timers run since the flows' latest packets while `look` is called. */
  lookedAt<T>(host: number, look: () => T): T {
    const cohorts = Array.from(this.cohorts.get(host)?.values() ?? []).filter(c => c.director === this.directors.ipvs.director(host))
    for (const c of cohorts) this.restart(c)
    const seen = look()
    for (const c of cohorts) this.hold(c)
    return seen
  }

  private keep(host: number, cohort: Cohort): void {
    let cohorts = this.cohorts.get(host)
    if (cohorts === undefined) this.cohorts.set(host, (cohorts = new Map()))
    cohorts.set(cohort.stream.index, cohort)
    this.hold(cohort)
  }

  private hold(cohort: Cohort): void {
    const { entries, clock } = cohort.director
    const jiffy = cohort.director.jiffy()
    this.forEachEntry(cohort, c => entries.wheel.arm(c, jiffy, HOLD_S * clock.hz))
  }

  /** As the flows' latest packets did. */
  private restart(cohort: Cohort): void {
    const jiffy = cohort.director.jiffy()
    this.forEachEntry(cohort, c => cohort.director.entries.release(c, jiffy))
  }

  private forEachEntry({ director, stream }: Cohort, act: (c: number) => void): void {
    const { flowCount, clients, ports } = stream.flows
    for (let f = 0; f < flowCount; f++) {
      const c = director.table.find(PACKET_UDP, clients[f], ports[f], stream.dst, stream.port)
      if (c !== 0) act(c)
    }
  }

  private probe(stream: UdpStream, host: number, f: number): Choice {
    const { packets, engine } = this.network
    const { flows } = stream
    const p = packets.alloc(PACKET_UDP, engine.now, engine.segment, NO_TRAFFIC)
    packets.src[p] = flows.clients[f]
    packets.srcPort[p] = flows.ports[f]
    packets.dst[p] = stream.dst
    packets.dstPort[p] = stream.port
    packets.ipBytes[p] = stream.ipBytes
    packets.payloadBytes[p] = stream.ipBytes
    this.output.choice = undefined
    if (!this.directors.ipvs.input(host, p)) {
      packets.free(p)
      return { kind: 'local', share: 1 }
    }
    return { ...(this.output.choice as unknown as Choice), share: 1 }
  }
}
