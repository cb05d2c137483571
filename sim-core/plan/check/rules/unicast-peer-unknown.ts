/** A unicast_peer is no host of the cluster. */
import { parseIpv4 } from '../../../base/address.ts'
import { nameIn } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const unicastPeerUnknown: Rule = {
  id: 'unicast-peer-unknown',
  severity: 'warning',
  title: 'a unicast_peer is no host of the cluster',
  why: 'Adverts go to a machine that does not take part; often it is an old address, and the host that should get them gets none.',
  fix: 'remove the address, or correct it',
  source: 'keepalived.conf(5), unicast_peer',
  scenario: 'scenarios/lint/unicast-peer-unknown/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    if (cluster.assumedAddresses) return
    const known = new Set(cluster.hosts.map(h => h.address))
    for (const { members } of cluster.routers)
      for (const m of members)
        for (const peer of m.read.unicastPeers) {
          const address = parseIpv4(peer.address)
          if (address !== undefined && !known.has(address))
            tell(peer.at, `${nameIn(checked, m)}: ${peer.address} belongs to no host that was given`)
        }
  },
}
