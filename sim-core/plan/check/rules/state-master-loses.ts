/** State MASTER on a host that does not have the highest priority. */
import { rankedMembers } from '../election.ts'
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const stateMasterLoses: Rule = {
  id: 'state-master-loses',
  severity: 'warning',
  title: 'state MASTER on a host that does not have the highest priority',
  why: '`state` only says how an instance begins; priority decides. The host is BACKUP a moment later, and nopreempt and preempt_delay are cleared for nothing.',
  fix: 'write state BACKUP, or the highest priority',
  source: 'keepalived 2.2.7 vrrp_complete_instance',
  scenario: 'scenarios/lint/state-master-loses/scenario.yaml',
  check(checked, tell) {
    for (const router of checked.cluster.routers) {
      const [top] = rankedMembers(router)
      for (const m of router.members)
        if (m !== top && m.read.state === 'MASTER' && m.read.where['state'] !== undefined && m.priority < top.priority)
          tell(
            placeOf(m, 'state'),
            `${nameIn(checked, m)} begins as MASTER with priority ${m.priority}; ${nameIn(checked, top)} has ${top.priority}`,
          )
    }
  },
}
