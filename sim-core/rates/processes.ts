/**
 * keepalived on every host of a flow-level run: the real process machine on LANs that carry adverts as calls.
 *
 * Inputs and effects are those of the packet model (compile/keepalived-hosts.ts); an advert reaches those who hear it
 * after the idle links' delay. Virtual routers that have become steady are skipped (steady.ts): their deadlines are taken
 * out of the machines, and put back, moved on, when an event touches one of their hosts. So a day costs what happens
 * in it, not its adverts. Checks that keep succeeding are skipped likewise (probes.ts).
 */
import { isMulticast } from '../base/address.ts'
import type { Instant } from '../base/units.ts'
import { advertBytes, type IpvsOfKeepalived, type KeepalivedSignal } from '../compile/index.ts'
import {
  type KeepalivedEffect,
  type KeepalivedInput,
  keepalivedOff,
  type KeepalivedProcessConfig,
  type KeepalivedState,
  nextKeepalivedDeadline,
  stepKeepalived,
} from '../daemons/keepalived/index.ts'
import type { Engine } from '../engine/index.ts'
import { MAC_VRRP, type Network } from '../net/index.ts'
import type { VrrpAdvert } from '../protocols/vrrp/index.ts'
import type { Cause, Happening } from '../trace/contract.ts'
import { type Cell, Cells, type Member, type Skipped } from './cells.ts'
import type { AdvertRate } from './control-load.ts'
import type { Fabric } from './fabric.ts'
import { LanEffects } from './lan-effects.ts'
import type { FlowProbes } from './probes.ts'
import { Sending } from './sending.ts'
import { advertsUntilMissed, before, missedMax, movedOn, skippable, stilled } from './steady.ts'

export interface ProcessWiring {
  readonly network: Network
  readonly fabric: Fabric
  /** End of the run, ns. */
  readonly untilNs: number
  readonly ipvs: IpvsOfKeepalived
  readonly report: (h: Happening) => void
  readonly probes: Pick<FlowProbes, 'start' | 'cancel'>
  /** What part of its warm-up a checker waits before its first check, 0 to 1. */
  readonly warmup: (host: number) => number
  readonly vipMoved: (host: number, address: number, present: boolean) => void
  /** What a frame meets on a link now: how long it waits, and the chance that it is dropped. */
  readonly queueAt: (link: number) => { readonly waitNs: number; readonly loss: number }
  /** Uniform in (0, 1), a stream for each host that hears adverts. */
  readonly draw: (host: number) => number
  /** A gratuitous ARP for an address (u32) left an interface. */
  readonly announced: (nic: number, address: number) => void
  /** An advert came from a virtual MAC at an interface. */
  readonly vmacHeard: (nic: number, mac: number) => void
}

/** What does not change who takes part in VRRP. */
const QUIET: readonly KeepalivedSignal['kind'][] = ['timer', 'advert', 'probed', 'warmups']

/** An advert on its way to some of its cell. */
interface Flight {
  readonly advert: VrrpAdvert
  readonly to: readonly Member[]
}

export class Processes {
  private readonly configs: (KeepalivedProcessConfig | undefined)[]
  private readonly states: (KeepalivedState | undefined)[]
  private readonly timers: number[]
  private readonly cells: Cells
  private readonly wiring: ProcessWiring
  private readonly engine: Engine
  private readonly effects: LanEffects
  private readonly flightKind: number
  private readonly lapseKind: number
  private readonly membershipKind: number
  private readonly lapses: { readonly member: Member; readonly time: number; readonly missed: number }[] = []
  private readonly flights: (Flight | undefined)[] = []
  private readonly freeFlights: number[] = []
  private readonly sending = new Sending()
  /** Steps that were made, for whoever wants to know what a run cost. */
  steps = 0

  constructor(configs: readonly (KeepalivedProcessConfig | undefined)[], wiring: ProcessWiring) {
    this.wiring = wiring
    const { network, fabric } = wiring
    this.engine = network.engine
    this.effects = new LanEffects(network, wiring.report, wiring.vipMoved, {
      advert: (host, nic, advert, vmac) => {
        this.send(host, nic, advert)
        if (vmac !== undefined) wiring.vmacHeard(nic, network.virtualMac(vmac))
      },
      memberChanged: host => this.planMembership(host),
      announce: (_host, nic, address) => {
        fabric.heardByAll(nic)
        wiring.announced(nic, address)
      },
    })
    this.configs = [...configs]
    this.states = configs.map((c, host) => (c === undefined ? undefined : keepalivedOff(interfacesOf(network, host))))
    this.cells = new Cells(
      configs.length,
      (host, name) => network.nicNamed(host, name),
      nic => fabric.domainOf(nic),
    )
    configs.forEach((c, host) => {
      if (c !== undefined) this.cells.configure(host, c)
    })
    this.bundle()
    const kind = this.engine.timers.addKind(host => this.input(host, { kind: 'timer' }))
    this.timers = configs.map((_, host) => this.engine.timers.create(kind, host))
    this.flightKind = this.engine.addKind(flight => this.land(flight))
    this.lapseKind = this.engine.addKind(lapse => this.lapse(lapse))
    this.membershipKind = this.engine.addKind(host => this.wake(host))
  }

