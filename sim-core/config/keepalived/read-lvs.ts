/**
 * virtual_server with its real servers, as keepalived 2.2.7 works with them: defaults of semantics.md §3.1, what is
 * inherited, and the corrections that it makes, each a warning. Tested in test/config/keepalived-lvs.test.ts.
 */
import type { Position } from '../../base/problem.ts'
import { canonicalFlag, SCHEDULER_FLAGS, SCHEDULERS, sortFlags } from '../ipvsadm/index.ts'
import { Fields, type Handlers, UINT_MAX } from './fields.ts'
import { VIRTUAL_SERVER_IGNORED } from './keywords.ts'
import { type CheckerSettings, DEFAULT_DELAY_LOOP, settingHandlers } from './read-checkers.ts'
import { forwarding, notifyHandlers, realServers } from './read-real-server.ts'
import type { Report } from './report.ts'
import type { Statement } from './tree.ts'
import type { ForwardingMethod, Protocol, RealServer, ServiceAddress, SorryServer, VirtualServer } from './types-lvs.ts'

const DEFAULT_SCHEDULER = 'wlc'
const PERSISTENCE_DEFAULT_S = 360

interface Draft extends CheckerSettings {
  protocol?: Protocol
  scheduler?: string
  readonly flags: { readonly name: string; readonly at: Position }[]
  ops: boolean
  forward?: ForwardingMethod
  persistenceS?: number
  granularity?: string
  quorum?: number
  hysteresis?: number
  omega: boolean
  haSuspend: boolean
  inhibit: boolean
  weight?: number
  sorry?: { readonly at: Position; readonly address: string; readonly port?: number }
  sorryForward?: ForwardingMethod
  sorryInhibit: boolean
  readonly real: Statement[]
  readonly notify: Record<string, string>
}

/** The virtual server, or undefined when keepalived leaves it out (reported). */
export function readVirtualServer(s: Statement, report: Report): VirtualServer | undefined {
  const f = new Fields(report, ['virtual_server', ...s.args.map(w => w.text)].join(' '))
  const service = serviceAddress(f, s)
  const d: Draft = { flags: [], ops: false, omega: false, haSuspend: false, inhibit: false, sorryInhibit: false, real: [], notify: {} }
  const where = f.read(s, { ...settingHandlers(f, d), ...handlers(f, d) }, VIRTUAL_SERVER_IGNORED)
  if (service === undefined || s.block === undefined) return undefined
  const warn = (keyword: string, code: string, message: string, remedy: string) =>
    report.warn(where[keyword] ?? s.keyword.at, code, `${f.block}: ${message}`, remedy)
  const protocol = d.protocol ?? (service.kind === 'fwmark' ? 'TCP' : 'UDP')
  if (d.protocol === undefined && service.kind !== 'fwmark')
    warn('', 'protocol-default', 'no protocol is set; keepalived takes UDP', 'add protocol TCP')
  if (d.protocol !== undefined && service.kind === 'fwmark')
    warn('protocol', 'protocol-ignored', 'a firewall-mark service has no protocol; it is ignored', 'remove it')
  const scheduler = d.scheduler ?? DEFAULT_SCHEDULER
  if (d.scheduler === undefined && where.lb_algo === undefined && where.lvs_sched === undefined)
    warn('', 'scheduler-default', `no lb_algo is set; keepalived takes ${DEFAULT_SCHEDULER}`, `add lb_algo ${DEFAULT_SCHEDULER}`)
  const forward = d.forward ?? 'NAT'
  if (d.forward === undefined && where.lb_kind === undefined && where.lvs_method === undefined)
    warn('', 'forward-default', 'no lb_kind is set; keepalived takes NAT', 'add lb_kind NAT, or DR')
  const servers = realServers(f, d, service, forward)
  if (servers.length === 0) {
    warn('', 'no-real-servers', 'it has no real servers; keepalived leaves it out', 'add a real_server')
    return undefined
  }
  const persistence = persistenceOf(d, service, warn)
  const sorryServer = sorry(d, service, forward, warn)
  return {
    at: s.keyword.at,
    where,
    service,
    protocol,
    scheduler,
    schedulerFlags: flagsOf(f, d, scheduler),
    onePacket: onePacket(d, protocol, service, warn),
    forward,
    ...(persistence === undefined ? {} : { persistence }),
    delayLoopNs: d.delayLoopNs ?? DEFAULT_DELAY_LOOP,
    ...quorumOf(d, servers, warn),
    alpha: d.alpha ?? false,
    omega: d.omega,
    haSuspend: haSuspend(d, service, warn),
    inhibitOnFailure: d.inhibit,
    ...(d.virtualhost === undefined ? {} : { virtualhost: d.virtualhost }),
    ...(sorryServer === undefined ? {} : { sorryServer }),
    realServers: servers,
    notify: d.notify,
  }
}

