/** A VIP without a virtual service. */
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
    for (const vip of cluster.vips) {
      if (served.has(vip)) continue
      const written = cluster.hosts
        .flatMap(h => h.config.instances.flatMap(i => [...i.vips, ...i.excludedVips]))
        .find(v => v.address === vip)
      if (written !== undefined) tell(written.at, `${vip} has no virtual service on any host`)
    }
  },
}
