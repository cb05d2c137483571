/** Weights push a priority out of 1 to 254. */
import { PRIORITY_OWNER } from '../../../protocols/vrrp/index.ts'
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const weightClamped: Rule = {
  id: 'weight-clamped',
  severity: 'warning',
  title: 'weights push a priority out of 1 to 254',
  why: 'keepalived cuts the sum at 1 and 254: hosts that should differ become equal, and further failures change nothing.',
  fix: 'choose priority and weights so that every sum stays between 1 and 254',
  source: 'keepalived 2.2.7 vrrp_track.c',
  scenario: 'scenarios/lint/weight-clamped/scenario.yaml',
  check(checked, tell) {
    for (const { members } of checked.cluster.routers)
      for (const m of members) {
        if (m.vrrp.priority === PRIORITY_OWNER) continue
        const weights = m.vrrp.trackers.filter(t => t.kind !== 'file').map(t => (t.reverse ? -t.weight : t.weight))
        const [best, worst] = [weights.filter(w => w > 0), weights.filter(w => w < 0)].map(list =>
          list.reduce((sum, w) => sum + w, m.vrrp.priority),
        )
        if (best >= PRIORITY_OWNER)
          tell(placeOf(m, 'priority'), `${nameIn(checked, m)}: with its weights the priority would be ${best} and is cut at 254`)
        if (worst < 1)
          tell(placeOf(m, 'priority'), `${nameIn(checked, m)}: when all its trackers fail the priority would be ${worst} and is cut at 1`)
      }
  },
}
