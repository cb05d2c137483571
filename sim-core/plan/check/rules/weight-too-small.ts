/** A tracker’s weight is too small to move the VIPs. */
import { PRIORITY_OWNER } from '../../../protocols/vrrp/index.ts'
import { rankedMembers } from '../election.ts'
import { effectivePriority } from '../priority.ts'
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const weightTooSmall: Rule = {
  id: 'weight-too-small',
  severity: 'warning',
  title: 'a tracker’s weight is too small to move the VIPs',
  why: 'When it fails, the MASTER’s priority falls and is still the highest: nothing happens.',
  fix: 'make the weight larger than the distance to the next priority, or 0, which means FAULT',
  source: 'keepalived 2.2.7 vrrp_track.c',
  scenario: 'scenarios/lint/weight-too-small/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    for (const router of cluster.routers) {
      const [top, next] = rankedMembers(router)
      if (next === undefined || top.vrrp.priority === PRIORITY_OWNER) continue
      for (const tracker of top.vrrp.trackers) {
        if (tracker.weight === 0 || tracker.kind === 'file') continue
        const failed = effectivePriority(top.vrrp, cluster.hosts[top.host].vrrp, tracker)
        if (failed > next.priority || (failed === next.priority && top.address > next.address))
          tell(
            placeOf(top, `track_${tracker.kind}`),
            `${nameIn(checked, top)}: when ${tracker.name} fails its priority is ${failed}, and ${nameIn(checked, next)} has ${next.priority}`,
            `write a weight of more than ${top.priority - next.priority} either way, or 0`,
          )
      }
    }
  },
}
