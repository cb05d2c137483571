/**
 * What the verbs of a scenario do to a running cluster: power, cables, partitions, signals, servers, settings.
 * Every verb says so in the story before it acts, so what follows from it comes after it.
 */
import type { Instant } from '../base/units.ts'
import { processConfigOf, type WorkTimes } from '../daemons/keepalived/index.ts'
import type { IpvsRule } from '../config/ipvsadm/index.ts'
import type { Network } from '../net/index.ts'
import type { EventModel, EventVerb } from '../scenario/index.ts'
import { because, type Happening } from '../trace/contract.ts'
import type { KeepalivedHosts } from './keepalived-hosts.ts'
import { setLink } from './set-link.ts'

export interface FaultTargets {
  readonly network: Network
  readonly keepalived: Pick<KeepalivedHosts, 'input' | 'carrier' | 'configure' | 'reload'>
  readonly workTimes: ReadonlyMap<string, WorkTimes>
  /** ipvsadm on a host. */
  ipvsadm(host: number, rules: readonly IpvsRule[]): void
  sysctl(host: number, key: string, value: string | number): void
  /** httpd and its port on a real server. */
  realServer(host: number, what: string, port: number | undefined): void
  /** TCP, UDP and IPVS of the host lose their memory. */
  forgetHost(host: number): void
  /** The host is back: rules of its files are loaded, services listen. */
  restoreHost(host: number): void
  /** Reachability or process of a host changed: who owns what may have changed too. */
  ownersMayHaveChanged(host: number): void
  linkRateChanged(link: number): void
  report(h: Happening): void
}

type Act = (t: FaultTargets, host: number, event: EventModel) => void

const nicsOf = (t: FaultTargets, host: number, event: EventModel): readonly number[] => {
  const name = event.options['if']
  const nics = t.network.stack.hosts[host].nics
  return name === undefined ? nics : nics.filter(nic => t.network.nics[nic].name === name)
}

const cut =
  (from: boolean, to: boolean, on: boolean): Act =>
  (t, host, event) => {
    for (const nic of nicsOf(t, host, event)) {
      if (from) t.network.setCut(nic, 'from', on)
      if (to) t.network.setCut(nic, 'to', on)
    }
    t.ownersMayHaveChanged(host)
  }

const carrier =
  (up: boolean): Act =>
  (t, host, event) => {
    for (const nic of nicsOf(t, host, event)) {
      t.network.setCarrier(nic, up)
      t.keepalived.carrier(nic, up)
    }
    t.ownersMayHaveChanged(host)
  }

const signal =
  (kind: 'stop' | 'kill' | 'freeze' | 'thaw'): Act =>
  (t, host) => {
    t.keepalived.input(host, { kind })
    t.ownersMayHaveChanged(host)
  }

const configure = (t: FaultTargets, host: number, event: EventModel): void => {
  if (event.keepalived !== undefined) t.keepalived.configure(host, processConfigOf(event.keepalived, t.workTimes.get(event.target)))
}

const script =
  (ok: boolean): Act =>
  (t, host, event) =>
    t.keepalived.input(host, { kind: 'script', script: event.options['script'] === undefined ? null : String(event.options['script']), ok })

const process =
  (up: boolean): Act =>
  (t, host, event) =>
    t.keepalived.input(host, { kind: 'process', process: String(event.options['name']), up })

function crash(t: FaultTargets, host: number, event: EventModel): void {
  const silent = event.options['silent'] === true
  t.network.setPower(host, false, silent)
  t.keepalived.input(host, { kind: 'crash' })
  t.forgetHost(host)
  t.ownersMayHaveChanged(host)
}

function boot(t: FaultTargets, host: number, event: EventModel): void {
  t.network.setPower(host, true, false)
  configure(t, host, event)
  t.restoreHost(host)
  for (const nic of t.network.stack.hosts[host].nics) t.keepalived.carrier(nic, true)
  t.keepalived.input(host, { kind: 'boot' })
  t.ownersMayHaveChanged(host)
}

