/** A host sends its adverts to only some of the others. */
import { formatIpv4 } from '../../../base/address.ts'
import { deafness } from '../hearing.ts'
import { nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const unicastPeerMissing: Rule = {
  id: 'unicast-peer-missing',
  severity: 'error',
  title: 'a host sends its adverts to only some of the others',
  why: 'A host that gets no adverts becomes MASTER beside the MASTER.',
  fix: 'list every other host of the instance in unicast_peer',
  source: 'keepalived.conf(5), unicast_peer',
  scenario: 'scenarios/lint/unicast-peer-missing/scenario.yaml',
  check(checked, tell) {
    for (const router of checked.cluster.routers)
      for (const from of router.members)
        for (const to of router.members) {
          if (from === to || from.vrrp.unicastPeers.length === 0 || to.vrrp.unicastPeers.length === 0) continue
          if (!/is no unicast_peer of/.test(deafness(checked.cluster, from, to) ?? '')) continue
          const address = formatIpv4(to.address)
          const where = checked.cluster.hosts[to.host].addressKnown ? ` (${address})` : ''
          tell(
            placeOf(from, 'unicast_peer'),
            `${routerName(router)}: ${checked.cluster.hosts[to.host].name}${where} is no unicast_peer of ${nameIn(checked, from)}`,
            where === '' ? undefined : `add ${address} to unicast_peer`,
          )
        }
  },
}
