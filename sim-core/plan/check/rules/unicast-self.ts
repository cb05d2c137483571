/** A host is its own unicast_peer. */
import { parseIpv4 } from '../../../base/address.ts'
import { nameIn } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const unicastSelf: Rule = {
  id: 'unicast-self',
  severity: 'warning',
  title: 'a host is its own unicast_peer',
  why: 'The host sends its adverts to itself and hears a MASTER of equal priority and address: it logs warnings and restarts its own timers.',
  fix: 'list only the other hosts in unicast_peer',
  source: 'keepalived.conf(5), unicast_peer',
  check(checked, tell) {
    for (const { members } of checked.cluster.routers)
      for (const m of members) {
        const own = m.read.unicastPeers.find(p => parseIpv4(p.address) === m.address)
        if (own !== undefined) tell(own.at, `${nameIn(checked, m)}: ${own.address} is its own address`)
      }
  },
}
