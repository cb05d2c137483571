/** Strict mode changes what is written. */
import type { Rule } from '../rule.ts'

export const strictModeChanges: Rule = {
  id: 'strict-mode-changes',
  severity: 'warning',
  title: 'strict mode changes what is written',
  why: 'vrrp_strict follows the RFC: no authentication, no unicast, no preempt_delay, no second gratuitous ARPs, and VIPs that do not answer unless the host owns them.',
  fix: 'remove vrrp_strict, or what it does not allow',
  source: 'keepalived.conf(5), vrrp_strict; keepalived 2.2.7',
  scenario: 'scenarios/lint/strict-mode-changes/scenario.yaml',
  codes: ['strict-unicast', 'strict-garp', 'strict-advert', 'strict-down-timer', 'strict-accept', 'strict-state'],
}
