/**
 * A run: the Model's cluster as connected components, the clock that drives them, and what they leave behind.
 *
 * Components are made in one fixed order (event and timer kinds are numbered by it, and snapshots hold those numbers).
 * `run(until)` may be called again and again; between calls everything can be looked at (`tables`, `happenings`) and
 * the state taken (`snapshot`). Tested in test/compile/ and test/determinism.
 */
import { Digests, hashText } from '../base/digest.ts'
import { RandomStreams } from '../base/random.ts'
import { captureState, reinstateState, type Stateful } from '../base/tables.ts'
import { Engine } from '../engine/index.ts'
import { planSegments, type RunResult, type Segments } from '../metrics/index.ts'
import { ACCEPTED, DROPPED, LOCAL_ON_NIC, Network } from '../net/index.ts'
import { type CheckerPlace, processConfigOf, type WorkTimes } from '../daemons/keepalived/index.ts'
import type { IpvsTables } from '../protocols/ipvs/index.ts'
import type { Model } from '../scenario/index.ts'
import { ASIDES, type Happening } from '../trace/contract.ts'
import { Applications } from './applications.ts'
import { CheckerProbes } from './checker-probes.ts'
import { DirectorSamples } from './director-samples.ts'
import { Directors } from './directors.ts'
import { actOn, type FaultTargets } from './faults.ts'
import { ipvsOfKeepalived } from './ipvs-of-keepalived.ts'
import { KeepalivedHosts } from './keepalived-hosts.ts'
import { lateness } from './lateness.ts'
import { planEvents } from './plan-events.ts'
import { Losses } from './losses.ts'
import { networkOptions } from './network-options.ts'
import { Owners } from './owners.ts'
import { Replies } from './replies.ts'
import { buildResult } from './result.ts'
import { TrafficMeters } from './traffic-meters.ts'
import { VipMeters } from './vip-meters.ts'
import { vipsOfModel } from './vips.ts'
import { workTimesOf } from './work-times.ts'

export interface SimulationOptions {
  readonly seed?: number
  /** False: hosts decide about every packet anew. Nothing but speed differs (net/forwarding-cache.ts). */
  readonly caches?: boolean
  /** What part of its warm-up a checker waits before its first check, 0 to 1; undefined: a random part, as keepalived does. */
  readonly warmup?: (of: FirstCheck) => number | undefined
}

/** A checker of keepalived that starts at `startNs`: its first check comes 1 s later plus a part of `warmupNs`. */
export interface FirstCheck {
  readonly host: string
  /** `10.0.0.21:80`: where it connects. */
  readonly target: string
  readonly startNs: number
  readonly warmupNs: number
}

export interface Snapshot {
  readonly atNs: number
  readonly components: readonly Readonly<Record<string, unknown>>[]
  readonly random: Readonly<Record<string, unknown>>
  readonly happenings: readonly Happening[]
  readonly digests: { readonly low: Int32Array; readonly high: Int32Array }
  readonly trafficStarted: boolean
}

export class Simulation {
  readonly model: Model
  readonly engine = new Engine()
  readonly segments: Segments
  readonly network: Network
  readonly random: RandomStreams
  readonly owners: Owners
  readonly vips: readonly number[]
  readonly vipMeters: VipMeters
  readonly trafficMeters: TrafficMeters
  readonly directors: Directors
  private readonly losses: Losses
  private readonly replies: Replies
  readonly directorSamples: DirectorSamples
  readonly keepalived: KeepalivedHosts
  readonly probes: CheckerProbes
  private readonly workTimes: ReadonlyMap<string, WorkTimes>
  readonly applications: Applications
  /** Line rate of each link in each segment, bit/s. */
  readonly rateLog: readonly Float64Array[]
  happenings: Happening[] = []
  /** Happenings beyond the limit: counted, not kept. */
  happeningsLost = 0
  /** Set when a limit ended the run: what, in a sentence. */
  stopped: string | undefined
  private readonly vipRows: readonly number[]
  private trafficStarted = false
  private readonly stateful: readonly Stateful[]

