/**
 * keepalived on every host that has a configuration: brings the pure process its inputs (adverts from the wire,
 * carrier, signals, the clock) and carries its effects out.
 *
 * One timer a host is enough: it stands at the process's next deadline. A packet that wakes several hosts is read by
 * one after the other, each a step later (work-times.ts): two hosts never have one and the same deadline, and of two
 * masters that reject each other the receiver re-arms after the sender (recordings v22, v28a, v28b).
 */
import { type Network, PACKET_VRRP } from '../net/index.ts'
import {
  type CheckerPlace,
  type IpvsEffect,
  type KeepalivedEffect,
  type KeepalivedInput,
  keepalivedOff,
  type KeepalivedProcessConfig,
  type KeepalivedState,
  nextKeepalivedDeadline,
  type ProbeOrder,
  stepKeepalived,
} from '../daemons/keepalived/index.ts'
import type { VrrpAdvert, VrrpEffect } from '../protocols/vrrp/index.ts'
import type { Instant } from '../base/units.ts'
import type { Stateful } from '../base/tables.ts'
import type { Cause, Happening } from '../trace/contract.ts'
import { VrrpEffects } from './vrrp-effects.ts'

export type SyncDaemonEffect = Extract<VrrpEffect, { kind: 'syncDaemon' }>

/** What the process asks of the host's IPVS. */
export interface IpvsOfKeepalived {
  change(host: number, effect: IpvsEffect): void
  syncDaemon(host: number, effect: SyncDaemonEffect): void
}

export interface KeepalivedWiring {
  readonly network: Network
  readonly ipvs: IpvsOfKeepalived
  readonly report: (h: Happening) => void
  readonly vipMoved: (host: number, address: number, present: boolean) => void
  readonly probes: ProbesOfKeepalived
  /** How late the next timer of the host runs, ns. */
  readonly lateness: (host: number) => number
  /** What part of its warm-up a checker waits before its first check, 0 to 1. */
  readonly warmup: (host: number, place: CheckerPlace, config: KeepalivedProcessConfig) => number
}

/** Checks on the network; each is answered by a `probed` input. */
export interface ProbesOfKeepalived {
  start(host: number, checker: number, order: ProbeOrder): void
  cancel(host: number): void
}

/** What is added to an input by us. */
export type KeepalivedSignal = KeepalivedInput extends infer I ? (I extends KeepalivedInput ? Omit<I, 'nowNs'> : never) : never

export class KeepalivedHosts implements Stateful {
  readonly stateFields = ['configs', 'states', 'timers', 'deadlines', 'lateBy']
  /** By host; undefined: the host has no keepalived. */
  private configs: (KeepalivedProcessConfig | undefined)[]
  private states: (KeepalivedState | undefined)[]
  private timers: number[]
  /** The deadline that each host's timer stands for, and how late it will run. */
  private deadlines: number[]
  private lateBy: number[]
  /** This and what it keeps elsewhere. */
  readonly stateful: readonly Stateful[]
  private readonly wiring: KeepalivedWiring
  private readonly effects: VrrpEffects

  constructor(configs: readonly (KeepalivedProcessConfig | undefined)[], wiring: KeepalivedWiring) {
    this.wiring = wiring
    const { network } = wiring
    this.effects = new VrrpEffects(network, wiring.report, wiring.vipMoved)
    this.stateful = [this, this.effects.virtualMacs]
    this.configs = [...configs]
    this.states = configs.map((c, host) => (c === undefined ? undefined : keepalivedOff(interfacesOf(network, host))))
    const kind = network.engine.timers.addKind(host => this.input(host, { kind: 'timer' }))
    this.deadlines = configs.map(() => -1)
    this.lateBy = configs.map(() => 0)
    this.timers = configs.map((_, host) => network.engine.timers.create(kind, host))
    network.stack.onDeliver(PACKET_VRRP, (host, p) => this.receive(host, p))
  }

  runsOn(host: number): boolean {
    return this.states[host] !== undefined && this.states[host].phase !== 'off'
  }

  stateOf(host: number): { config: KeepalivedProcessConfig; state: KeepalivedState } | undefined {
    const config = this.configs[host]
    const state = this.states[host]
    return config === undefined || state === undefined ? undefined : { config, state }
  }

  /** SIGHUP with another file, or the file that the next start will read. */
  configure(host: number, config: KeepalivedProcessConfig): void {
    const previous = this.configs[host]
    this.configs[host] = config
    if (this.states[host] === undefined) this.states[host] = keepalivedOff(interfacesOf(this.wiring.network, host))
    else if (previous !== undefined && this.runsOn(host)) this.input(host, { kind: 'reload', previous })
  }

