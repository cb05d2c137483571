/**
 * A run on the flow level: the Model's cluster without packets. What decides (keepalived's machines, IPVS tables, ARP,
 * what switches know, the scenario's events) is the packet model's own or follows its rules; what is sent are rates.
 *
 * The loop jumps from one cause to the next: an event, a deadline of a virtual router that is not steady, an ARP entry
 * that is given up, an entry of a connection table that ends. Every cause lets the flows run until then, acts, and has
 * them find their ways again at the end of its instant. Tested against the packet model in test/rates/.
 */
import { RandomStreams } from '../base/random.ts'
import {
  actOn,
  Directors,
  type FaultTargets,
  ipvsOfKeepalived,
  networkOptions,
  Owners,
  vipsOfModel,
  workTimesOf,
  planEvents,
} from '../compile/index.ts'
import { type IpvsEffect, processConfigOf, type WorkTimes } from '../daemons/keepalived/index.ts'
import { Engine } from '../engine/index.ts'
import type { Segments } from '../metrics/index.ts'
import { LOCAL_ON_NIC, Network } from '../net/index.ts'
import type { IpvsTables } from '../protocols/ipvs/index.ts'
import type { EventModel, Model } from '../scenario/index.ts'
import type { Happening } from '../trace/contract.ts'
import { controlLoad } from './control-load.ts'
import { DirectorFlows, flowSurroundings, ProbeOutput } from './director-flows.ts'
import { DirectorLog } from './director-log.ts'
import { ElasticStreams } from './elastic-streams.ts'
import { Fabric } from './fabric.ts'
import { faultTargets } from './fault-targets.ts'
import { Fluid } from './fluid.ts'
import { FlowNeighbours } from './neighbours.ts'
import { Paths } from './paths.ts'
import { FlowProbes } from './probes.ts'
import { Processes } from './processes.ts'
import { segmentsOfDay } from './segments.ts'
import { ServedPorts } from './served-ports.ts'
import { isUdp, type Stream, streamsOf, type UdpStream } from './streams.ts'
import { DirectorConnections } from './director-connections.ts'
import { TableGrowth } from './table-growth.ts'
import { reachOf } from './tcp-paths.ts'
import { isTcp, NOWHERE } from './tcp-stream.ts'
import { EMPTY_TREE } from './tree.ts'

/** A change of a link's loss by this share of it matters to adverts. */
const LOSS_STEP = 0.2

export class RatesRun {
  readonly model: Model
  readonly engine = new Engine()
  readonly segments: Segments
  readonly network: Network
  readonly fabric: Fabric
  readonly vips: readonly number[]
  readonly owners: Owners
  readonly directors: Directors
  readonly processes: Processes
  private readonly probes: FlowProbes
  readonly streams: readonly Stream[]
  readonly fluid: Fluid
  readonly elastic: ElasticStreams
  readonly directorLog: DirectorLog
  readonly rateLog: Float64Array[]
  happenings: Happening[] = []
  stopped: string | undefined
  private readonly random: RandomStreams
  private readonly ports: ServedPorts
  private readonly growth = new TableGrowth()
  private readonly directorConnections: DirectorConnections
  private readonly neighbours: FlowNeighbours
  private readonly paths: Paths
  readonly directorFlows: DirectorFlows
  private readonly workTimes: ReadonlyMap<string, WorkTimes>
  private readonly settleKind: number
  private readonly turnTimer: number
  /** Loss of each link when those who hear adverts over it were last woken. */
  private readonly lossSeen: Float64Array
  private settling = false
  /** Streams whose ways may not be what they were. */
  private readonly lost = new Set<Stream>()
  private readonly streamsTo: ReadonlyMap<number, readonly Stream[]>
  private trafficStarted = false
  private readonly vipRows: readonly number[]