  constructor(model: Model, options: SimulationOptions = {}) {
    this.model = model
    this.random = new RandomStreams(options.seed ?? model.seed)
    this.segments = segmentsOf(model)
    const report = (h: Happening): void => this.report(h)
    const pieceOf = Array.from(this.segments.zoneOf)
    this.network = new Network(this.engine, networkOptions(model, pieceOf, this.random, report))
    this.network.stack.cache.enabled = options.caches !== false
    const { engine, network } = this
    const { packets, addresses } = network
    this.vips = vipsOfModel(model)
    this.vipRows = this.vips.map(ip => addresses.intern(ip))
    this.owners = new Owners(this.vipRows)
    this.vipMeters = new VipMeters(this.vips, this.segments.count, { engine, packets, addresses })
    const upwards = model.traffic.map(({ options }) => options.kind === 'bulk' && options.direction === 'up')
    this.trafficMeters = new TrafficMeters(upwards, this.segments, { engine, packets, vips: this.vipMeters })
    network.stack.setDropListener((host, p, reason) => this.packetLost(host, p, reason))
    network.lost = (host, p, reason) => this.packetLost(host, p, reason)
    this.losses = new Losses(network, report, host => this.directors.ipvs.director(host).settings)
    this.replies = new Replies(network, report)
    this.directors = new Directors(model, network, this.random, report)
    this.directorSamples = new DirectorSamples(this.directors, this.segments.count)
    this.applications = new Applications(model, {
      network,
      meter: this.trafficMeters,
      random: this.random,
      directors: this.directors,
      report,
      resets: (...about) => this.replies.reset(...about),
    })
    this.workTimes = workTimesOf(model)
    const { tcp, udp } = this.applications
    this.probes = new CheckerProbes({
      network,
      tcp,
      udp,
      answered: (host, checker, outcome) => this.keepalived.input(host, { kind: 'probed', checker, outcome }),
    })
    this.keepalived = new KeepalivedHosts(
      model.hosts.map(h => (h.keepalived === undefined ? undefined : processConfigOf(h.keepalived, this.workTimes.get(h.name)))),
      {
        network,
        ipvs: ipvsOfKeepalived(this.directors.ipvs, network, report),
        report,
        vipMoved: host => this.refreshOwners(host),
        probes: this.probes,
        lateness: host => this.latenessOf(host),
        warmup: (host, { checker }) => this.warmupOf(host, checker, options),
      },
    )
    const { links } = network
    this.rateLog = Array.from({ length: links.count }, (_, l) => new Float64Array(this.segments.count).fill(links.optionsOf(l).rateBps))
    this.stateful = [
      ...[
        engine,
        engine.timers,
        packets,
        addresses,
        network.meters,
        network.links,
        network.switches,
        network.snooping,
        network.stack,
        network.neighbours,
      ],
      ...[this.owners, this.vipMeters, this.trafficMeters, this.directors.ipvs, this.directorSamples],
      ...[...this.keepalived.stateful, this.probes, this.probes.datagrams, this.losses, this.replies],
      ...this.applications.stateful,
    ]
    this.schedule()
  }

  /** A packet ended undelivered: counted, and the first of a run explained. */
  packetLost(host: number, p: number, reason: number): void {
    this.trafficMeters.packetDropped(p, reason)
    this.losses.lost(host, p, reason)
  }

  get now(): number {
    return this.engine.now
  }

  /** Runs every event before `untilNs`; stops early (`stopped`) at the scenario's limit of events. */
  run(untilNs = this.model.durationNs): void {
    this.runSome(untilNs, Number.POSITIVE_INFINITY)
  }

  /** As `run`, but at most so many events at a time: false when there is more to do before `untilNs`. */
  runSome(untilNs: number, events: number): boolean {
    if (this.stopped !== undefined) return true
    const left = this.model.limits.events - this.engine.events
    if (this.engine.run(Math.min(untilNs, this.model.durationNs), Math.min(left, events))) return true
    if (left > events) return false
    this.stopped = `the limit of ${this.model.limits.events} events was reached`
    return true
  }

  /** The user had enough: the result says so. */
  interrupt(): void {
    this.stopped = 'interrupted'
  }

  tables(host: number): IpvsTables {
    return this.directors.ipvs.tables(host)
  }

  result(tables: RunResult['tables'] = []): RunResult {
    return buildResult(this, tables)
  }

  /** 16 hexadecimal digits over all hosts that did anything, in the order of names. */
  digest(): string {
    const { stack, digests, meters } = this.network
    const all = new Digests(1)
    stack.hostNames.forEach((name, host) => {
      const quiet = stack.hosts[host].nics.every(nic => sentOn(meters, nic * 2) === 0)
      if (quiet && !this.spoke[host]) return
      all.mixText(0, name)
      all.mix(0, digests.low[host], digests.high[host])
    })
    return all.hex(0)
  }

  /** Digest of each host by name; hosts that never sent a frame nor changed state are idle. */
  hostDigests(): { host: string; digest: string; idle: boolean }[] {
    const { stack, digests, meters } = this.network
    return stack.hostNames.map((host, h) => ({
      host,
      digest: digests.hex(h),
      idle: !this.spoke[h] && stack.hosts[h].nics.every(nic => sentOn(meters, nic * 2) === 0),
    }))
  }

  snapshot(): Snapshot {
    return {
      atNs: this.engine.now,
      components: this.stateful.map(captureState),
      random: this.random.capture(),
      happenings: this.happenings.slice(),
      digests: { low: this.network.digests.low.slice(), high: this.network.digests.high.slice() },
      trafficStarted: this.trafficStarted,
    }
  }

  restore(snapshot: Snapshot): void {
    for (const [i, component] of this.stateful.entries()) reinstateState(component, snapshot.components[i])
    this.random.reinstate(snapshot.random)
    this.happenings = snapshot.happenings.slice()
    this.network.digests.low.set(snapshot.digests.low)
    this.network.digests.high.set(snapshot.digests.high)
    this.trafficStarted = snapshot.trafficStarted
    this.network.stack.cache.forgetAll()
    this.spoke = this.spokeBy(this.happenings)
  }

