/**
 * Several keepalived processes on a switch without delay or loss: the recordings' lab, for tests of the protocol
 * machine alone. Drives the verbs of the recordings and writes down what a recording has.
 *
 * Hosts are given in the order in which they are served when one packet wakes several: each takes its share of
 * `receiveWorkNs` to read it, so that no two hosts expire at one instant (rules 26 and 55 of the recordings). A host
 * has one timer: its next deadline.
 */
import { formatIpv4, isMulticast, parseIpv4 } from '../../../sim-core/base/address.ts'
import {
  type KeepalivedEffect,
  type KeepalivedInput,
  type KeepalivedProcessConfig,
  type KeepalivedState,
  keepalivedOff,
  nextKeepalivedDeadline,
  stepKeepalived,
} from '../../../sim-core/daemons/keepalived/index.ts'
import { RECEIVE_WORK_STEP_NS, type VrrpAdvert } from '../../../sim-core/protocols/vrrp/index.ts'

export interface LanHost {
  readonly name: string
  /** Interface → address; eth0 of all hosts are on one switch, eth1 on another. */
  readonly interfaces: Readonly<Record<string, string>>
  readonly config: KeepalivedProcessConfig
}

export interface Seen {
  /** Seconds. */
  readonly t: number
  readonly host: string
  readonly kind: 'advert' | 'garp' | 'state' | 'vip'
  /** What a recording calls it, without its time: two events are the same when this is. */
  readonly what: string
  /** Events that keep their order among themselves. */
  readonly stream: string
}

interface Port {
  readonly name: string
  linkUp: boolean
  attached: boolean
}

interface Member {
  readonly name: string
  readonly port: number
  config: KeepalivedProcessConfig
  state: KeepalivedState
  readonly ports: Port[]
  readonly addresses: Readonly<Record<string, string>>
  muted: boolean
  deaf: boolean
  crashed: boolean
  side: number
  deadline: number | null
  armed: number
}

interface Pending {
  readonly at: number
  readonly sequence: number
  readonly run: () => void
}

export type LanInput = KeepalivedInput extends infer I ? (I extends unknown ? Omit<I, 'nowNs'> : never) : never

export class Lan {
  nowNs = 0
  readonly seen: Seen[] = []
  readonly effects: { readonly host: string; readonly nowNs: number; readonly effect: KeepalivedEffect }[] = []
  private readonly members: Member[]
  private queue: Pending[] = []
  private sequence = 0

  constructor(hosts: readonly LanHost[]) {
    this.members = hosts.map((h, port) => ({
      name: h.name,
      config: withReceiveWork(h.config, port),
      port,
      state: keepalivedOff(Object.entries(h.interfaces).map(([name, ip]) => ({ name, up: true, ip: parseIpv4(ip) ?? null }))),
      ports: Object.keys(h.interfaces).map(name => ({ name, linkUp: true, attached: true })),
      addresses: h.interfaces,
      muted: false,
      deaf: false,
      crashed: false,
      side: 0,
      deadline: null,
      armed: 0,
    }))
  }

  at(atNs: number, run: () => void): void {
    this.push(atNs, run)
  }

  run(untilNs: number): void {
    for (;;) {
      let next: Pending | undefined
      for (const p of this.queue) if (next === undefined || before(p, next)) next = p
      if (next === undefined || next.at >= untilNs) return
      this.queue = this.queue.filter(p => p !== next)
      this.nowNs = next.at
      next.run()
    }
  }

  host(name: string): Member {
    const found = this.members.find(m => m.name === name)
    if (found === undefined) throw new Error(`no host ${name}`)
    return found
  }

  /** Gives a host's keepalived an input and carries out what it wants. */
  input(name: string, input: LanInput): void {
    const m = this.host(name)
    const { state, effects } = stepKeepalived(m.config, m.state, { ...input, nowNs: this.nowNs } as KeepalivedInput)
    m.state = state
    for (const e of effects) this.carryOut(m, e)
    this.arm(m)
  }

  reload(name: string, config: KeepalivedProcessConfig): void {
    const m = this.host(name)
    const previous = m.config
    m.config = withReceiveWork(config, m.port)
    this.input(name, { kind: 'reload', previous })
  }

