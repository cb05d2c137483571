/** A quorum that cannot be reached is lowered. */
import type { Rule } from '../rule.ts'

export const quorumTooHigh: Rule = {
  id: 'quorum-too-high',
  severity: 'warning',
  title: 'a quorum that cannot be reached is lowered',
  why: 'keepalived caps quorum at the weights’ sum and hysteresis below quorum: the service stays up with fewer servers than meant.',
  fix: 'write a quorum of at most the sum of the weights',
  source: 'keepalived 2.2.7 check_data.c',
  scenario: 'scenarios/lint/quorum-too-high/scenario.yaml',
  codes: ['quorum-reduced', 'hysteresis-reduced'],
}
