/**
 * The flows between two changes: rates are constant for a while, and what they come to is added up.
 *
 * Whoever changes something first lets the time until now flow (`advance`), then says what changed (`retrace`,
 * `changed`). What time alone changes is found here: a queue that is full or empty, a step of a load profile, a transfer
 * that is over. Rates are found anew only at such turns.
 */
import type { Segments } from '../metrics/index.ts'
import type { LoadProfile } from '../traffic/index.ts'
import { overSegments } from './columns.ts'
import type { ElasticStreams } from './elastic-streams.ts'
import type { Fabric } from './fabric.ts'
import { LinkAccounts } from './link-accounts.ts'
import { Loads } from './loads.ts'
import { isUdp, meanFactor, type Stream, stepsOf, type UdpStream } from './streams.ts'
import { noRates, type SourceRates, TrafficAccounts } from './traffic-accounts.ts'
import { inDelaySteps, VANISHED } from './tree.ts'
import { VipAccounts } from './vip-accounts.ts'

/** Turns that time alone brings are no closer together than this. */
const STEP_MIN_NS = 1000

export interface FluidWiring {
  readonly fabric: Fabric
  readonly segments: Segments
  readonly streams: readonly Stream[]
  readonly sources: number
  /** Address rows of the VIPs. */
  readonly vips: readonly number[]
  readonly durationNs: number
  readonly elastic: ElasticStreams
}

export class Fluid {
  readonly loads: Loads
  readonly links: LinkAccounts
  readonly traffic: TrafficAccounts
  readonly vips: VipAccounts
  /** Times that rates were found anew. */
  solutions = 0
  private lastNs = 0
  private segment = 0
  private stale = true
  private nextTurnNs = 0
  private rates: SourceRates[] = []
  private readonly wiring: FluidWiring
  private readonly udp: readonly UdpStream[]
  private readonly steps: Float64Array
  private step = 0
  private readonly streamsOfVip: readonly (readonly Stream[])[]

  constructor(wiring: FluidWiring) {
    this.wiring = wiring
    const { fabric, segments, streams } = wiring
    this.loads = new Loads(fabric)
    this.links = new LinkAccounts(segments, this.loads, wiring.elastic.unmetBps)
    this.traffic = new TrafficAccounts(segments, wiring.sources)
    this.udp = streams.filter(isUdp)
    const profiles = new Set(streams.flatMap(s => ('profile' in s.options && s.options.profile !== undefined ? [s.options.profile] : [])))
    this.steps = Float64Array.from(new Set(Array.from(profiles, p => stepsOf(p, wiring.durationNs)).flat())).sort()
    this.streamsOfVip = wiring.vips.map(vip => streams.filter(s => s.dst === vip))
    this.vips = new VipAccounts(
      segments,
      this.streamsOfVip.map(list => list.map(s => s.traffic).join(' ')),
    )
  }

  /** Rates, ways or conditions are not what they were, from now on. */
  changed(): void {
    this.stale = true
  }

  /** Finds the rates from now on, if they may be others; returns until when they hold, ns. */
  settle(): number {
    if (this.stale) this.solve()
    return this.nextTurnNs
  }

  advance(toNs: number): void {
    while (this.lastNs < toNs) {
      if (this.stale) this.solve()
      const next = Math.min(toNs, this.nextTurnNs)
      this.flow(next)
      if (next >= this.nextTurnNs) this.stale = true
    }
  }

  private flow(toNs: number): void {
    const from = this.lastNs
    let at = from
    this.segment = overSegments(this.wiring.segments, this.segment, from, toNs, (s, dt) => {
      this.links.add(s, dt)
      this.traffic.add(s, dt, this.rates)
      this.vips.add(s, at, dt)
      this.wiring.elastic.flow(s, at, dt)
      this.loads.flow(dt)
      at += dt
    })
    this.lastNs = toNs
  }

  /** Rates from `lastNs` on, and until when they hold. */
  private solve(): void {
    this.solutions++
    this.stale = false
    const now = this.lastNs
    const { elastic, durationNs } = this.wiring
    const step = Math.min(durationNs, this.nextStep(now))
    for (const s of this.udp) s.pps = s.running ? s.fullPps * this.factorOf(s.options.profile, now) : 0
    elastic.demand(now, step)
    this.loads.solve(this.udp, elastic.pps, elastic.bps)
    if (elastic.share(this.loads)) this.loads.solve(this.udp, elastic.pps, elastic.bps)
    this.nextTurnNs = Math.min(step, Math.max(now + STEP_MIN_NS, elastic.nextTurnNs(now)))
    for (let l = 0; l < this.loads.count; l++)
      this.nextTurnNs = Math.min(this.nextTurnNs, now + Math.max(STEP_MIN_NS, this.loads.turnIn(l)))
    this.tell()
  }

  /** A profile's mean over the whole step that now lies in, so that what is sent adds up however often rates are found anew. */
  private factorOf(profile: LoadProfile | undefined, now: number): number {
    if (profile === undefined) return 1
    const next = this.stepAfter(now)
    return meanFactor(profile, next === 0 ? 0 : this.steps[next - 1], next < this.steps.length ? this.steps[next] : this.wiring.durationNs)
  }

  private nextStep(now: number): number {
    return this.steps[this.stepAfter(now)] ?? Number.POSITIVE_INFINITY
  }

  /** Index of the first step after now; time only goes on. */
  private stepAfter(now: number): number {
    while (this.step < this.steps.length && this.steps[this.step] <= now) this.step++
    return this.step
  }

  /** What the accounts add up from now on. */
  private tell(): void {
    this.rates = Array.from({ length: this.wiring.sources }, noRates)
    for (const s of this.udp) if (s.pps > 0) this.tellStream(s, this.rates[s.traffic])
    this.wiring.elastic.tell(this.rates)
    this.streamsOfVip.forEach((streams, vip) => {
      let sentPps = 0
      let lostPps = 0
      for (const s of streams) {
        if (isUdp(s)) {
          sentPps += s.pps
          lostPps += s.lostPps
        } else {
          const { sent, lost } = this.wiring.elastic.packets(s)
          sentPps += sent
          lostPps += lost
        }
      }
      this.vips.setRate(vip, sentPps, lostPps)
    })
    this.links.look()
  }

  private tellStream(s: UdpStream, rates: SourceRates): void {
    rates.sent += s.pps
    rates.lost += s.lostPps
    rates.sentBytes += s.pps * s.ipBytes
    rates.deliveredBytes += Math.max(0, s.pps - s.lostPps) * s.ipBytes
    for (const { reason, pps } of this.loads.losses[s.index])
      if (reason !== VANISHED) rates.drops.set(reason, (rates.drops.get(reason) ?? 0) + pps)
    const delivered = Math.max(0, s.pps - s.lostPps)
    if (delivered === 0) return
    if (!this.loads.anyBacklog) {
      for (const [ns, share] of s.tree.delays) rates.delays.set(ns, (rates.delays.get(ns) ?? 0) + delivered * share)
      return
    }
    for (const way of s.tree.ways) {
      let ns = way.delayNs
      for (const l of way.links) if (this.loads.backlogBits[l] > 0) ns += (1e9 * this.loads.backlogBits[l]) / this.loads.capacityBps[l]
      ns = inDelaySteps(ns)
      rates.delays.set(ns, (rates.delays.get(ns) ?? 0) + delivered * way.share)
    }
  }
}
