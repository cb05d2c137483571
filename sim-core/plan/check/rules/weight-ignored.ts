/** A weight is ignored. */
import type { Rule } from '../rule.ts'

export const weightIgnored: Rule = {
  id: 'weight-ignored',
  severity: 'warning',
  title: 'a weight is ignored',
  why: 'Members of a sync group (without sync_group_tracking_weight) and address owners have no weights: the tracker is dropped, and its failure changes nothing.',
  fix: 'write weight 0, which means FAULT',
  source: 'keepalived 2.2.7 vrrp_track.c',
  scenario: 'scenarios/lint/weight-ignored/scenario.yaml',
  codes: ['weight-ignored'],
}