function garp(t: FaultTargets, host: number, event: EventModel): void {
  const { network } = t
  const address = network.addresses.intern(Number(event.options['vip']))
  const nic = network.stack.hosts[host].nics[0]
  network.stack.addAddress(host, address, nic)
  network.neighbours.announceAddress(nic, address)
  t.ownersMayHaveChanged(host)
}

/** `groups`: one text a group, host names separated by commas. */
function split(t: FaultTargets, _host: number, event: EventModel): void {
  const groups = (event.options['groups'] ?? []) as readonly string[]
  const numbers = groups.map(g => g.split(',').map(name => t.network.stack.hostNames.indexOf(name)))
  const named = new Set(numbers.flat())
  const rest = t.network.stack.hostNames.map((_, h) => h).filter(h => !named.has(h))
  t.network.split([rest, ...numbers])
}

const ACTS: Readonly<Record<EventVerb, Act>> = {
  start: (t, host, event) => {
    configure(t, host, event)
    t.keepalived.input(host, { kind: 'start' })
    t.ownersMayHaveChanged(host)
  },
  stop: signal('stop'),
  kill: signal('kill'),
  freeze: signal('freeze'),
  thaw: signal('thaw'),
  crash,
  boot,
  link_down: carrier(false),
  link_up: carrier(true),
  partition: cut(true, true, true),
  heal: cut(true, true, false),
  mute: cut(true, false, true),
  unmute: cut(true, false, false),
  deaf: cut(false, true, true),
  undeaf: cut(false, true, false),
  split,
  join: t => t.network.split([]),
  reload: (t, host, event) => (event.keepalived === undefined ? t.keepalived.reload(host) : configure(t, host, event)),
  script_fail: script(false),
  script_ok: script(true),
  track_file: (t, host, event) =>
    t.keepalived.input(host, { kind: 'file', file: String(event.options['name']), value: Number(event.options['value']) }),
  process_down: process(false),
  process_up: process(true),
  real_server: (t, host, event) =>
    t.realServer(host, String(event.options['what']), event.options['port'] === undefined ? undefined : Number(event.options['port'])),
  ipvsadm: (t, host, event) => t.ipvsadm(host, event.ipvs ?? []),
  sysctl: (t, host, event) => t.sysctl(host, String(event.options['key']), event.options['value'] as string | number),
  set: (t, host, event) => {
    if (event.options['forward'] !== undefined && host >= 0) t.network.stack.forwards[host] = event.options['forward'] === true ? 1 : 0
    for (const link of setLink(t.network, event)) t.linkRateChanged(link)
  },
  garp,
}

/** What each verb looks like to somebody who stands beside the machine. */
const WORDS: Partial<Record<EventVerb, string>> = {
  crash: 'loses power',
  boot: 'is powered on',
  stop: 'keepalived is stopped (SIGTERM)',
  kill: 'keepalived is killed (SIGKILL)',
  start: 'keepalived is started',
  freeze: 'keepalived is frozen (SIGSTOP)',
  thaw: 'keepalived goes on (SIGCONT)',
  reload: 'keepalived reads its configuration again (SIGHUP)',
  link_down: 'the cable is pulled',
  link_up: 'the cable is plugged in',
  partition: 'is cut off from the LAN; its carrier stays',
  heal: 'is connected to the LAN again',
  mute: 'is heard no more; it still hears',
  unmute: 'is heard again',
  deaf: 'hears no more; it is still heard',
  undeaf: 'hears again',
}

export function actOn(t: FaultTargets, event: EventModel): void {
  const host = t.network.stack.hostNames.indexOf(event.target)
  const { file, line } = event.at
  const cause = because('scenario-event', `the scenario says so (${file}:${line})`, { file, line })
  const words = WORDS[event.verb] ?? event.verb.replace(/_/g, ' ')
  const details = Object.entries(event.options)
    .map(([k, v]) => `${k} ${String(v)}`)
    .join(', ')
  t.report({
    t: t.network.engine.now as Instant,
    host: event.target,
    kind: 'fault',
    what: details === '' ? words : `${words} (${details})`,
    cause,
    fields: { verb: event.verb, ...event.options },
  })
  ACTS[event.verb](t, host, event)
}
