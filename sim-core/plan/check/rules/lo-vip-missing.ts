/** A real server of direct routing does not hold the VIP. */
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const loVipMissing: Rule = {
  id: 'lo-vip-missing',
  severity: 'error',
  title: 'a real server of direct routing does not hold the VIP',
  why: 'Packets arrive with the VIP as destination; a server that does not have it drops them, or forwards them back.',
  fix: 'add the VIP to lo on every real server, with arp_ignore 1 and arp_announce 2',
  source: 'IPVS direct routing; keepalived issue 1827',
  scenario: 'scenarios/lint/lo-vip-missing/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    const known = new Map(Object.entries(cluster.facts.servers ?? {}).map(([name, { address, lo }]) => [address, { name, lo }]))
    for (const host of cluster.hosts)
      for (const s of servicesOf(host))
        for (const { address, forward, at } of s.servers) {
          const server = known.get(address)
          if (forward === 'NAT' || server?.lo === undefined || server.lo.includes(s.address)) continue
          const there = server.lo.join(', ') || 'no VIP'
          tell(at, `${s.name}: ${server.name} (${address}) has ${there} on lo`, `add ${s.address}/32 to lo of ${server.name}`)
        }
  },
}
