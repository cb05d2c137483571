/** The tables of a run's directors as the recorder printed them. */
import type { ListedConnection, ListedService } from '../config/index.ts'
import type { Simulation } from '../compile/index.ts'
import type { CaseFile } from './case-file.ts'
import type { Poll, PolledKind } from './compare/tables.ts'
import type { ObservedConnection, ObservedOf, ObservedService } from './observed.ts'
import type { PlannedPoll } from './poll-plan.ts'

const NETMASK_HEX_DIGITS = 8

export class TableReader {
  private readonly simulation: Simulation
  private readonly recorded: CaseFile

  constructor(recorded: CaseFile, simulation: Simulation) {
    this.recorded = recorded
    this.simulation = simulation
  }

  /** Undefined for a host without IPVS. */
  read(poll: PlannedPoll): Poll | undefined {
    const host = this.hostOf(poll.host)
    if (host < 0) return undefined
    const at = { t: poll.atNs / 1e9, host: poll.host }
    return { seen: this.line(poll, host, at), forLine: poll.forLine }
  }

  hostOf(name: string): number {
    const host = this.simulation.network.stack.hostNames.indexOf(name)
    return this.simulation.directors.hosts.includes(host) ? host : -1
  }

  private line(poll: PlannedPoll, host: number, at: { t: number; host: string }): ObservedOf<PolledKind> {
    const { ipvs } = this.simulation.directors
    if (poll.kind === 'ipvs') return { kind: 'ipvs', ...at, services: ipvs.services(host).map(s => this.service(s)) }
    if (poll.kind === 'conn') return { kind: 'conn', ...at, conns: ipvs.connections(host).map(connection) }
    if (poll.kind === 'persist') return { kind: 'persist', ...at, services: this.persistence(poll, ipvs.services(host)) }
    return this.step(poll, ipvs.connections(host), at)
  }

  private service(s: ListedService): ObservedService {
    const { key } = s
    const flags = [
      ...(s.persistence === undefined
        ? []
        : ['persistent', String(Math.round(s.persistence.timeoutS * this.simulation.model.hz)), netmaskHex(s)]),
      ...(s.onePacket === true ? ['ops'] : []),
    ]
    return {
      vip: key.protocol === 'FWM' ? String(key.mark) : `${key.address}:${key.port}`,
      proto: key.protocol,
      scheduler: s.scheduler,
      ...(flags.length === 0 ? {} : { flags }),
      rs: s.servers.map(r => ({
        addr: `${r.address}:${r.port}`,
        fwd: r.forward,
        weight: r.weight,
        active: r.active,
        inact: r.inactive,
      })),
    }
  }

  /** Of the services that the recorded line has. */
  private persistence(poll: PlannedPoll, services: readonly ListedService[]): ObservedOf<'persist'>['services'] {
    const line = this.recorded.observed[poll.forLine] as ObservedOf<'persist'>
    return services
      .map(s => ({
        vip: s.key.protocol === 'FWM' ? String(s.key.mark) : `${s.key.address}:${s.key.port}`,
        rs: s.servers.map(r => ({
          addr: `${r.address}:${r.port}`,
          weight: r.weight,
          persist: r.persistent ?? 0,
          active: r.active,
          inact: r.inactive,
        })),
      }))
      .filter(s => line.services.some(l => l.vip === s.vip))
  }

  /** The entry that a walk is about: its client has one. */
  private step(poll: PlannedPoll, connections: readonly ListedConnection[], at: { t: number; host: string }): ObservedOf<'step'> {
    const line = this.recorded.observed[poll.forLine] as ObservedOf<'step'>
    const entry = connections.map(connection).find(c => c.client === line.client)
    return { ...line, ...at, state: entry?.state ?? null, expire_s: entry?.expire_s ?? null, rs: entry?.rs ?? null }
  }
}

/** As /proc prints a persistence netmask. */
function netmaskHex(s: ListedService): string {
  const octets = (s.persistence?.netmask ?? '255.255.255.255').split('.').map(Number)
  return octets
    .map(o => o.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
    .padStart(NETMASK_HEX_DIGITS, '0')
}

export function connection(c: ListedConnection): ObservedConnection {
  const text = (e: { address: string; port: number }) => `${e.address}:${e.port}`
  return { proto: c.protocol, expire_s: c.expireS, state: c.state, client: text(c.client), vip: text(c.virtual), rs: text(c.destination) }
}
