/** Two hosts have equal priorities in a virtual router. */
import { PRIORITY_OWNER } from '../../../protocols/vrrp/index.ts'
import { eachPair, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const equalPriority: Rule = {
  id: 'equal-priority',
  severity: 'warning',
  title: 'two hosts have equal priorities in a virtual router',
  why: 'The higher address wins, whatever `state` says; their down timers end together, so at each takeover both become MASTER for a moment.',
  fix: 'give each host of an instance its own priority, 10 or more apart',
  source: 'RFC 5798 §6.4.3; keepalived 2.2.7',
  scenario: 'scenarios/lint/equal-priority/scenario.yaml',
  check(checked, tell) {
    eachPair(checked, (a, b, router) => {
      if (a.priority !== b.priority || a.priority === PRIORITY_OWNER) return
      const wins = a.address > b.address ? a : b
      const sure = checked.cluster.assumedAddresses ? 'the one with the higher address' : checked.cluster.hosts[wins.host].name
      tell(
        placeOf(b, 'priority'),
        `${routerName(router)}: ${nameIn(checked, a)} and ${nameIn(checked, b)} both have priority ${a.priority}; ${sure} wins`,
      )
    })
  },
}