  runsOn(host: number): boolean {
    return this.states[host] !== undefined && this.states[host].phase !== 'off'
  }

  stateOf(host: number): KeepalivedState | undefined {
    return this.states[host]
  }

  /** Of the sync daemon that the host's keepalived runs; undefined: none. */
  syncIdOf(host: number): number | undefined {
    return this.configs[host]?.vrrp.syncDaemon?.syncId
  }

  // ---- what the scenario does to a process

  /** SIGHUP with another file, or the file that the next start will read. */
  configure(host: number, config: KeepalivedProcessConfig): void {
    this.wakeAll()
    const previous = this.configs[host]
    this.configs[host] = config
    if (this.states[host] === undefined) this.states[host] = keepalivedOff(interfacesOf(this.wiring.network, host))
    this.cells.configure(host, config)
    this.bundle()
    if (previous !== undefined && this.runsOn(host)) this.input(host, { kind: 'reload', previous })
  }

  /** SIGHUP with the file unchanged. */
  reload(host: number): void {
    const config = this.configs[host]
    if (config !== undefined && this.runsOn(host)) this.input(host, { kind: 'reload', previous: config })
  }

  carrier(nic: number, up: boolean): void {
    const { host, name } = this.wiring.network.nics[nic]
    if (this.states[host] !== undefined) this.input(host, { kind: 'carrier', interface: name, up })
    this.planMembership(host)
  }

  /** Where a switch snoops IGMP, what a host hears may change by time alone: nothing is skipped over that. */
  private planMembership(host: number): void {
    const { snooping, stack } = this.wiring.network
    for (const nic of stack.hosts[host].nics) {
      const at = snooping.changesAt(2 * nic + 1, MAC_VRRP, this.engine.now)
      if (at < this.wiring.untilNs) this.engine.schedule(at, this.membershipKind, host)
    }
  }

  /** `nowNs`: the end of a check may lie before now (probes.ts). */
  input(host: number, signal: KeepalivedSignal, nowNs = this.engine.now): void {
    const config = this.configs[host]
    if (config === undefined || this.states[host] === undefined) return
    if (!QUIET.includes(signal.kind)) this.wake(host)
    const step = stepKeepalived(config, this.states[host], { ...signal, nowNs } as KeepalivedInput)
    this.steps++
    this.states[host] = step.state
    for (const effect of step.effects) this.perform(host, effect)
    this.arm(host)
  }

  private perform(host: number, effect: KeepalivedEffect): void {
    const { ipvs, probes } = this.wiring
    if (effect.kind === 'process') {
      this.effects.process(host, effect.what, (this.configs[host] as KeepalivedProcessConfig).vrrp)
      this.tell(host, 'process', `keepalived ${effect.what}`, effect.cause, { process: effect.what })
    } else if (effect.kind === 'check') {
      const { realServer: rs, virtualServer: vs, up, log, cause } = effect
      this.tell(host, 'check', `${rs} is ${up ? 'UP' : 'DOWN'}: ${log}`, cause, { rs, vs, up, log })
    } else if (effect.kind === 'startProbe') probes.start(host, effect.checker, effect.order, this.delayLoopOf(host, effect.checker))
    else if (effect.kind === 'cancelProbes') probes.cancel(host)
    else if (effect.kind === 'drawWarmups')
      this.input(host, { kind: 'warmups', fractions: Array.from({ length: effect.count }, () => this.wiring.warmup(host)) })
    else if ('service' in effect || effect.kind === 'ipvsFlush' || effect.kind === 'ipvsTimeouts') ipvs.change(host, effect)
    else if (effect.kind === 'syncDaemon') ipvs.syncDaemon(host, effect)
    else this.effects.perform(host, effect)
  }

  /** Of a checker that does the same each time it succeeds; undefined: it asks for one page after the other. */
  private delayLoopOf(host: number, c: number): number | undefined {
    const checker = this.configs[host]?.checkers[c]?.checker
    return checker === undefined || ('urls' in checker && checker.urls.length > 1) ? undefined : checker.delayLoopNs
  }

