/** A VIP without a virtual service. */
import { parseIpv4 } from '../../../base/address.ts'
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const vipWithoutService: Rule = {
  id: 'vip-without-service',
  severity: 'warning',
  title: 'a VIP without a virtual service',
  why: 'The address moves, but nothing is balanced on it: connections reach the balancer itself and are refused.',
  fix: 'add a virtual_server for it, or remove the VIP',
  source: 'IPVS: a packet to a VIP without a service goes to the host itself',
  scenario: 'scenarios/lint/vip-without-service/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    const marks = cluster.hosts.some(
      h => h.config.virtualServers.some(v => v.service.kind === 'fwmark') || h.rules?.services.some(s => s.key.protocol === 'FWM'),
    )
    const served = new Set(cluster.hosts.flatMap(h => servicesOf(h).map(s => s.address)))
    if (served.size === 0 || marks) return
    const natted = cluster.hosts.flatMap(h => servicesOf(h).flatMap(s => s.servers.filter(r => r.forward === 'NAT').map(r => r.address)))
    for (const vip of cluster.vips) {
      if (served.has(vip)) continue
      const written = cluster.hosts
        .flatMap(h => h.config.instances.flatMap(i => [...i.vips, ...i.excludedVips]))
        .find(v => v.address === vip)
      // Beside real servers behind NAT it is their gateway.
      if (written !== undefined && natted.some(server => inNetwork(server, vip, written.prefixLength))) continue
      if (written !== undefined) tell(written.at, `${vip} has no virtual service on any host`)
    }
  },
}

/** Many write a VIP without its network's length; then it is taken for one of 24 bits. */
function inNetwork(address: string, vip: string, prefixLength: number): boolean {
  const size = 2 ** (32 - (prefixLength < 32 ? prefixLength : 24))
  const network = (text: string): number => Math.floor((parseIpv4(text) ?? 0) / size)
  return network(address) === network(vip)
}
