/** Adverts by unicast on one host, by multicast on another. */
import type { Member } from '../cluster.ts'
import { eachOddOne, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

const key = (m: Member): string => (m.vrrp.unicastPeers.length > 0 ? 'unicast' : 'multicast')

export const unicastMulticastMix: Rule = {
  id: 'unicast-multicast-mix',
  severity: 'error',
  title: 'adverts by unicast on one host, by multicast on another',
  why: 'Neither hears the other: both become MASTER.',
  fix: 'write unicast_peer on all hosts of the instance, or on none',
  source: 'keepalived 2.2.7; recording v43',
  scenario: 'scenarios/lint/unicast-multicast-mix/scenario.yaml',
  check(checked, tell) {
    eachOddOne(checked, key, (usual, odd, router) =>
      tell(
        placeOf(odd, 'unicast_peer'),
        `${routerName(router)}: ${nameIn(checked, odd)} has adverts by ${key(odd)}, ${nameIn(checked, usual)} ${key(usual)}`,
      ),
    )
  },
}
