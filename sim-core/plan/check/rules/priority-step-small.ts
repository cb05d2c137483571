/** Neighbouring priorities are so close that two backups may take over at once. */
import { showDuration } from '../../../metrics/index.ts'
import { skewNs } from '../../../protocols/vrrp/index.ts'
import { rankedMembers } from '../election.ts'
import { nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

/** A full queue of 1000 packets on 1 Gbit/s takes 12 ms. */
const MARGIN_NS = 12_000_000

export const priorityStepSmall: Rule = {
  id: 'priority-step-small',
  severity: 'note',
  title: 'neighbouring priorities are so close that two backups may take over at once',
  why: 'A backup’s timer is (256 − priority)/256 s longer than its neighbour’s: one step of priority is 4 ms. When the first one’s advert takes longer than that to arrive (a full queue, a busy host), the second becomes MASTER too, until the next advert.',
  fix: 'keep priorities 10 or more apart: 250, 200, 150',
  source: 'keepalived 2.2.7 include/vrrp.h; seen in scenarios/capacity/three-vips.yaml',
  scenario: 'scenarios/capacity/three-vips.yaml',
  check(checked, tell) {
    for (const router of checked.cluster.routers) {
      const backups = rankedMembers(router).slice(1)
      backups.slice(1).forEach((m, i) => {
        const [first, second] = [backups[i], m].map(b => skewNs(b.vrrp.version, b.priority, b.vrrp.advertIntNs))
        if (second - first >= MARGIN_NS || first === second) return
        tell(
          placeOf(m, 'priority'),
          `${routerName(router)}: timers of ${nameIn(checked, backups[i])} (priority ${backups[i].priority}) and ${nameIn(checked, m)} (${m.priority}) are ${showDuration(second - first)} apart`,
        )
      })
    }
  },
}
