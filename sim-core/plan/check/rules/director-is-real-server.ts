/** A balancer is a real server of its own cluster. */
import { formatIpv4 } from '../../../base/address.ts'
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const directorIsRealServer: Rule = {
  id: 'director-is-real-server',
  severity: 'warning',
  title: 'a balancer is a real server of its own cluster',
  why: 'With direct routing the other balancer’s table sends the packet on again when this one is asked to serve it: packets circle between two directors that are both MASTER of something.',
  fix: 'use machines of their own as real servers, or backup_only=1 with the sync daemon',
  source: 'ip-vs sysctl backup_only',
  check(checked, tell) {
    const { cluster } = checked
    for (const host of cluster.hosts)
      for (const s of servicesOf(host))
        for (const server of s.servers) {
          const director = cluster.hosts.find(h => h.addressKnown && formatIpv4(h.address) === server.address)
          if (director !== undefined) tell(server.at, `${s.name}: real server ${server.address} is ${director.name}, a balancer`)
        }
  },
}
