/** Virtual_server without protocol is UDP. */
import type { Rule } from '../rule.ts'

export const protocolDefault: Rule = {
  id: 'protocol-default',
  severity: 'warning',
  title: 'virtual_server without protocol is UDP',
  why: 'keepalived takes UDP when none is set: TCP connections to the VIP are refused.',
  fix: 'add protocol TCP',
  source: 'keepalived 2.2.7 check_parser.c',
  scenario: 'scenarios/lint/protocol-default/scenario.yaml',
  codes: ['protocol-default'],
}
