/** Authentication without effect. */
import type { Rule } from '../rule.ts'

export const authIgnored: Rule = {
  id: 'auth-ignored',
  severity: 'warning',
  title: 'authentication without effect',
  why: 'Version 3 and strict mode have none: hosts with different passwords still hear each other.',
  fix: 'remove the authentication block',
  source: 'RFC 5798 §9; keepalived 2.2.7',
  scenario: 'scenarios/lint/auth-ignored/scenario.yaml',
  codes: ['auth-ignored'],
}