  private tell(host: number, kind: Happening['kind'], what: string, cause: Cause, fields: Happening['fields']): void {
    const { network, report } = this.wiring
    report({ t: this.engine.now as Instant, host: network.stack.hostNames[host], kind, what, cause, fields })
  }

  private arm(host: number): void {
    const { timers, now } = this.engine
    const next = nextKeepalivedDeadline(this.configs[host] as KeepalivedProcessConfig, this.states[host] as KeepalivedState)
    if (next === null) timers.cancel(this.timers[host])
    else timers.arm(this.timers[host], Math.max(now, next))
  }

  // ---- adverts

  private send(host: number, nic: number, advert: VrrpAdvert): void {
    const { fabric } = this.wiring
    fabric.heardByAll(nic)
    const sender = this.cells.membersOf(host).find(m => m.nic === nic && this.vridOf(m) === advert.vrid)
    if (sender === undefined) return
    sender.last = { advert, atNs: this.engine.now }
    const cell = this.cells.cells[sender.cell]
    const arrivals = new Map<number, Member[]>()
    for (const m of cell.members) {
      if (m.host === host || m.nic < 0 || !this.isAddressed(m, advert) || !fabric.hears(m.nic, nic)) continue
      const { waitNs, loss } = this.queuesBetween(nic, m.nic)
      if (loss > 0 && this.wiring.draw(m.host) < loss) continue
      const at = this.engine.now + fabric.delayNs(nic, m.nic, advertBytes(advert)) + waitNs
      const together = arrivals.get(at)
      if (together === undefined) arrivals.set(at, [m])
      else together.push(m)
    }
    for (const [at, to] of arrivals) this.fly(cell, at, advert, to)
    if (arrivals.size === 0) this.look(cell)
  }

  private queuesBetween(from: number, to: number): { waitNs: number; loss: number } {
    let waitNs = 0
    let through = 1
    for (const l of this.wiring.fabric.way(from, to) ?? []) {
      const queue = this.wiring.queueAt(l)
      waitNs += Math.round(queue.waitNs)
      through *= 1 - queue.loss
    }
    return { waitNs, loss: 1 - through }
  }

  private fly(cell: Cell, at: number, advert: VrrpAdvert, to: readonly Member[]): void {
    const flight = this.freeFlights.pop() ?? this.flights.push(undefined) - 1
    this.flights[flight] = { advert, to }
    cell.inFlight++
    this.engine.schedule(at, this.flightKind, flight)
  }

  private land(index: number): void {
    const { advert, to } = this.flights[index] as Flight
    this.flights[index] = undefined
    this.freeFlights.push(index)
    const cell = this.cells.cells[to[0].cell]
    cell.inFlight--
    const { network } = this.wiring
    for (const m of to) {
      if (network.stack.up[m.host] === 0 || !network.links.isOpen(2 * m.nic + 1) || !this.runsOn(m.host)) continue
      this.input(m.host, { kind: 'advert', interface: network.nics[m.nic].name, advert })
    }
    this.look(cell)
  }

  private isAddressed(m: Member, advert: VrrpAdvert): boolean {
    const { network } = this.wiring
    if (isMulticast(advert.dst)) return network.snooping.passes(2 * m.nic + 1, MAC_VRRP, this.engine.now)
    return network.stack.isLocal(m.host, network.addresses.intern(advert.dst))
  }

  private vridOf(m: Member): number {
    return this.configs[m.host]?.vrrp.instances[m.instance]?.vrid ?? 0
  }

  /** What MASTERs send now, at their intervals. */
  adverts(): AdvertRate[] {
    return this.configs.flatMap((config, host) => {
      const state = this.states[host]
      if (config === undefined || state?.phase !== 'running') return []
      const nics = this.cells.membersOf(host).map(m => m.nic)
      return this.sending.of(host, state, config, nics)
    })
  }

  // ---- skipping

  private bundle(): void {
    this.cells.bundleBy(host => this.configs[host]?.vrrp.groups.map(g => g.members) ?? [])
  }

  /** Skips the cell and its bundle if all of it is steady. */
  private look(cell: Cell): void {
    const bundle = this.cells.cellsIn(cell.bundle).map(i => this.cells.cells[i])
    if (this.cells.skipped[cell.bundle] || bundle.some(c => c.inFlight > 0)) return
    const found: { m: Member; skip: Member['skipped'] }[] = []
    for (const c of bundle)
      for (const m of c.members) {
        const config = this.configs[m.host] as KeepalivedProcessConfig
        const skip = skippable(m, config, this.states[m.host] as KeepalivedState, this.mastersHeardBy(m, c), this.engine.now)
        if (skip === false) return
        found.push({ m, skip })
      }
    this.cells.skipped[cell.bundle] = true
    this.cells.times[cell.bundle]++
    for (const { m, skip } of found) {
      if (skip === undefined) continue
      m.skipped = skip
      if (skip.master !== undefined) this.planLapse(m, skip)
      this.change(m, stilled)
    }
    for (const { m } of found) this.arm(m.host)
  }

