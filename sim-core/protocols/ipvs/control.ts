/**
 * Changes of a director's services and servers, by ipvsadm or keepalived (ip_vs_ctl.c of Linux 6.1).
 *
 * A new server goes to the head of the service's list. A removed one waits in the trash while connections point at it and
 * at least two minutes more; added again in that time it comes back with its counters, and its connections go on
 * (even when its service was removed and made again, as a restarted keepalived does).
 */
import { parseIpv4 } from '../../base/address.ts'
import { assert } from '../../base/assert.ts'
import { PACKET_TCP, PACKET_UDP } from '../../net/index.ts'
import {
  type CommandResult,
  DAEMON_RUNS,
  type IpvsCommand,
  NO_DAEMON,
  NO_SUCH_SCHEDULER,
  NO_SUCH_SERVER,
  NO_SUCH_SERVICE,
  SERVER_EXISTS,
  SERVICE_EXISTS,
  type ServerSpec,
  type ServiceKey,
  type ServiceSpec,
} from './commands.ts'
import { FORWARD_MASQ, FORWARD_ROUTE, FORWARD_TUNNEL } from './connection-table.ts'
import { DEST_AVAILABLE, DEST_OVERLOADED } from './destinations.ts'
import type { Director } from './director.ts'
import { serverText, serviceText } from './listing.ts'
import { schedulerNamed, schedulerOf, type ServerChange } from './schedulers/index.ts'
import { identityOf, type Service } from './services.ts'
import { setTimeouts, type TimeoutSeconds, timeoutsOf } from './settings.ts'
import type { SyncDaemonOptions } from './sync-daemons.ts'

const FORWARDS: Readonly<Record<ServerSpec['forward'], number>> = {
  Route: FORWARD_ROUTE,
  Local: FORWARD_ROUTE,
  Tunnel: FORWARD_TUNNEL,
  Masq: FORWARD_MASQ,
}
const TRASH_CHECK_S = 60
const TRASH_PERIOD_S = 120
const NETMASK_ALL = 0xffffffff

/** Timers that only a change of the tables starts. */
export interface ControlTimers {
  /** Asks for `emptyTrash` after so many jiffies. */
  armTrash(jiffies: number): void
  /** Asks for flushDeadConnections by delayed work. */
  armFlush(jiffies: number): void
}

export class Control {
  private readonly d: Director
  private readonly timers: ControlTimers

  constructor(director: Director, timers: ControlTimers) {
    this.d = director
    this.timers = timers
  }

  command(c: IpvsCommand): CommandResult {
    const { d } = this
    switch (c.kind) {
      case 'add-service':
        return this.addService(c.service)
      case 'edit-service':
        return this.withService(c.service.key, service => this.editService(service, c.service))
      case 'delete-service':
        return this.withService(c.key, service => this.deleteService(service))
      case 'add-server':
        return this.withService(c.key, service => this.addServer(service, c.server))
      case 'edit-server':
        return this.withServer(c.key, c.server, (service, dest) => this.editServer(service, dest, c.server))
      case 'delete-server':
        return this.withServer(c.key, c, (service, dest) => this.deleteServer(service, dest))
      case 'clear':
        for (const service of [...d.services.list]) this.deleteService(service)
        return undefined
      case 'zero':
        return this.zero(c.key)
      case 'set-timeouts':
        this.setTimeouts(c)
        return undefined
      case 'lvs-timeouts':
        if (c.restore && d.timeoutsBefore !== null) this.setTimeouts(d.timeoutsBefore)
        d.timeoutsBefore = c.timeouts === null ? null : timeoutsOf(d.entries.tcpTimeouts, d.udpTimeout, d.clock.hz)
        if (c.timeouts !== null) this.setTimeouts(c.timeouts)
        return undefined
      case 'start-daemon':
        if (c.role === 'master' ? d.sync.isMaster : d.sync.isBackup) return DAEMON_RUNS
        d.explanations.daemon(c.role, true, c)
        d.sync.start(c.role, { interface: c.interface, syncId: c.syncId, ...(c.maxlen === undefined ? {} : { maxlen: c.maxlen }) })
        return undefined
      case 'stop-daemon':
        if (!(c.role === 'master' ? d.sync.isMaster : d.sync.isBackup)) return NO_DAEMON
        d.explanations.daemon(c.role, false, (c.role === 'master' ? d.sync.master : d.sync.backup) as SyncDaemonOptions)
        d.sync.stop(c.role)
        return undefined
    }
  }