  /** SIGHUP with the file unchanged. */
  reload(host: number): void {
    const config = this.configs[host]
    if (config !== undefined && this.runsOn(host)) this.input(host, { kind: 'reload', previous: config })
  }

  carrier(nic: number, up: boolean): void {
    const { host, name } = this.wiring.network.nics[nic]
    if (this.states[host] !== undefined) this.input(host, { kind: 'carrier', interface: name, up })
  }

  input(host: number, signal: KeepalivedSignal): void {
    const config = this.configs[host]
    const state = this.states[host]
    if (config === undefined || state === undefined) return
    const { engine } = this.wiring.network
    const step = stepKeepalived(config, state, { ...signal, nowNs: engine.now } as KeepalivedInput)
    this.states[host] = step.state
    for (const effect of step.effects) this.perform(host, effect)
    this.armTimer(host)
  }

  private armTimer(host: number): void {
    const config = this.configs[host] as KeepalivedProcessConfig
    const next = nextKeepalivedDeadline(config, this.states[host] as KeepalivedState)
    const { timers, now } = this.wiring.network.engine
    if (next === null) timers.cancel(this.timers[host])
    else {
      if (next !== this.deadlines[host]) {
        this.deadlines[host] = next
        this.lateBy[host] = this.wiring.lateness(host)
      }
      timers.arm(this.timers[host], Math.max(now, next + this.lateBy[host]))
    }
  }

  private perform(host: number, effect: KeepalivedEffect): void {
    if (effect.kind === 'process') {
      this.effects.process(host, effect.what, (this.configs[host] as KeepalivedProcessConfig).vrrp)
      this.tell(host, 'process', `keepalived ${effect.what}`, effect.cause, { process: effect.what })
    } else if (isIpvsEffect(effect)) this.wiring.ipvs.change(host, effect)
    else if (effect.kind === 'startProbe') this.wiring.probes.start(host, effect.checker, effect.order)
    else if (effect.kind === 'cancelProbes') this.wiring.probes.cancel(host)
    else if (effect.kind === 'drawWarmups') this.drawWarmups(host)
    else if (effect.kind === 'check') {
      const { realServer: rs, virtualServer: vs, up, log, cause } = effect
      this.tell(host, 'check', `${rs} is ${up ? 'UP' : 'DOWN'}: ${log}`, cause, { rs, vs, up, log })
    } else if (effect.kind === 'syncDaemon') this.wiring.ipvs.syncDaemon(host, effect)
    else this.effects.perform(host, effect)
  }

  private drawWarmups(host: number): void {
    const config = this.configs[host] as KeepalivedProcessConfig
    this.input(host, { kind: 'warmups', fractions: config.checkers.map(place => this.wiring.warmup(host, place, config)) })
  }

  private receive(host: number, p: number): void {
    const { network } = this.wiring
    const { packets } = network
    const advert = packets.body[p] as VrrpAdvert
    const nic = this.nicOfArrival(host)
    packets.free(p)
    if (nic < 0 || !this.runsOn(host) || !this.knows(host, advert.vrid)) return
    this.input(host, { kind: 'advert', interface: network.nics[nic].name, advert })
  }

  /** keepalived ignores adverts of VRIDs that it has no instance for; on a large LAN most are. */
  private knows(host: number, vrid: number): boolean {
    const { instances } = (this.configs[host] as KeepalivedProcessConfig).vrrp
    for (let i = 0; i < instances.length; i++) if (instances[i].vrid === vrid) return true
    return false
  }

  /** The interface that an advert came in by; what a host sends to itself comes by its first. */
  private nicOfArrival(host: number): number {
    const { stack } = this.wiring.network
    return stack.arrivedBy >= 0 ? stack.arrivedBy : (stack.hosts[host].nics[0] ?? -1)
  }

  private tell(host: number, kind: Happening['kind'], what: string, cause: Cause, fields: Happening['fields']): void {
    const { network, report } = this.wiring
    report({ t: network.engine.now as Instant, host: network.stack.hostNames[host], kind, what, cause, fields })
  }
}

function interfacesOf(network: Network, host: number): { name: string; up: boolean; ip: number | null }[] {
  return network.stack.hosts[host].nics.map(nic => ({
    name: network.nics[nic].name,
    up: network.links.hasCarrier(nic * 2),
    ip: network.nics[nic].address ?? null,
  }))
}

const IPVS_EFFECTS: readonly string[] = [
  'ipvsFlush',
  'ipvsTimeouts',
  'ipvsAddService',
  'ipvsEditService',
  'ipvsDelService',
  'ipvsAddDest',
  'ipvsEditDest',
  'ipvsDelDest',
]
const isIpvsEffect = (effect: KeepalivedEffect): effect is IpvsEffect => IPVS_EFFECTS.includes(effect.kind)
