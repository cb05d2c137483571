/** Nopreempt is missing on the host that would take the VIPs back. */
import { rankedMembers } from '../election.ts'
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const nopreemptOnWrongHost: Rule = {
  id: 'nopreempt-on-wrong-host',
  severity: 'warning',
  title: 'nopreempt is missing on the host that would take the VIPs back',
  why: 'nopreempt acts on the host that has it: it keeps that host from preempting. On the host of lower priority it does nothing; the one of the highest priority still takes back what it lost.',
  fix: 'write nopreempt on the host of the highest priority, or on all',
  source: 'keepalived 2.2.7 vrrp_state_backup; keepalived issue 2379',
  scenario: 'scenarios/lint/nopreempt-on-wrong-host/scenario.yaml',
  check(checked, tell) {
    for (const router of checked.cluster.routers) {
      const [top, ...rest] = rankedMembers(router)
      const wrong = rest.find(m => m.read.where['nopreempt'] !== undefined)
      if (wrong === undefined || top.read.where['nopreempt'] !== undefined) continue
      tell(placeOf(wrong, 'nopreempt'), `${nameIn(checked, wrong)} has nopreempt, ${nameIn(checked, top)} of the highest priority has not`)
    }
  },
}