  constructor(model: Model) {
    this.model = model
    this.random = new RandomStreams(model.seed)
    this.segments = segmentsOfDay(model)
    const report = (h: Happening): void => this.report(h)
    const options = networkOptions(model, [0], this.random, report)
    this.network = new Network(this.engine, options)
    this.fabric = new Fabric(this.network, options)
    const { addresses, links } = this.network
    this.vips = vipsOfModel(model)
    this.vipRows = this.vips.map(ip => addresses.intern(ip))
    this.owners = new Owners(this.vipRows)
    const output = new ProbeOutput(this.network)
    this.directors = new Directors(model, this.network, this.random, report, flowSurroundings(output))
    this.ports = new ServedPorts(model)
    const recheck = this.engine.addKind(address => this.touchAddress(address))
    const recheckAt = (atNs: number, address: number): void => this.engine.schedule(Math.ceil(atNs), recheck, address)
    this.neighbours = new FlowNeighbours(this.network, this.fabric, recheckAt)
    this.paths = new Paths({
      ...{ fabric: this.fabric, neighbours: this.neighbours, model, report },
      isDirector: host => this.directors.ipvs.isDirector(host),
      waitNs: link => this.queueAt(link).waitNs,
    })
    this.directorFlows = new DirectorFlows(this.network, this.directors, output, recheckAt)
    this.directorConnections = new DirectorConnections(this.network, this.directors, output)
    this.workTimes = workTimesOf(model)
    const ipvs = ipvsOfKeepalived(this.directors.ipvs, this.network, report)
    this.probes = new FlowProbes({
      ...{ network: this.network, fabric: this.fabric, paths: this.paths, ports: this.ports },
      stateOf: host => this.processes.stateOf(host),
      answered: (host, checker, outcome, atNs) => this.processes.input(host, { kind: 'probed', checker, outcome }, atNs),
    })
    this.processes = new Processes(
      model.hosts.map(h => (h.keepalived === undefined ? undefined : processConfigOf(h.keepalived, this.workTimes.get(h.name)))),
      {
        ...{ network: this.network, fabric: this.fabric, report, untilNs: model.durationNs },
        queueAt: link => this.queueAt(link),
        probes: this.probes,
        warmup: host => this.random.stream(`keepalived/${this.network.stack.hostNames[host]}/checkers`).next(),
        draw: host => this.random.stream(`adverts to ${this.network.stack.hostNames[host]}`).next(),
        ipvs: {
          change: (host, effect) => {
            this.touchService(host, effect)
            this.growth.seen(this.directors.ipvs.director(host), this.engine.now, () => ipvs.change(host, effect))
          },
          syncDaemon: () => undefined,
        },
        vipMoved: (host, address) => {
          this.touchAddress(address)
          this.refreshOwners(host)
        },
        announced: (nic, address) => {
          const row = addresses.intern(address)
          this.touchAddress(row)
          this.neighbours.announced(nic, row)
        },
        vmacHeard: (nic, mac) => {
          if (this.neighbours.vmacHeard(nic, mac)) this.touchAll()
        },
      },
    )
    this.streams = streamsOf(model, this.fabric)
    this.streamsTo = byDestination(this.streams)
    this.elastic = new ElasticStreams({
      ...{ fabric: this.fabric, streams: this.streams, segments: this.segments, growth: this.growth },
      accounts: () => this.fluid.traffic,
      synced: (from, to) => {
        const id = this.processes.syncIdOf(from.host)
        return id !== undefined && id === this.processes.syncIdOf(to.host)
      },
    })
    this.fluid = new Fluid({
      ...{ fabric: this.fabric, segments: this.segments, streams: this.streams, sources: model.traffic.length },
      ...{ vips: this.vipRows, durationNs: model.durationNs, elastic: this.elastic },
    })
    this.directorLog = new DirectorLog(this.directors, this.growth, this.segments.count, () => this.engine.now)
    this.rateLog = links.names.map((_, l) => new Float64Array(this.segments.count).fill(links.optionsOf(l).rateBps))
    this.settleKind = this.engine.addKind(() => this.settle())
    this.turnTimer = this.engine.timers.create(
      this.engine.timers.addKind(() => this.turn()),
      0,
    )
    this.lossSeen = new Float64Array(links.count)
    this.schedule()
  }

