/** Priority 255 on a host that does not own the address. */
import { PRIORITY_OWNER } from '../../../protocols/vrrp/index.ts'
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const ownerPriority: Rule = {
  id: 'owner-priority',
  severity: 'warning',
  title: 'priority 255 on a host that does not own the address',
  why: '255 means address owner: it takes over the moment it starts, ignores nopreempt and trackers, and does not wait to hear the MASTER. `state MASTER` without a priority is 255 too.',
  fix: 'write a priority from 1 to 254',
  source: 'keepalived 2.2.7 vrrp_complete_instance; RFC 5798 §5.2.4',
  scenario: 'scenarios/lint/owner-priority/scenario.yaml',
  codes: ['priority-owner'],
  check(checked, tell) {
    for (const { members } of checked.cluster.routers)
      for (const m of members)
        if (m.vrrp.priority === PRIORITY_OWNER && m.read.where['priority'] !== undefined && !m.vrrp.vips.some(v => v.ip === m.address))
          tell(placeOf(m, 'priority'), `${nameIn(checked, m)} has priority 255, and none of its VIPs is an address of the host`)
  },
}
