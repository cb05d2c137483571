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
    for (const host of cluster.hosts)
      for (const s of servicesOf(host))
        for (const server of s.servers) {
          const known = Object.entries(cluster.facts.servers ?? {}).find(([, f]) => f.address === server.address)
          if (server.forward === 'NAT' || known?.[1].lo === undefined || known[1].lo.includes(s.address)) continue
          tell(
            server.at,
            `${s.name}: ${known[0]} (${server.address}) has ${known[1].lo.join(', ') || 'no VIP'} on lo`,
            `add ${s.address}/32 to lo of ${known[0]}`,
          )
        }
  },
}