  private setTimeouts(seconds: TimeoutSeconds): void {
    const { d } = this
    setTimeouts(d.entries.tcpTimeouts, d.clock.hz, seconds)
    if (seconds.udpS > 0) d.udpTimeout = seconds.udpS * d.clock.hz
  }

  // ---- services

  private addService(spec: ServiceSpec): CommandResult {
    const { d } = this
    if (this.find(spec.key) !== undefined) return SERVICE_EXISTS
    const scheduler = schedulerOf(spec.scheduler, d.kernel)
    if (scheduler === undefined) return NO_SUCH_SCHEDULER
    const { address, port, mark, protocol } = this.where(spec.key)
    const service: Service = {
      ...{ id: d.services.nextId++, protocol, address, port, mark },
      ...this.options(spec),
      ...{ scheduler: spec.scheduler, servers: [], state: null, refusing: false, explained: false, carriesOn: false, passing: false },
    }
    d.services.counters.open(service.id)
    service.state = scheduler.init(service, d.context)
    d.services.add(service)
    d.explanations.serversChanged(`service ${serviceText(d, service)} (${service.scheduler}) added`, service, {})
    return undefined
  }

  private editService(service: Service, spec: ServiceSpec): CommandResult {
    const { d } = this
    const scheduler = schedulerOf(spec.scheduler, d.kernel)
    if (scheduler === undefined) return NO_SUCH_SCHEDULER
    Object.assign(service, this.options(spec))
    if (service.scheduler !== spec.scheduler) {
      service.scheduler = spec.scheduler
      service.state = scheduler.init(service, d.context)
    }
    d.explanations.serversChanged(`service ${serviceText(d, service)} changed`, service, {})
    return undefined
  }

  private deleteService(service: Service): CommandResult {
    const { d } = this
    for (const dest of [...service.servers]) this.unlink(dest)
    service.servers = []
    d.services.remove(service)
    d.explanations.serversChanged(`service ${serviceText(d, service)} removed`, service, {})
    return undefined
  }

  private options(spec: ServiceSpec): Pick<Service, 'schedulerFlags' | 'onePacket' | 'persistenceJiffies' | 'netmask' | 'engine'> {
    const { persistence } = spec
    const netmask = persistence === undefined ? NETMASK_ALL : (parseIpv4(persistence.netmask) ?? NETMASK_ALL)
    return {
      schedulerFlags: spec.schedulerFlags,
      onePacket: spec.onePacket,
      persistenceJiffies: (persistence?.timeoutS ?? 0) * this.d.clock.hz,
      netmask,
      engine: spec.engine ?? '',
    }
  }

  // ---- servers

  private addServer(service: Service, spec: ServerSpec): CommandResult {
    const { d } = this
    const { dests } = d
    const address = this.addressOf(spec.address)
    if (this.serverOf(service, address, spec.port) !== 0) return SERVER_EXISTS
    const identity = identityOf(service)
    let dest = d.trash.find(t => dests.address[t] === address && dests.port[t] === spec.port && dests.listensTo[t] === identity) ?? 0
    if (dest === 0) dest = dests.create(address, spec.port)
    else {
      d.trash = d.trash.filter(t => t !== dest)
      if (dests.service[dest] !== service.id) dests.counters.clear(dest) // the service was made anew; connections still count
    }
    dests.service[dest] = service.id
    dests.listensTo[dest] = identity
    dests.told[dest] = 0
    this.update(dest, spec, true)
    service.servers.unshift(dest)
    this.tellScheduler(service, { kind: 'added', dest, position: 0 })
    d.explanations.serversChanged(`${serviceText(d, service)}: server ${serverText(d, dest)} added, weight ${spec.weight}`, service, {
      server: serverText(d, dest),
      weight: spec.weight,
    })
    return undefined
  }

  private editServer(service: Service, dest: number, spec: ServerSpec): CommandResult {
    const { d } = this
    const before = d.dests.weight[dest]
    this.update(dest, spec, false)
    this.tellScheduler(service, { kind: 'changed', dest, position: service.servers.indexOf(dest) })
    const what = `${serviceText(d, service)}: server ${serverText(d, dest)} changed, weight ${before} → ${spec.weight}`
    d.explanations.serversChanged(what, service, { server: serverText(d, dest), weight: spec.weight })
    return undefined
  }

