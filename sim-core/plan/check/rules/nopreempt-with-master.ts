/** Nopreempt (or preempt_delay) with state MASTER is ignored. */
import type { Rule } from '../rule.ts'

export const nopreemptWithMaster: Rule = {
  id: 'nopreempt-with-master',
  severity: 'warning',
  title: 'nopreempt (or preempt_delay) with state MASTER is ignored',
  why: 'keepalived clears nopreempt on an instance that begins as MASTER: when the host returns it takes its VIPs back, with a second interruption.',
  fix: 'write state BACKUP on every host of an instance with nopreempt',
  source: 'keepalived 2.2.7 vrrp_complete_instance; keepalived issue 346',
  scenario: 'scenarios/lint/nopreempt-with-master/scenario.yaml',
  codes: ['nopreempt-cleared'],
}