type Warn = (keyword: string, code: string, message: string, remedy: string) => void

function serviceAddress(f: Fields, s: Statement): ServiceAddress | undefined {
  const [first, second, third] = s.args
  if (first === undefined) {
    f.report.error(
      s.keyword.at,
      'value-missing',
      'virtual_server has no address',
      'write virtual_server ADDRESS PORT, fwmark N or group NAME',
    )
    return undefined
  }
  if ((first.text === 'fwmark' || first.text === 'group') && second === undefined) {
    f.report.error(
      first.at,
      'value-missing',
      `${f.block}: ${first.text} has no value`,
      `write virtual_server ${first.text} ${first.text === 'group' ? 'NAME' : 'N'}`,
    )
    return undefined
  }
  const extra = first.text === 'fwmark' || first.text === 'group' ? third : s.args[2]
  if (extra !== undefined) f.report.warn(extra.at, 'words-extra', `${f.block}: keepalived ignores "${extra.text}"`, 'remove it')
  if (first.text === 'group') return { kind: 'group', name: second.text }
  if (first.text === 'fwmark') {
    const mark = f.number(second, f.block, 1, UINT_MAX)
    return mark === undefined ? undefined : { kind: 'fwmark', mark }
  }
  const address = f.address(first, f.block)
  const port = second === undefined ? 0 : f.number(second, `${f.block}: port`, 0, 65_535, 'error')
  return address === undefined || port === undefined ? undefined : { kind: 'address', address, port }
}

function handlers(f: Fields, d: Draft): Handlers {
  const scheduler = (s: Statement) => void (d.scheduler = f.choice(s, SCHEDULERS))
  const method = (s: Statement) => void (d.forward = forwarding(f, s))
  return {
    lb_algo: scheduler,
    lvs_sched: scheduler,
    lb_kind: method,
    lvs_method: method,
    protocol: s => void (d.protocol = f.choice(s, ['TCP', 'UDP', 'SCTP'])),
    persistence_timeout: s => {
      const word = f.words(s, 0, 1)?.[0]
      d.persistenceS = word === undefined ? PERSISTENCE_DEFAULT_S : f.number(word, f.name(s), 1, UINT_MAX)
    },
    persistence_granularity: s => {
      const word = f.words(s, 1, 1)?.[0]
      d.granularity = word === undefined ? undefined : f.address(word, f.name(s))
      d.persistenceS ??= PERSISTENCE_DEFAULT_S
    },
    ops: s => void (d.ops = f.flag(s)),
    quorum: s => void (d.quorum = f.unsigned(s, 1, UINT_MAX)),
    hysteresis: s => void (d.hysteresis = f.unsigned(s, 0, UINT_MAX)),
    omega: s => void (d.omega = f.flag(s)),
    ha_suspend: s => void (d.haSuspend = f.flag(s)),
    inhibit_on_failure: s => void (d.inhibit = f.bool(s) ?? false),
    weight: s => void (d.weight = f.unsigned(s, 1, 65_535)),
    sorry_server: s => {
      const words = f.words(s, 1, 2)
      const address = words && f.address(words[0], f.name(s))
      const port = words?.[1] === undefined ? undefined : f.number(words[1], f.name(s), 0, 65_535)
      if (address !== undefined) d.sorry = { at: s.keyword.at, address, ...(port === undefined ? {} : { port }) }
    },
    sorry_server_inhibit: s => void (d.sorryInhibit = f.flag(s)),
    sorry_server_lvs_method: s => void (d.sorryForward = forwarding(f, s)),
    real_server: s => void d.real.push(s),
    ...Object.fromEntries(
      SCHEDULER_FLAGS.map(name => [name, (s: Statement) => void (f.flag(s) && d.flags.push({ name, at: s.keyword.at }))]),
    ),
    ...notifyHandlers(f, d.notify),
  }
}

