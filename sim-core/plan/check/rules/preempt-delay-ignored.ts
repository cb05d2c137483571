/** Preempt_delay is ignored. */
import type { Rule } from '../rule.ts'

export const preemptDelayIgnored: Rule = {
  id: 'preempt-delay-ignored',
  severity: 'warning',
  title: 'preempt_delay is ignored',
  why: 'keepalived clears it with state MASTER, with nopreempt and in strict mode: the host takes its VIPs back as soon as its down timer ends.',
  fix: 'write state BACKUP, and leave nopreempt and strict mode out',
  source: 'keepalived 2.2.7 vrrp_complete_instance',
  scenario: 'scenarios/lint/preempt-delay-ignored/scenario.yaml',
  codes: ['preempt-delay-cleared'],
}