  /** Where queues drop, some day as many adverts in a row do not get through as a BACKUP waits for. */
  private planLapse(m: Member, skip: Skipped): void {
    const { loss } = this.queuesBetween((skip.master as Member).nic, m.nic)
    if (loss === 0) return
    const missed = missedMax((this.states[m.host] as KeepalivedState).vrrp.instances[m.instance], skip)
    const atNs = skip.heardNs + (advertsUntilMissed(loss, missed, this.wiring.draw(m.host)) + 1) * skip.periodNs - 1
    if (atNs >= this.wiring.untilNs) return
    const lapse = this.lapses.push({ member: m, time: this.cells.times[this.cells.cells[m.cell].bundle], missed }) - 1
    this.engine.schedule(atNs, this.lapseKind, lapse)
  }

  private lapse(index: number): void {
    const { member, time, missed } = this.lapses[index]
    const { bundle } = this.cells.cells[member.cell]
    if (!this.cells.skipped[bundle] || this.cells.times[bundle] !== time || member.skipped === undefined) return
    member.skipped.missed = missed
    this.wakeBundle(bundle)
  }

  private mastersHeardBy(m: Member, cell: Cell): Member[] {
    return cell.members.filter(other => {
      if (other.host === m.host || other.last === undefined || m.nic < 0) return false
      const state = this.states[other.host] as KeepalivedState
      if (state.phase !== 'running' || state.vrrp.instances[other.instance].state !== 'MASTER') return false
      return (
        this.wiring.network.stack.up[other.host] === 1 &&
        this.isAddressed(m, other.last.advert) &&
        this.wiring.fabric.hears(m.nic, other.nic)
      )
    })
  }

  /** Everything that a host takes part in is lived through again, from now on. */
  wake(host: number): void {
    for (const m of this.cells.membersOf(host)) this.wakeBundle(this.cells.cells[m.cell].bundle)
  }

  wakeAll(): void {
    this.cells.skipped.forEach((_, bundle) => {
      this.wakeBundle(bundle)
    })
  }

  private wakeBundle(bundle: number): void {
    if (!this.cells.skipped[bundle]) return
    this.cells.skipped[bundle] = false
    const { now } = this.engine
    const members = this.cells.cellsIn(bundle).flatMap(i => this.cells.cells[i].members)
    const woken = members.filter(m => m.skipped !== undefined)
    for (const m of woken) this.landSkipped(m, now)
    for (const m of woken) this.moveOn(m, now)
    for (const m of woken) this.arm(m.host)
  }

  /** The advert that a BACKUP has not heard yet although its master has sent it before now. */
  private landSkipped(m: Member, now: number): void {
    const { master, heardNs, periodNs } = m.skipped as NonNullable<Member['skipped']>
    if (master?.skipped === undefined || master.last === undefined) return
    const sent = before(master.skipped.expiresNs, periodNs, now)
    const heard = before(heardNs + periodNs, periodNs, now)
    if (sent > heard) this.fly(this.cells.cells[m.cell], heardNs + (heard + 1) * periodNs, master.last.advert, [m])
  }

  private moveOn(m: Member, now: number): void {
    const skipped = m.skipped as NonNullable<Member['skipped']>
    const garp = this.configs[m.host]?.vrrp.instances[m.instance].garp
    if (skipped.master === undefined && m.last !== undefined) {
      const ticks = before(skipped.expiresNs, skipped.periodNs, now)
      if (ticks > 0) m.last = { advert: m.last.advert, atNs: skipped.expiresNs + (ticks - 1) * skipped.periodNs }
    }
    m.skipped = undefined
    this.change(m, i => movedOn(i, skipped, garp?.refreshNs ?? 0, now))
  }

  private change(m: Member, how: typeof stilled): void {
    const state = this.states[m.host] as KeepalivedState
    const instances = state.vrrp.instances.map((i, n) => (n === m.instance ? how(i) : i))
    this.states[m.host] = { ...state, vrrp: { ...state.vrrp, instances } }
  }
}

function interfacesOf(network: Network, host: number): { name: string; up: boolean; ip: number | null }[] {
  return network.stack.hosts[host].nics.map(nic => ({
    name: network.nics[nic].name,
    up: network.links.hasCarrier(nic * 2),
    ip: network.nics[nic].address ?? null,
  }))
}
