/**
 * The virtual services of a cluster, from ipvsadm rules and keepalived's virtual servers, and what `serves: all`
 * means with them: every VIP on lo, and every port answered that a service forwards or a checker probes.
 */
import { formatIpv4, parseIpv4 } from '../base/address.ts'
import type { KeepalivedConfig, VirtualServer } from '../config/index.ts'
import { byText, type HostDraft } from './draft.ts'

export interface Endpoint {
  readonly protocol: 'TCP' | 'UDP'
  readonly address: number
  readonly port: number
}

/** A service with where it leads. */
interface Service {
  readonly protocol: 'TCP' | 'UDP'
  readonly vip: number
  readonly port: number
  readonly servers: readonly { readonly address: number; readonly port: number; readonly natted: boolean }[]
}

export function servicesOf(hosts: readonly HostDraft[]): Service[] {
  return hosts.flatMap(h => [
    ...rulesServices(h),
    ...(h.keepalived?.virtualServers ?? []).flatMap(v => keepalivedServices(v, h.keepalived as KeepalivedConfig)),
  ])
}

function rulesServices(host: HostDraft): Service[] {
  return host.services.flatMap(s => {
    if (s.key.protocol === 'FWM' || s.key.protocol === 'SCTP') return []
    const servers = s.servers.map(r => ({ address: ip(r.address), port: r.port, natted: r.forward === 'Masq' }))
    return [{ protocol: s.key.protocol, vip: ip(s.key.address), port: s.key.port, servers }]
  })
}

function keepalivedServices(v: VirtualServer, config: KeepalivedConfig): Service[] {
  if (v.protocol === 'SCTP') return []
  const protocol = v.protocol
  const sorry = v.sorryServer === undefined ? [] : [v.sorryServer]
  const servers = [...v.realServers, ...sorry].map(r => ({ address: ip(r.address), port: r.port, natted: r.forward === 'NAT' }))
  return addressesOfService(v, config).map(({ address, port }) => ({ protocol, vip: address, port, servers }))
}

function addressesOfService(v: VirtualServer, config: KeepalivedConfig): { address: number; port: number }[] {
  const { service } = v
  if (service.kind === 'address') return [{ address: ip(service.address), port: service.port }]
  if (service.kind === 'fwmark') return []
  const group = config.virtualServerGroups.find(g => g.name === service.name)
  return (group?.entries ?? []).flatMap(e =>
    e.kind === 'fwmark'
      ? []
      : Array.from({ length: Math.min(GROUP_MAX, ip(e.last) - ip(e.first) + 1) }, (_, i) => ({ address: ip(e.first) + i, port: e.port })),
  )
}
const GROUP_MAX = 65_536

const ip = (text: string): number => parseIpv4(text) ?? 0

/** VIPs of VRRP instances, of services and set by hand: ascending. */
export function vipsOf(hosts: readonly HostDraft[]): number[] {
  const vips = new Set<number>(servicesOf(hosts).map(s => s.vip))
  for (const h of hosts) {
    for (const i of h.keepalived?.instances ?? [])
      for (const v of [...i.vips, ...i.excludedVips]) if (parseIpv4(v.address) !== undefined) vips.add(ip(v.address))
    for (const v of h.raw.vips ?? []) vips.add(ip(v))
  }
  return [...vips].sort((a, b) => a - b)
}

/** What a real server answers that serves everything: on the VIPs, and on its own addresses for NAT and checkers. */
export function servesAll(host: HostDraft, hosts: readonly HostDraft[]): Endpoint[] {
  const own = addressesOfHost(host)
  const out: Endpoint[] = []
  for (const s of servicesOf(hosts)) {
    out.push({ protocol: s.protocol, address: s.vip, port: s.port })
    for (const address of own)
      out.push({ protocol: s.protocol, address, port: s.servers.find(r => own.includes(r.address))?.port || s.port })
  }
  for (const probe of probesOf(hosts)) if (own.includes(probe.address)) out.push(probe)
  return uniqueEndpoints(out)
}

const PROBED_OVER: Readonly<Record<string, 'TCP' | 'UDP'>> = {
  ...{ TCP_CHECK: 'TCP', HTTP_GET: 'TCP', SSL_GET: 'TCP', SMTP_CHECK: 'TCP' },
  ...{ DNS_CHECK: 'UDP', UDP_CHECK: 'UDP' },
}

/** Where keepalived's checkers connect. */
function probesOf(hosts: readonly HostDraft[]): Endpoint[] {
  return hosts.flatMap(h =>
    (h.keepalived?.virtualServers ?? []).flatMap(v =>
      v.realServers.flatMap(r =>
        r.checkers
          .filter(c => PROBED_OVER[c.kind] !== undefined)
          .map(c => ({ protocol: PROBED_OVER[c.kind] as 'TCP' | 'UDP', address: ip(c.connectIp), port: c.connectPort })),
      ),
    ),
  )
}

export const addressesOfHost = (host: Pick<HostDraft, 'interfaces'>): number[] =>
  host.interfaces.flatMap(i => (i.address === undefined ? i.moreAddresses : [i.address, ...i.moreAddresses]))

export function uniqueEndpoints(endpoints: readonly Endpoint[]): Endpoint[] {
  const known = new Map(endpoints.map(e => [`${e.protocol} ${formatIpv4(e.address)}:${e.port}`, e]))
  return [...known.values()].sort((a, b) => a.address - b.address || a.port - b.port || byText(a.protocol, b.protocol))
}
