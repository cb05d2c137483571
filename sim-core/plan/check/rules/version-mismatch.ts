/** VRRP versions differ between hosts. */
import type { Member } from '../cluster.ts'
import { eachOddOne, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

const key = (m: Member): string => String(m.vrrp.version)

export const versionMismatch: Rule = {
  id: 'version-mismatch',
  severity: 'error',
  title: 'VRRP versions differ between hosts',
  why: 'An advert of another version is dropped: both hosts become MASTER.',
  fix: 'write the same vrrp_version (or version) on all hosts',
  source: 'keepalived 2.2.7 vrrp_check_packet',
  scenario: 'scenarios/lint/version-mismatch/scenario.yaml',
  check(checked, tell) {
    eachOddOne(checked, key, (usual, odd, router) =>
      tell(
        placeOf(odd, 'version'),
        `${routerName(router)}: ${nameIn(checked, odd)} has version ${key(odd)}, ${nameIn(checked, usual)} ${key(usual)}`,
      ),
    )
  },
}
