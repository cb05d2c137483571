/** Two hosts of a virtual router have priority 255. */
import { PRIORITY_OWNER } from '../../../protocols/vrrp/index.ts'
import { eachPair, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const twoOwners: Rule = {
  id: 'two-owners',
  severity: 'error',
  title: 'two hosts of a virtual router have priority 255',
  why: 'Both are address owners: both become MASTER at once whenever they start.',
  fix: 'let at most one host have priority 255, or none',
  source: 'keepalived 2.2.7; RFC 5798 §5.2.4',
  scenario: 'scenarios/lint/two-owners/scenario.yaml',
  check(checked, tell) {
    eachPair(checked, (a, b, router) => {
      if (a.vrrp.priority === PRIORITY_OWNER && b.vrrp.priority === PRIORITY_OWNER)
        tell(placeOf(b, 'priority'), `${routerName(router)}: ${nameIn(checked, a)} and ${nameIn(checked, b)} both have priority 255`)
    })
  },
}
