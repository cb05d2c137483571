/** A failing vrrp_script is noticed late. */
import { showDuration } from '../../../metrics/index.ts'
import type { Rule } from '../rule.ts'

const LIMIT_NS = 10e9

export const scriptSlow: Rule = {
  id: 'script-slow',
  severity: 'note',
  title: 'a failing vrrp_script is noticed late',
  why: 'It must fail `fall` times, an interval apart, and may run until its timeout each time.',
  fix: 'shorten interval and timeout, or lower fall',
  source: 'keepalived.conf(5), vrrp_script; keepalived 2.2.7',
  scenario: 'scenarios/lint/script-slow/scenario.yaml',
  check(checked, tell) {
    for (const host of checked.cluster.hosts)
      for (const s of host.config.scripts) {
        const notice = s.intervalNs * s.fall + (s.timeoutNs || s.intervalNs)
        if (notice > LIMIT_NS)
          tell(s.where['fall'] ?? s.at, `vrrp_script ${s.name} on ${host.name} may need ${showDuration(notice)} to notice a failure`)
      }
  },
}
