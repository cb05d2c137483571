/** A service on all ports (port 0) becomes persistent. */
import type { Rule } from '../rule.ts'

export const persistenceForced: Rule = {
  id: 'persistence-forced',
  severity: 'warning',
  title: 'a service on all ports (port 0) becomes persistent',
  why: 'Without persistence connections of one client to several ports would go to different servers, so IPVS wants it.',
  fix: 'write persistence_timeout',
  source: 'keepalived 2.2.7 check_data.c',
  scenario: 'scenarios/lint/persistence-forced/scenario.yaml',
  codes: ['persistence-set'],
}
