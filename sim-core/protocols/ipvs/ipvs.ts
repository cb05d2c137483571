/**
 * IPVS of a whole run: the directors by host, their timers, and the hooks by which the network hands them packets.
 *
 * `stack.setLocalInHook((host, p) => ipvs.input(host, p))`, `stack.setForwardHook((host, p) => ipvs.reply(host, p))`; sync datagrams
 * that reach a host go to `receiveSync`. Commands come from ipvsadm rules and from keepalived.
 */
import { assert } from '../../base/assert.ts'
import type { Stateful } from '../../base/tables.ts'
import type { Engine } from '../../engine/index.ts'
import type { Cause } from '../../trace/contract.ts'
import type { CommandResult, IpvsCommand } from './commands.ts'
import { Control } from './control.ts'
import { Director } from './director.ts'
import { flushDeadConnections } from './dead-connections.ts'
import type { DirectorOptions, IpvsEnvironment } from './environment.ts'
import { type IpvsTables, connectionsOf, servicesOf, tablesOf } from './listing.ts'
import type { MarkRule } from './scheduling.ts'
import { writeSetting } from './settings.ts'
import { captureDirector, type DirectorState, reinstateDirector } from './snapshots.ts'
import type { SyncDatagram } from './sync-messages.ts'

const TIMER_NAMES = ['thread', 'wake-up', 'trash', 'flush', 'estimator', 'defence'] as const
type TimerName = (typeof TIMER_NAMES)[number]

const ESTIMATOR_S = 2
const DEFENCE_S = 1

export class Ipvs implements Stateful {
  readonly stateFields = ['directorStates']
  private readonly engine: Engine
  private readonly env: IpvsEnvironment
  private readonly directors: (Director | null)[]
  private readonly controls: (Control | null)[]
  private readonly options: (DirectorOptions | null)[]
  /** timers[host × names + name] */
  private readonly timers: Int32Array
  private readonly expiryKind: number

  /** `directors`: the hosts that may get IPVS tables, sorted by host. */
  constructor(env: IpvsEnvironment, directors: readonly DirectorOptions[]) {
    this.env = env
    this.engine = env.engine
    const hosts = env.hostNames.length
    this.directors = new Array(hosts).fill(null)
    this.controls = new Array(hosts).fill(null)
    this.options = new Array(hosts).fill(null)
    this.timers = new Int32Array(hosts * TIMER_NAMES.length)
    this.expiryKind = this.engine.addKind(host => this.directors[host]?.runTimers())
    const kinds = TIMER_NAMES.map(name => this.engine.timers.addKind(host => this.fire(host, name)))
    for (const options of directors) {
      TIMER_NAMES.forEach((_, k) => {
        this.timers[options.host * TIMER_NAMES.length + k] = this.engine.timers.create(kinds[k], options.host)
      })
      this.options[options.host] = options
      this.install(options)
    }
  }

  /** LOCAL_IN hook; true: taken. */
  input(host: number, p: number): boolean {
    const director = this.directors[host]
    return director?.input(p) === true
  }

  /** A packet of a flow that was remembered with `entry`. */
  again(host: number, p: number, entry: number): void {
    this.directors[host]?.again(p, entry)
  }

  /** FORWARD hook: may rewrite the packet's source; true: taken (refused). */
  reply(host: number, p: number): boolean {
    const director = this.directors[host]
    return director?.reply(p) === true
  }

  isDirector(host: number): boolean {
    return this.directors[host] !== null
  }

  director(host: number): Director {
    const director = this.directors[host]
    assert(director !== null, `host ${host} was not declared a director`)
    return director
  }

  /** Carries out one command; the answer is ipvsadm's message when it cannot be. `cause`: why it was given, for the story. */
  command(host: number, command: IpvsCommand, cause?: Cause): CommandResult {
    const control = this.controls[host]
    assert(control !== null, `host ${host} was not declared a director`)
    const director = this.director(host)
    director.explanations.command = cause
    const result = control.command(command)
    director.explanations.command = undefined
    director.changed()
    this.armEstimator(host)
    return result
  }

