/** Virtual_ipaddress_excluded differs between hosts. */
import type { Member } from '../cluster.ts'
import { eachOddOne, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

const key = (m: Member): string =>
  m.read.excludedVips
    .map(v => v.address)
    .sort()
    .join(', ')

export const excludedVipsDiffer: Rule = {
  id: 'excluded-vips-differ',
  severity: 'warning',
  title: 'virtual_ipaddress_excluded differs between hosts',
  why: 'Excluded addresses are not advertised, so nobody notices: after a takeover the new MASTER does not have them, and they answer no longer.',
  fix: 'write the same virtual_ipaddress_excluded on all hosts of the instance',
  source: 'keepalived.conf(5), virtual_ipaddress_excluded',
  scenario: 'scenarios/lint/excluded-vips-differ/scenario.yaml',
  check(checked, tell) {
    eachOddOne(checked, key, (usual, odd, router) =>
      tell(
        placeOf(odd, 'virtual_ipaddress_excluded'),
        `${routerName(router)}: ${nameIn(checked, odd)} excludes ${key(odd) || 'nothing'}, ${nameIn(checked, usual)} ${key(usual) || 'nothing'}`,
      ),
    )
  },
}