  get now(): number {
    return this.engine.now
  }

  run(untilNs = this.model.durationNs): void {
    if (this.stopped !== undefined) return
    const left = this.model.limits.events - this.engine.events
    if (!this.engine.run(Math.min(untilNs, this.model.durationNs), left))
      this.stopped = `the limit of ${this.model.limits.events} events was reached`
    this.fluid.advance(this.engine.now)
  }

  interrupt(): void {
    this.stopped = 'interrupted'
  }

  // ---- causes

  private report(h: Happening): void {
    if (this.happenings.length < this.model.limits.happenings) this.happenings.push(h)
  }

  /** Anything may change now: the flows run until now, and find their ways again before time goes on. */
  private touchAll(): void {
    for (const s of this.streams) this.lost.add(s)
    this.touch()
  }

  /** What leads over a host may change, and what does not find its way as it is. */
  private touchHost(host: number): void {
    const nics = this.network.stack.hosts[host].nics
    for (const s of this.streams) {
      const { link, ends, whole } = s.tree
      if (isTcp(s)) this.lost.add(s)
      const over =
        s.host === host || !whole || link.some(l => nics.includes(l >> 1)) || ends.some(e => e.host === host || e.director === host)
      if (over) this.lost.add(s)
    }
    this.touch()
  }

  /** The way to an address (row) may change; it may be the next hop of any stream. */
  private touchAddress(address: number): void {
    const streams = this.streamsTo.get(address)
    if (streams === undefined) this.touchAll()
    else {
      for (const s of streams) this.lost.add(s)
      this.touch()
    }
  }

  private touchService(host: number, effect: IpvsEffect): void {
    if (effect.kind === 'ipvsFlush' || effect.kind === 'ipvsTimeouts' || effect.service.mark !== 0) this.touchHost(host)
    else this.touchAddress(this.network.addresses.intern(effect.service.ip))
  }

  private touch(): void {
    this.fluid.advance(this.engine.now)
    if (this.settling) return
    this.settling = true
    this.engine.schedule(this.engine.now, this.settleKind, 0)
  }

  private settle(): void {
    this.settling = false
    for (const s of this.streams) if (this.lost.has(s)) this.retrace(s)
    this.lost.clear()
    this.fluid.loads.readConditions()
    const { pps, bps } = controlLoad(this.fabric, this.processes.adverts())
    this.fluid.loads.setControl(pps, bps)
    this.fluid.changed()
    this.turn()
  }

  /** Rates are found, now and whenever time alone changes them. Who hears adverts over a queue that begins to drop is woken. */
  private turn(): void {
    const { engine, fluid, turnTimer } = this
    fluid.advance(engine.now)
    const next = Math.ceil(fluid.settle())
    if (next < this.model.durationNs) engine.timers.arm(turnTimer, Math.max(next, engine.now + 1))
    else engine.timers.cancel(turnTimer)
    fluid.loads.lossShare.forEach((loss, l) => {
      if (Math.abs(loss - this.lossSeen[l]) <= LOSS_STEP * Math.max(loss, this.lossSeen[l])) return
      this.lossSeen[l] = loss
      if (l < this.network.trunkLinks) this.processes.wake(this.network.nics[l >> 1].host)
      else this.processes.wakeAll()
    })
  }

  /** A director's table as it is now. */
  tables(host: number): IpvsTables {
    const director = this.directors.ipvs.director(host)
    return this.growth.seen(director, this.engine.now, () => this.directorFlows.lookedAt(host, () => this.directors.ipvs.tables(host)))
  }

