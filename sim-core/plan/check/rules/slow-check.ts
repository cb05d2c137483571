/** A dead real server is noticed late. */
import { showDuration } from '../../../metrics/index.ts'
import { noticeNs } from '../probes.ts'
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

const LIMIT_NS = 30e9

export const slowCheck: Rule = {
  id: 'slow-check',
  severity: 'warning',
  title: 'a dead real server is noticed late',
  why: 'A server that dies silently gets its part of the connections until delay_loop + retry × delay_before_retry + (retry + 1) × connect_timeout has passed: 71 s with the defaults.',
  fix: 'write a delay_loop of a few seconds and a connect_timeout of one or two',
  source: 'keepalived 2.2.7 check_tcp.c, check_http.c',
  scenario: 'scenarios/lint/slow-check/scenario.yaml',
  check(checked, tell) {
    for (const host of checked.cluster.hosts)
      for (const service of servicesOf(host))
        for (const server of service.servers) {
          if (server.checkers === undefined || server.checkers.length === 0) continue
          const notice = noticeNs(server.checkers)
          if (notice > LIMIT_NS)
            tell(server.at, `${service.name} on ${host.name}: a dead ${server.address} is noticed after up to ${showDuration(notice)}`)
        }
  },
}
