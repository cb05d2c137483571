/** Advert_int differs between hosts. */
import { secondsText } from '../../../protocols/vrrp/index.ts'
import type { Member } from '../cluster.ts'
import { eachOddOne, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

/** Version 3 learns the interval. */
const key = ({ vrrp }: Member): string => (vrrp.version === 3 ? 'learned' : secondsText(vrrp.advertIntNs))

export const advertIntMismatch: Rule = {
  id: 'advert-int-mismatch',
  severity: 'error',
  title: 'advert_int differs between hosts',
  why: 'VRRP version 2 drops adverts of another interval: both hosts become MASTER. (Version 3 learns the MASTER’s.)',
  fix: 'write the same advert_int on all hosts of the instance',
  source: 'RFC 3768 §7.1; keepalived 2.2.7 vrrp_check_packet',
  scenario: 'scenarios/lint/advert-int-mismatch/scenario.yaml',
  check(checked, tell) {
    eachOddOne(checked, key, (usual, odd, router) =>
      tell(
        placeOf(odd, 'advert_int'),
        `${routerName(router)}: ${nameIn(checked, odd)} has advert_int ${key(odd)}, ${nameIn(checked, usual)} ${key(usual)}`,
      ),
    )
  },
}