  private queueAt(link: number): { waitNs: number; loss: number } {
    const { loads } = this.fluid
    if (loads.anyBacklog) this.fluid.advance(this.engine.now)
    const bits = loads.backlogBits[link]
    return { waitNs: bits === 0 ? 0 : (1e9 * bits) / loads.capacityBps[link], loss: loads.lossShare[link] }
  }

  private retrace(s: Stream): void {
    if (isTcp(s)) {
      const { fabric, paths, ports, directorConnections: connections } = this
      this.elastic.follow(s, s.running || s.backlog > 0 ? reachOf({ fabric, paths, ports, connections }, s) : NOWHERE, this.engine.now)
    }
    if (!isUdp(s)) return
    this.directorFlows.begin()
    s.tree = s.running ? this.traceUdp(s) : EMPTY_TREE
    this.directorFlows.end(s)
  }

  private traceUdp(s: UdpStream): UdpStream['tree'] {
    return this.paths.trace(s.host, s.dst, s.ipBytes, {
      random: s.random,
      choose: (host, afterNs) => this.directorFlows.choose(s, host, afterNs),
      fate: host => this.ports.udpFate(host, s.port),
    })
  }

  private schedule(): void {
    const { engine, model } = this
    engine.setBoundaries(Array.from(this.segments.boundariesNs.subarray(1, -1)))
    engine.onSegment(segment => {
      if (this.elastic.streams.length > 0) this.fluid.advance(engine.now)
      this.directorLog.sample(segment - 1)
    })
    const targets = faultTargets({
      ...{ network: this.network, processes: this.processes, directors: this.directors, ports: this.ports, neighbours: this.neighbours },
      ...{ workTimes: this.workTimes, report: h => this.report(h), refreshOwners: host => this.refreshOwners(host) },
      linkRateChanged: link => this.rateLog[link].fill(this.network.links.optionsOf(link).rateBps, this.engine.segment),
    })
    this.startTraffic = planEvents(engine, model, {
      start: host => {
        this.processes.input(host, { kind: 'start' })
        this.refreshOwners(host)
      },
      event: i => this.act(targets, model.events[i]),
      traffic: (i, on) => this.startOrStop(i, on),
    })
    for (let host = 0; host < model.hosts.length; host++) this.refreshOwners(host)
  }

  private startTraffic: () => void = () => undefined

  private startOrStop(traffic: number, start: boolean): void {
    this.fluid.advance(this.engine.now)
    for (const s of this.streams)
      if (s.traffic === traffic) {
        this.lost.add(s)
        s.running = start
        s.beganNs = this.engine.now
        if (start && isTcp(s)) this.elastic.start(s)
      }
    this.touch()
  }

  private act(targets: FaultTargets, event: EventModel): void {
    const host = this.network.stack.hostNames.indexOf(event.target)
    const everywhere = host < 0 || event.verb === 'set' || event.verb === 'garp'
    if (everywhere) {
      this.touchAll()
      this.processes.wakeAll()
    } else {
      this.touchHost(host)
      this.processes.wake(host)
    }
    actOn(targets, event)
    this.fabric.forgetTheDead()
    this.probes.wake(everywhere ? -1 : host)
  }

  /** A host's addresses, power, cable or process changed: who owns what is looked at again. */
  private refreshOwners(host: number): void {
    const { stack, addresses } = this.network
    const reachable = stack.up[host] === 1 && stack.hosts[host].nics.some(nic => this.network.isReachable(nic))
    const held = this.processes.stateOf(host)?.held ?? []
    const alive = this.processes.runsOn(host)
    const heldRows = new Set(held.map(v => addresses.find(v.ip)))
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
}

function byDestination(streams: readonly Stream[]): Map<number, Stream[]> {
  const out = new Map<number, Stream[]>()
  for (const s of streams) {
    const known = out.get(s.dst)
    if (known === undefined) out.set(s.dst, [s])
    else known.push(s)
  }
  return out
}
