/** Auth_pass is cut at 8 characters. */
import type { Rule } from '../rule.ts'

export const authTruncated: Rule = {
  id: 'auth-truncated',
  severity: 'warning',
  title: 'auth_pass is cut at 8 characters',
  why: 'Only eight bytes fit in the packet: passwords that differ later are the same.',
  fix: 'write a password of at most 8 characters',
  source: 'RFC 2338 §5.3.6.1; keepalived.conf(5), auth_pass',
  scenario: 'scenarios/lint/auth-truncated/scenario.yaml',
  codes: ['auth-truncated'],
}
