/** Virtual services of a cluster, whichever file says them: virtual_server blocks and lines of ipvsadm. */
import { parseIpv4 } from '../../base/address.ts'
import type { Cluster } from '../check/index.ts'

export interface StarterService {
  readonly protocol: 'TCP' | 'UDP'
  /** u32. */
  readonly vip: number
  readonly port: number
  readonly servers: readonly { readonly address: number; readonly nat: boolean }[]
}

/** Each once; marks of a firewall and SCTP are told of in `leftOut`. */
export function servicesOf(cluster: Cluster): { readonly services: StarterService[]; readonly leftOut: readonly string[] } {
  const found = new Map<string, StarterService>()
  const leftOut = new Set<string>()
  const add = (protocol: string, address: string, port: number, servers: StarterService['servers']): void => {
    const vip = parseIpv4(address)
    if (vip === undefined || protocol === 'SCTP' || port === 0) leftOut.add(`${protocol} ${address}:${port}`)
    else if (!found.has(`${protocol} ${vip} ${port}`))
      found.set(`${protocol} ${vip} ${port}`, { protocol: protocol === 'UDP' ? 'UDP' : 'TCP', vip, port, servers })
  }
  const server = (address: string, nat: boolean) => ({ address: parseIpv4(address) ?? 0, nat })
  for (const { config, rules } of cluster.hosts) {
    for (const v of config.virtualServers) {
      const servers = [...v.realServers, ...(v.sorryServer === undefined ? [] : [v.sorryServer])].map(r =>
        server(r.address, r.forward === 'NAT'),
      )
      const { service } = v
      if (service.kind === 'address') add(v.protocol, service.address, service.port, servers)
      else if (service.kind === 'fwmark') leftOut.add(`fwmark ${service.mark}`)
      else
        for (const entry of config.virtualServerGroups.find(g => g.name === service.name)?.entries ?? [])
          if (entry.kind === 'addresses') add(v.protocol, entry.first, entry.port, servers)
          else leftOut.add(`fwmark ${entry.mark}`)
    }
    for (const s of rules?.services ?? []) {
      const servers = s.servers.map(r => server(r.address, r.forward === 'Masq'))
      if (s.key.protocol === 'FWM') leftOut.add(`fwmark ${s.key.mark}`)
      else add(s.key.protocol, s.key.address, s.key.port, servers)
    }
  }
  return { services: [...found.values()], leftOut: [...leftOut] }
}
