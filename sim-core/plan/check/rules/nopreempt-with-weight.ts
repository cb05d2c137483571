/** Nopreempt on a backup stops failover by weight. */
import { rankedMembers } from '../election.ts'
import { nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const nopreemptWithWeight: Rule = {
  id: 'nopreempt-with-weight',
  severity: 'warning',
  title: 'nopreempt on a backup stops failover by weight',
  why: 'When a tracker lowers the MASTER’s priority, a backup takes over by preempting; with nopreempt it does not, and the failing MASTER stays.',
  fix: 'remove nopreempt on the backups, or track with weight 0, which means FAULT',
  source: 'keepalived 2.2.7 vrrp_state_backup; keepalived issues 346, 2379',
  scenario: 'scenarios/lint/nopreempt-with-weight/scenario.yaml',
  check(checked, tell) {
    for (const router of checked.cluster.routers) {
      const [top, ...rest] = rankedMembers(router)
      const tracker = top.vrrp.trackers.find(t => t.weight !== 0)
      if (tracker === undefined) continue
      const waiting = rest.filter(m => m.vrrp.nopreempt)
      if (waiting.length === rest.length && rest.length > 0)
        tell(
          placeOf(waiting[0], 'nopreempt'),
          `${routerName(router)}: ${nameIn(checked, top)} is to step down by the weight of ${tracker.name}, but ${waiting.map(m => nameIn(checked, m)).join(', ')} may not preempt`,
        )
    }
  },
}
