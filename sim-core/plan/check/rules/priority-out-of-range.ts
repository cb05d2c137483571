/** A priority outside 1 to 255 becomes 100. */
import type { Rule } from '../rule.ts'

export const priorityOutOfRange: Rule = {
  id: 'priority-out-of-range',
  severity: 'warning',
  title: 'a priority outside 1 to 255 becomes 100',
  why: 'keepalived only logs it: 300 on one host and 200 on another is 100 against 200, the other way round than meant.',
  fix: 'write a priority from 1 to 254',
  source: 'keepalived 2.2.7; keepalived issue 414',
  scenario: 'scenarios/lint/priority-out-of-range/scenario.yaml',
  codes: ['priority-default'],
}
