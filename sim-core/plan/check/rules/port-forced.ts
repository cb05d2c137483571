/** Direct routing (or a tunnel) to another port. */
import type { Rule } from '../rule.ts'

export const portForced: Rule = {
  id: 'port-forced',
  severity: 'warning',
  title: 'direct routing (or a tunnel) to another port',
  why: 'Only NAT changes ports. keepalived takes the service’s port, and the real server does not listen there.',
  fix: 'let the real server listen on the service’s port, or use NAT',
  source: 'keepalived 2.2.7 check_data.c',
  scenario: 'scenarios/lint/port-forced/scenario.yaml',
  codes: ['port-forced'],
}
