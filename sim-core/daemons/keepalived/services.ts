/**
 * The virtual servers as IPVS table changes: made when keepalived starts, removed when it stops, compared on a
 * reload. Each service first, then its servers in the order of the file (the kernel lists them in reverse).
 *
 * A real server is there from the start unless it is alpha with a checker; with fewer than `quorum` of weight alive
 * the sorry server stands in. The checkers' verdicts change the table from there on.
 */
import { parseIpv4 } from '../../base/address.ts'
import type { RealServer, VirtualServer } from '../../config/keepalived/index.ts'
import type { Cause } from '../../trace/contract.ts'
import type { IpvsDestination, IpvsEffect, IpvsServiceKey, IpvsServiceOptions } from './messages.ts'
import type { KeepalivedProcessConfig } from './process-config.ts'

const because = (rule: string, text: string): Cause => ({ rule, text, source: 'keepalived 2.2.7' })

/** The kernel's services behind one virtual_server: several when it names a virtual_server_group. */
export function serviceKeys(config: KeepalivedProcessConfig, vs: VirtualServer): IpvsServiceKey[] {
  const at = (ip: number, port: number): IpvsServiceKey => ({ protocol: vs.protocol, ip, port, mark: 0 })
  const marked = (mark: number): IpvsServiceKey => ({ protocol: vs.protocol, ip: 0, port: 0, mark })
  const s = vs.service
  if (s.kind === 'address') return [at(parseIpv4(s.address) ?? 0, s.port)]
  if (s.kind === 'fwmark') return [marked(s.mark)]
  const group = config.virtualServerGroups.find(g => g.name === s.name)
  return (group?.entries ?? []).flatMap(e => {
    if (e.kind === 'fwmark') return [marked(e.mark)]
    const first = parseIpv4(e.first) ?? 0
    const count = (parseIpv4(e.last) ?? first) - first + 1
    return Array.from({ length: count }, (_, k) => at(first + k, e.port))
  })
}

const optionsOf = (vs: VirtualServer): IpvsServiceOptions => ({
  scheduler: vs.scheduler,
  schedulerFlags: vs.schedulerFlags,
  onePacket: vs.onePacket,
  persistence: vs.persistence ?? null,
})

const startsDown = (rs: RealServer): boolean => rs.alpha && rs.checkers.length > 0

const destinationOf = (rs: RealServer): IpvsDestination => ({
  ip: parseIpv4(rs.address) ?? 0,
  port: rs.port,
  forward: rs.forward,
  weight: startsDown(rs) ? 0 : rs.weight,
  uthreshold: rs.uthreshold,
  lthreshold: rs.lthreshold,
})

/** The servers a virtual server begins with, in the order of adding. */
export function firstDestinations(vs: VirtualServer): IpvsDestination[] {
  const alive = vs.realServers.filter(rs => !startsDown(rs))
  const weight = alive.reduce((sum, rs) => sum + rs.weight, 0)
  const inhibited = vs.realServers.filter(rs => startsDown(rs) && rs.inhibitOnFailure)
  if (weight >= vs.quorum || vs.sorryServer === undefined)
    return vs.realServers.filter(rs => alive.includes(rs) || inhibited.includes(rs)).map(destinationOf)
  const sorry = vs.sorryServer
  return [{ ip: parseIpv4(sorry.address) ?? 0, port: sorry.port, forward: sorry.forward, weight: 1, uthreshold: 0, lthreshold: 0 }]
}

export function addVirtualServer(config: KeepalivedProcessConfig, vs: VirtualServer, why: Cause): IpvsEffect[] {
  const keys = serviceKeys(config, vs)
  return [
    ...keys.map((service): IpvsEffect => ({ kind: 'ipvsAddService', service, options: optionsOf(vs), cause: why })),
    ...firstDestinations(vs).flatMap(dest => keys.map((service): IpvsEffect => ({ kind: 'ipvsAddDest', service, dest, cause: why }))),
  ]
}

export function removeVirtualServer(config: KeepalivedProcessConfig, vs: VirtualServer, why: Cause): IpvsEffect[] {
  const keys = serviceKeys(config, vs)
  return [
    ...firstDestinations(vs).flatMap(dest => keys.map((service): IpvsEffect => ({ kind: 'ipvsDelDest', service, dest, cause: why }))),
    ...keys.map((service): IpvsEffect => ({ kind: 'ipvsDelService', service, cause: why })),
  ]
}

export function servicesAtStart(config: KeepalivedProcessConfig): IpvsEffect[] {
  const flush: IpvsEffect[] = config.lvsFlush
    ? [{ kind: 'ipvsFlush', cause: because('keepalived-lvs-flush', 'lvs_flush: the table is emptied before keepalived fills it') }]
    : []
  const why = because('keepalived-start', 'keepalived makes its virtual servers when it starts')
  return [...flush, ...config.virtualServers.flatMap(vs => addVirtualServer(config, vs, why))]
}

export function servicesAtStop(config: KeepalivedProcessConfig): IpvsEffect[] {
  if (config.lvsFlushOnStop)
    return [{ kind: 'ipvsFlush', cause: because('keepalived-lvs-flush', 'lvs_flush_onstop: the whole table is emptied') }]
  const why = because('keepalived-stop', 'keepalived removes its virtual servers when it stops; connections of the past keep their entries')
  return config.virtualServers.flatMap(vs => removeVirtualServer(config, vs, why))
}

const text = (value: unknown): string => JSON.stringify(value)
const sameServer = (a: IpvsDestination, b: IpvsDestination): boolean => a.ip === b.ip && a.port === b.port

/** What SIGHUP changes: services that came, went or have other options, and their servers likewise. */
export function servicesAtReload(config: KeepalivedProcessConfig, previous: KeepalivedProcessConfig): IpvsEffect[] {
  const why = because('keepalived-reload', 'the reloaded configuration says otherwise')
  const nameOf = (c: KeepalivedProcessConfig, vs: VirtualServer) => text(serviceKeys(c, vs))
  const gone = previous.virtualServers.filter(old => !config.virtualServers.some(vs => nameOf(config, vs) === nameOf(previous, old)))
  const out: IpvsEffect[] = gone.flatMap(vs => removeVirtualServer(previous, vs, why))
  for (const vs of config.virtualServers) {
    const old = previous.virtualServers.find(p => nameOf(previous, p) === nameOf(config, vs))
    out.push(...(old === undefined ? addVirtualServer(config, vs, why) : changedVirtualServer(config, vs, old, why)))
  }
  return out
}

function changedVirtualServer(config: KeepalivedProcessConfig, vs: VirtualServer, old: VirtualServer, why: Cause): IpvsEffect[] {
  const now = firstDestinations(vs)
  const then = firstDestinations(old)
  return serviceKeys(config, vs).flatMap(service => [
    ...then.filter(t => !now.some(n => sameServer(n, t))).map((dest): IpvsEffect => ({ kind: 'ipvsDelDest', service, dest, cause: why })),
    ...(text(optionsOf(vs)) === text(optionsOf(old))
      ? []
      : [{ kind: 'ipvsEditService', service, options: optionsOf(vs), cause: why } as const]),
    ...now.flatMap((dest): IpvsEffect[] => {
      const before = then.find(t => sameServer(t, dest))
      if (before === undefined) return [{ kind: 'ipvsAddDest', service, dest, cause: why }]
      return text(before) === text(dest) ? [] : [{ kind: 'ipvsEditDest', service, dest, cause: why }]
    }),
  ])
}