  /** `net.ipv4.vs.*`; false when IPVS has no such setting. */
  sysctl(host: number, key: string, value: number | string): boolean {
    const director = this.director(host)
    if (!writeSetting(director.settings, key, value)) return false
    director.changed()
    director.defences.apply()
    if (director.defences.everySecond && !this.isArmed(host, 'defence')) this.arm(host, 'defence', DEFENCE_S * director.clock.hz)
    return true
  }

  /** Firewall marks by destination, as a mangle rule of the host would set them. */
  setMarks(host: number, marks: readonly MarkRule[]): void {
    this.director(host).marks = marks
    this.director(host).changed()
  }

  receiveSync(host: number, datagram: SyncDatagram): void {
    this.directors[host]?.sync.receive(datagram)
    this.directors[host]?.changed()
  }

  tables(host: number): IpvsTables {
    return tablesOf(this.director(host))
  }

  /** Half of `tables`, for those who look often. */
  services(host: number): IpvsTables['services'] {
    return servicesOf(this.director(host))
  }

  connections(host: number): IpvsTables['connections'] {
    return connectionsOf(this.director(host))
  }

  /** The host boots now: tables and settings are empty, jiffies begin anew. Its rules and sysctls are the caller's to load. */
  reset(host: number): void {
    const options = this.options[host]
    if (options === null) return
    for (const name of TIMER_NAMES) this.cancel(host, name)
    const draws = this.director(host).context.random.state()
    this.director(host).sync.stop('backup')
    const fresh = this.install(options)
    fresh.clock.boot(this.engine.now)
    fresh.context.random.restore(draws)
  }

  private install(options: DirectorOptions): Director {
    const { host } = options
    const director = new Director(options, this.env, jiffy => {
      this.engine.schedule(director.clock.timeOf(jiffy), this.expiryKind, host)
    })
    director.sync.arm = (timer, jiffies) => (jiffies < 0 ? this.cancel(host, timer) : this.arm(host, timer, jiffies))
    this.directors[host] = director
    director.changed()
    this.controls[host] = new Control(director, {
      armTrash: jiffies => this.arm(host, 'trash', jiffies),
      armFlush: jiffies => this.arm(host, 'flush', jiffies),
    })
    return director
  }

  private fire(host: number, name: TimerName): void {
    const director = this.director(host)
    const { hz } = director.clock
    if (name === 'trash' || name === 'flush') director.changed()
    if (name === 'thread') director.sync.thread()
    else if (name === 'wake-up') director.sync.wakeUp()
    else if (name === 'trash') this.controls[host]?.emptyTrash()
    else if (name === 'flush') flushDeadConnections(director)
    else if (name === 'estimator') {
      director.sumCounters()
      for (const service of director.services.list) {
        director.services.counters.estimate(service.id)
        for (const dest of service.servers) director.dests.counters.estimate(dest)
      }
      this.armEstimator(host)
    } else {
      director.defences.second()
      if (director.defences.everySecond) this.arm(host, 'defence', DEFENCE_S * hz)
    }
  }

  private armEstimator(host: number): void {
    if (this.env.estimates === false) return
    const director = this.director(host)
    if (director.services.list.length > 0 && !this.isArmed(host, 'estimator')) this.arm(host, 'estimator', ESTIMATOR_S * director.clock.hz)
  }

  private timerOf(host: number, name: TimerName): number {
    return this.timers[host * TIMER_NAMES.length + TIMER_NAMES.indexOf(name)]
  }

  private isArmed(host: number, name: TimerName): boolean {
    return this.engine.timers.isArmed(this.timerOf(host, name))
  }

  private arm(host: number, name: TimerName, jiffies: number): void {
    const director = this.director(host)
    this.engine.timers.arm(this.timerOf(host, name), director.entries.wheel.firesAt(director.jiffy(), jiffies))
  }

  private cancel(host: number, name: TimerName): void {
    this.engine.timers.cancel(this.timerOf(host, name))
  }

  get directorStates(): (DirectorState | null)[] {
    return this.directors.map(d => (d === null ? null : captureDirector(d)))
  }

  set directorStates(states: (DirectorState | null)[]) {
    states.forEach((state, host) => {
      const director = this.directors[host]
      if (state !== null && director !== null) reinstateDirector(director, state)
    })
  }
}
