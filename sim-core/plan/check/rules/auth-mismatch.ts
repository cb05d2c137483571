/** Authentication differs between hosts. */
import type { Member } from '../cluster.ts'
import { eachOddOne, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

const key = ({ vrrp }: Member): string =>
  vrrp.version === 3 || vrrp.auth.type === 'none' ? 'none' : `${vrrp.auth.type.toUpperCase()} "${vrrp.auth.data.slice(0, 8)}"`

export const authMismatch: Rule = {
  id: 'auth-mismatch',
  severity: 'error',
  title: 'authentication differs between hosts',
  why: 'Adverts with another password are dropped without restarting the down timer: both hosts become MASTER.',
  fix: 'write the same auth_type and auth_pass on all hosts of the instance',
  source: 'keepalived 2.2.7 vrrp_check_packet; recording v22',
  scenario: 'scenarios/lint/auth-mismatch/scenario.yaml',
  check(checked, tell) {
    eachOddOne(checked, key, (usual, odd, router) =>
      tell(
        placeOf(odd, 'authentication'),
        `${routerName(router)}: ${nameIn(checked, odd)} has authentication ${key(odd)}, ${nameIn(checked, usual)} ${key(usual)}`,
      ),
    )
  },
}
