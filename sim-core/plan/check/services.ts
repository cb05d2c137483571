/**
 * The virtual services of a host, whichever way they are made: virtual_server in keepalived.conf, or ipvsadm rules beside
 * it. One shape for rules to compare. Services by firewall mark have no address and are left out.
 * Tested in test/plan/check/rules.test.ts.
 */
import { formatIpv4, parseIpv4 } from '../../base/address.ts'
import type { Position } from '../../base/problem.ts'
import type { Checker, ForwardingMethod, IpvsForward, KeepalivedConfig, RealServer, VirtualServer } from '../../config/index.ts'
import type { CheckedHost } from './cluster.ts'

export interface Service {
  /** `TCP 10.0.0.10:80`. */
  readonly name: string
  readonly protocol: string
  readonly address: string
  readonly port: number
  readonly scheduler: string
  readonly at: Position
  readonly servers: readonly ServiceServer[]
  /** Who makes it. */
  readonly by: 'keepalived' | 'ipvsadm'
}

export interface ServiceServer {
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly forward: ForwardingMethod | 'Local'
  readonly at: Position
  /** Undefined: ipvsadm rules have none. */
  readonly checkers?: readonly Checker[]
}

export const servicesOf = (host: CheckedHost): Service[] => [...ofKeepalived(host.config), ...ofRules(host)]

const FORWARDS: Readonly<Record<IpvsForward, ServiceServer['forward']>> = { Route: 'DR', Masq: 'NAT', Tunnel: 'TUN', Local: 'Local' }
/** A group's range of addresses is written out up to here. */
const RANGE_MAX = 256

function ofKeepalived(config: KeepalivedConfig): Service[] {
  return config.virtualServers.flatMap(vs =>
    addressesOf(config, vs).map(({ address, port }) => ({
      name: `${vs.protocol} ${address}:${port}`,
      protocol: vs.protocol,
      address,
      port,
      scheduler: vs.scheduler,
      at: vs.at,
      by: 'keepalived' as const,
      servers: vs.realServers.map(ofRealServer),
    })),
  )
}

const ofRealServer = (s: RealServer): ServiceServer => ({
  address: s.address,
  port: s.port,
  weight: s.weight,
  forward: s.forward,
  at: s.at,
  checkers: s.checkers,
})

function addressesOf(config: KeepalivedConfig, { service }: VirtualServer): { address: string; port: number }[] {
  if (service.kind === 'address') return [service]
  if (service.kind === 'fwmark') return []
  const group = config.virtualServerGroups.find(g => g.name === service.name)
  return (group?.entries ?? []).flatMap(entry => {
    if (entry.kind !== 'addresses') return []
    const [first, last] = [parseIpv4(entry.first), parseIpv4(entry.last)]
    if (first === undefined || last === undefined) return []
    const count = Math.min(RANGE_MAX, last - first + 1)
    return Array.from({ length: count }, (_, i) => ({ address: formatIpv4(first + i), port: entry.port }))
  })
}

function ofRules({ rules }: CheckedHost): Service[] {
  return (rules?.services ?? []).flatMap(s => {
    if (s.key.protocol === 'FWM') return []
    const { protocol, address, port } = s.key
    return [
      {
        name: `${protocol} ${address}:${port}`,
        protocol,
        address,
        port,
        scheduler: s.scheduler,
        at: s.at,
        by: 'ipvsadm' as const,
        servers: s.servers.map(r => ({ address: r.address, port: r.port, weight: r.weight, forward: FORWARDS[r.forward], at: r.at })),
      },
    ]
  })
}
