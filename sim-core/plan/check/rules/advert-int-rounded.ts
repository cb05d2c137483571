/** Advert_int is rounded. */
import type { Rule } from '../rule.ts'

export const advertIntRounded: Rule = {
  id: 'advert-int-rounded',
  severity: 'warning',
  title: 'advert_int is rounded',
  why: 'Version 2 counts in whole seconds: 0.3 becomes 1 s, and takeovers last three seconds longer than meant. Version 3 counts in 10 ms.',
  fix: 'write vrrp_version 3 for parts of a second',
  source: 'keepalived 2.2.7 vrrp_complete_instance',
  scenario: 'scenarios/lint/advert-int-rounded/scenario.yaml',
  codes: ['advert-int-rounded'],
}
