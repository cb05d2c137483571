/** Virtual_server without lb_kind is NAT. */
import type { Rule } from '../rule.ts'

export const forwardDefault: Rule = {
  id: 'forward-default',
  severity: 'warning',
  title: 'virtual_server without lb_kind is NAT',
  why: 'keepalived takes NAT: replies must pass the director, so real servers set up for direct routing answer past it and connections hang.',
  fix: 'add lb_kind DR, or NAT if that is meant',
  source: 'keepalived 2.2.7 check_data.c',
  scenario: 'scenarios/lint/forward-default/scenario.yaml',
  codes: ['forward-default'],
}
