/** An option that does not go with the scheduler or protocol. */
import type { Rule } from '../rule.ts'

export const schedulerOptionIgnored: Rule = {
  id: 'scheduler-option-ignored',
  severity: 'warning',
  title: 'an option that does not go with the scheduler or protocol',
  why: 'keepalived drops it: one-packet scheduling is for UDP, flags belong to sh and mh.',
  fix: 'remove it, or choose the scheduler it belongs to',
  source: 'keepalived.conf(5), lvs_sched; ipvsadm(8), -b',
  scenario: 'scenarios/lint/scheduler-option-ignored/scenario.yaml',
  codes: ['ops-cleared', 'flag-ignored', 'ha-suspend-cleared'],
}