  link(name: string, device: string | undefined, up: boolean): void {
    for (const p of this.ports(name, device)) {
      p.linkUp = up
      this.input(name, { kind: 'carrier', interface: p.name, up })
    }
  }

  attach(name: string, device: string | undefined, attached: boolean): void {
    for (const p of this.ports(name, device)) p.attached = attached
  }

  /** Each group of hosts on a switch of its own. */
  split(groups: readonly (readonly string[])[]): void {
    groups.forEach((names, side) => {
      for (const name of names) this.host(name).side = side
    })
  }

  join(): void {
    for (const m of this.members) m.side = 0
  }

  crash(name: string): void {
    this.host(name).crashed = true
    this.input(name, { kind: 'crash' })
  }

  boot(name: string): void {
    this.host(name).crashed = false
    this.input(name, { kind: 'boot' })
  }

  private ports(name: string, device: string | undefined): Port[] {
    return this.host(name).ports.filter(p => device === undefined || p.name === device)
  }

  private push(at: number, run: () => void): void {
    this.queue.push({ at, sequence: this.sequence++, run })
  }

  private arm(m: Member): void {
    const deadline = nextKeepalivedDeadline(m.config, m.state)
    if (deadline === m.deadline) return
    m.deadline = deadline
    const armed = ++m.armed
    if (deadline === null) return
    this.push(deadline, () => {
      if (m.armed !== armed) return
      m.deadline = null
      this.input(m.name, { kind: 'timer' })
    })
  }

  private carryOut(m: Member, e: KeepalivedEffect): void {
    this.effects.push({ host: m.name, nowNs: this.nowNs, effect: e })
    if (e.kind === 'sendAdvert') this.transmit(m, e.interface, e.advert)
    else if (e.kind === 'sendGarp') this.announce(m, e.interface, e.ip)
    else if (e.kind === 'addVip' || e.kind === 'removeVip')
      this.note(m, 'vip', `${formatIpv4(e.ip)} ${e.kind === 'addVip'}`, `vip ${formatIpv4(e.ip)}`)
    else if (e.kind === 'stateChange' && e.logged)
      this.note(m, 'state', `${e.instance} ${e.to}${e.init ? ' init' : ''}`, `state ${e.instance}`)
  }

  private note(m: Member, kind: Seen['kind'], what: string, stream: string): void {
    this.seen.push({ t: this.nowNs / 1e9, host: m.name, kind, what, stream })
  }

  private onWire(m: Member, device: string): Port | undefined {
    return m.crashed ? undefined : m.ports.find(p => p.name === device && p.linkUp)
  }

  private announce(m: Member, device: string, ip: number): void {
    if (this.onWire(m, device) !== undefined) this.note(m, 'garp', formatIpv4(ip), `garp ${formatIpv4(ip)}`)
  }

  private transmit(m: Member, device: string, advert: VrrpAdvert): void {
    const port = this.onWire(m, device)
    if (port === undefined) return
    const what = `${formatIpv4(advert.srcIp)} v${advert.version} vrid ${advert.vrid} prio ${advert.priority} int ${advert.advertIntCs / 100} ${advert.vips.map(formatIpv4).join(',')}`
    this.note(m, 'advert', isMulticast(advert.dst) ? what : `${what} to ${formatIpv4(advert.dst)}`, `advert ${device} ${advert.vrid}`)
    if (!port.attached || m.muted) return
    for (const other of this.members) {
      if (other === m || other.deaf || other.side !== m.side) continue
      if (this.onWire(other, device)?.attached !== true) continue
      if (!isMulticast(advert.dst) && other.addresses[device] !== formatIpv4(advert.dst)) continue
      this.push(this.nowNs, () => this.input(other.name, { kind: 'advert', interface: device, advert }))
    }
  }
}

const withReceiveWork = (config: KeepalivedProcessConfig, port: number): KeepalivedProcessConfig => ({
  ...config,
  vrrp: { ...config.vrrp, receiveWorkNs: (port + 1) * RECEIVE_WORK_STEP_NS },
})

const before = (a: Pending, b: Pending): boolean => (a.at !== b.at ? a.at < b.at : a.sequence < b.sequence)