  private spoke: boolean[] = []

  private spokeBy(happenings: readonly Happening[]): boolean[] {
    const spoke: boolean[] = []
    for (const h of happenings) {
      const host = this.network.stack.hostNames.indexOf(h.host)
      if (host >= 0 && !ASIDES.includes(h.kind)) spoke[host] = true
    }
    return spoke
  }

  private report(h: Happening): void {
    const host = ASIDES.includes(h.kind) ? -1 : (this.network?.stack.hostNames.indexOf(h.host) ?? -1)
    if (host >= 0) {
      const { digests } = this.network
      digests.mixWhole(host, h.t)
      digests.mixText(host, h.kind)
      for (const key of Object.keys(h.fields)) digests.mix(host, hashText(key), hashText(String(h.fields[key])))
      this.spoke[host] = true
    }
    if (this.happenings.length < this.model.limits.happenings) this.happenings.push(h)
    else this.happeningsLost++
  }

  private schedule(): void {
    const { engine, model } = this
    engine.setBoundaries(Array.from(this.segments.boundariesNs.subarray(1, -1)))
    engine.onSegment(segment => this.directorSamples.sample(segment - 1))
    const targets = this.faultTargets()
    this.startTraffic = planEvents(engine, model, {
      start: host => {
        this.keepalived.input(host, { kind: 'start' })
        this.refreshOwners(host)
      },
      event: i => actOn(targets, model.events[i]),
      traffic: (i, on) => this.applications.startOrStop(i, on),
    })
    for (let host = 0; host < model.hosts.length; host++) this.refreshOwners(host)
  }

  private startTraffic: () => void = () => undefined

  /** A host's addresses, power, cable or process changed: who owns what is looked at again. */
  private refreshOwners(host: number): void {
    const { stack } = this.network
    const reachable = stack.up[host] === 1 && stack.hosts[host].nics.some(nic => this.network.isReachable(nic))
    const held = this.keepalived.stateOf(host)?.state.held ?? []
    const alive = this.keepalived.runsOn(host)
    const heldRows = new Set(held.map(v => this.network.addresses.find(v.ip)))
    this.owners.refresh(
      host,
      this.engine.now,
      row => reachable && stack.scopeOf(host, row) === LOCAL_ON_NIC && (alive || !heldRows.has(row)),
    )
    if (!this.trafficStarted && this.owners.allOwned) {
      this.trafficStarted = true
      this.startTraffic()
    }
  }

  private faultTargets(): FaultTargets {
    const { network, keepalived, directors, applications } = this
    return {
      network,
      keepalived,
      workTimes: this.workTimes,
      ipvsadm: (host, rules) => directors.load(host, rules),
      sysctl: (host, key, value) => this.sysctl(host, key, value),
      realServer: (host, what, port) => applications.realServer(host, what, port),
      forgetHost: host => {
        directors.forget(host)
        applications.forgetHost(host)
      },
      restoreHost: host => {
        directors.restore(host)
        applications.restoreHost(host)
      },
      ownersMayHaveChanged: host => this.refreshOwners(host),
      linkRateChanged: link => this.rateLog[link].fill(network.links.optionsOf(link).rateBps, this.engine.segment),
      report: h => this.report(h),
    }
  }

  private latenessOf(host: number): number {
    const { jitterNs } = this.model
    return jitterNs === undefined ? 0 : lateness(jitterNs, this.random.stream(`jitter/${this.network.stack.hostNames[host]}`))
  }

  private warmupOf(host: number, checker: CheckerPlace['checker'], options: SimulationOptions): number {
    const name = this.network.stack.hostNames[host]
    const target = `${checker.connectIp}:${checker.connectPort}`
    const given = options.warmup?.({ host: name, target, startNs: this.engine.now, warmupNs: checker.warmupNs })
    return given ?? this.random.stream(`keepalived/${name}/checkers`).next()
  }

  private sysctl(host: number, key: string, value: string | number): void {
    const { neighbours, stack } = this.network
    this.applications.sysctl(host, key, value)
    const word = key.replace(/^.*[./]/, '')
    if (word === 'arp_ignore') neighbours.setArp(host, Number(value), neighbours.arpAnnounce(host))
    else if (word === 'arp_announce') neighbours.setArp(host, neighbours.arpIgnore(host), Number(value))
    else if (word === 'ip_forward') stack.forwards[host] = Number(value) === 0 ? 0 : 1
    else if (this.directors.ipvs.isDirector(host)) this.directors.ipvs.sysctl(host, key, value)
  }
}

const sentOn = (meters: Network['meters'], link: number): number => meters.total(ACCEPTED, link) + meters.total(DROPPED, link)

function segmentsOf(model: Model): Segments {
  const binsOf = (name: string) => model.expectations.filter(e => e.window === name).map(e => e.binNs)
  return planSegments({
    durationNs: model.durationNs,
    windows: model.windows.map(w => ({ fromNs: w.fromNs, toNs: w.toNs, binsNs: binsOf(w.name) })),
    instantsNs: model.events.map(e => e.atNs),
  })
}