function persistenceOf(d: Draft, service: ServiceAddress, warn: Warn): VirtualServer['persistence'] {
  const granularity = d.granularity ?? '255.255.255.255'
  if (d.persistenceS !== undefined) return { timeoutS: d.persistenceS, granularity }
  if (service.kind !== 'address' || service.port !== 0) return undefined
  warn(
    '',
    'persistence-set',
    `port 0 (every port) needs persistence; keepalived sets ${PERSISTENCE_DEFAULT_S} s`,
    'add persistence_timeout, or write the port',
  )
  return { timeoutS: PERSISTENCE_DEFAULT_S, granularity }
}

function quorumOf(d: Draft, servers: readonly RealServer[], warn: Warn): { quorum: number; hysteresis: number } {
  const total = servers.reduce((sum, r) => sum + r.weight, 0)
  let quorum = d.quorum ?? 1
  let hysteresis = d.hysteresis ?? 0
  if (quorum > total && total > 0) {
    warn(
      'quorum',
      'quorum-reduced',
      `quorum ${quorum} is more than all weights together; it becomes ${total}`,
      `write quorum ${total} or less`,
    )
    quorum = total
  }
  if (hysteresis >= quorum && hysteresis > 0) {
    warn(
      'hysteresis',
      'hysteresis-reduced',
      `hysteresis ${hysteresis} is not below the quorum; it becomes ${quorum - 1}`,
      `write hysteresis ${quorum - 1} or less`,
    )
    hysteresis = quorum - 1
  }
  return { quorum, hysteresis }
}

function flagsOf(f: Fields, d: Draft, scheduler: string): string[] {
  const names: string[] = []
  for (const { name, at } of d.flags) {
    const canonical = canonicalFlag(scheduler, name)
    if (canonical !== undefined) names.push(canonical)
    else f.report.warn(at, 'flag-ignored', `${f.block}: ${name} does not go with the scheduler ${scheduler}; it is ignored`, 'remove it')
  }
  return sortFlags(scheduler, names)
}

function onePacket(d: Draft, protocol: Protocol, service: ServiceAddress, warn: Warn): boolean {
  if (!d.ops || service.kind === 'fwmark' || protocol === 'UDP') return d.ops
  warn('ops', 'ops-cleared', 'one-packet scheduling is only for UDP; ops is cleared', 'remove it')
  return false
}

function haSuspend(d: Draft, service: ServiceAddress, warn: Warn): boolean {
  if (!d.haSuspend || service.kind !== 'fwmark') return d.haSuspend
  warn('ha_suspend', 'ha-suspend-cleared', 'ha_suspend needs an address, not a firewall mark; it is cleared', 'remove it')
  return false
}

function sorry(d: Draft, service: ServiceAddress, forward: ForwardingMethod, warn: Warn): SorryServer | undefined {
  if (d.sorry === undefined) return undefined
  const method = d.sorryForward ?? forward
  let port = d.sorry.port ?? (service.kind === 'address' ? service.port : 0)
  if (service.kind === 'address' && method !== 'NAT' && port !== service.port) {
    warn(
      'sorry_server',
      'port-forced',
      `the port of the sorry server becomes ${service.port}: ${method} does not change ports`,
      `write ${service.port}`,
    )
    port = service.port
  }
  return { at: d.sorry.at, address: d.sorry.address, port, forward: method, inhibit: d.sorryInhibit }
}

/** The address of a virtual server as keepalived names it, equal for equal services. */
export const serviceName = (s: ServiceAddress): string =>
  s.kind === 'address' ? `${s.address} ${s.port}` : s.kind === 'fwmark' ? `fwmark ${s.mark}` : `group ${s.name}`