  private update(dest: number, spec: ServerSpec, added: boolean): void {
    const { dests } = this.d
    dests.weight[dest] = spec.weight
    if (added || spec.weight !== 0) dests.lastWeight[dest] = spec.weight
    dests.forward[dest] = FORWARDS[spec.forward]
    dests.flags[dest] |= DEST_AVAILABLE
    if (spec.upperThreshold === 0 || spec.upperThreshold > dests.upper[dest]) dests.flags[dest] &= ~DEST_OVERLOADED
    dests.upper[dest] = spec.upperThreshold
    dests.lower[dest] = spec.lowerThreshold
  }

  private deleteServer(service: Service, dest: number): CommandResult {
    const { d } = this
    const position = service.servers.indexOf(dest)
    service.servers.splice(position, 1)
    this.unlink(dest)
    this.tellScheduler(service, { kind: 'removed', dest, position })
    d.explanations.serverRemoved(service, dest)
    return undefined
  }

  /** Into the trash. Its connections find it unavailable from now on. */
  private unlink(dest: number): void {
    const { d } = this
    const { hz } = d.clock
    d.dests.flags[dest] &= ~DEST_AVAILABLE
    d.dests.idleSince[dest] = 0
    if (d.trash.length === 0) this.timers.armTrash(TRASH_CHECK_S * hz)
    d.trash.unshift(dest)
    // The delayed work came with 5.9; before, each connection goes when its next packet comes.
    if (d.settings.expire_nodest_conn !== 0 && d.kernel !== '4.4') this.timers.armFlush(1)
  }

  /** Every 60 s: what has been idle for 120 s goes. */
  emptyTrash(): void {
    const { d } = this
    const { dests } = d
    const now = d.jiffy()
    d.trash = d.trash.filter(dest => {
      if (dests.references(dest) > 0) return true
      if (dests.idleSince[dest] === 0) {
        dests.idleSince[dest] = Math.max(1, now)
        return true
      }
      return now < dests.idleSince[dest] + TRASH_PERIOD_S * d.clock.hz
    })
    if (d.trash.length > 0) this.timers.armTrash(TRASH_CHECK_S * d.clock.hz)
  }

  private tellScheduler(service: Service, change: ServerChange): void {
    schedulerNamed(service.scheduler)?.changed?.(service, this.d.context, change)
  }

  private zero(key: ServiceKey | undefined): CommandResult {
    const { d } = this
    const only = key === undefined ? undefined : this.find(key)
    if (key !== undefined && only === undefined) return NO_SUCH_SERVICE
    for (const service of only === undefined ? d.services.list : [only]) {
      d.services.counters.clear(service.id)
      for (let dest = 1; dest < d.dests.rows; dest++) if (d.dests.service[dest] === service.id) d.dests.counters.clear(dest)
    }
    return undefined
  }

  // ---- finding

  private withService(key: ServiceKey, act: (service: Service) => CommandResult): CommandResult {
    const service = this.find(key)
    return service === undefined ? NO_SUCH_SERVICE : act(service)
  }

  private withServer(
    key: ServiceKey,
    server: { readonly address: string; readonly port: number },
    act: (service: Service, dest: number) => CommandResult,
  ): CommandResult {
    return this.withService(key, service => {
      const dest = this.serverOf(service, this.addressOf(server.address), server.port)
      return dest === 0 ? NO_SUCH_SERVER : act(service, dest)
    })
  }

  private serverOf(service: Service, address: number, port: number): number {
    const { dests } = this.d
    return service.servers.find(s => dests.address[s] === address && dests.port[s] === port) ?? 0
  }

  private find(key: ServiceKey): Service | undefined {
    const { protocol, address, port, mark } = this.where(key)
    return this.d.services.exact(protocol, address, port, mark)
  }

  private where(key: ServiceKey): { protocol: number; address: number; port: number; mark: number } {
    if (key.protocol === 'FWM') return { protocol: 0, address: this.d.env.addresses.intern(key.mark), port: 0, mark: key.mark }
    const protocol = key.protocol === 'UDP' ? PACKET_UDP : key.protocol === 'TCP' ? PACKET_TCP : SCTP
    return { protocol, address: this.addressOf(key.address), port: key.port, mark: 0 }
  }

  private addressOf(text: string): number {
    const ip = parseIpv4(text)
    assert(ip !== undefined, `not an IPv4 address: ${text}`)
    return this.d.env.addresses.intern(ip)
  }
}

/** SCTP services are kept and listed; no packet is of that kind. */
const SCTP = 7
