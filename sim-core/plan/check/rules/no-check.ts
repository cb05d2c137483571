/** A real server without a checker. */
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const noCheck: Rule = {
  id: 'no-check',
  severity: 'warning',
  title: 'a real server without a checker',
  why: 'keepalived never takes it out: when it dies, its part of the connections is lost until somebody notices.',
  fix: 'add TCP_CHECK or HTTP_GET',
  source: 'keepalived.conf(5), real_server',
  scenario: 'scenarios/lint/no-check/scenario.yaml',
  check(checked, tell) {
    for (const host of checked.cluster.hosts)
      for (const service of servicesOf(host))
        for (const server of service.servers)
          if (server.checkers?.length === 0) tell(server.at, `${service.name} on ${host.name}: nobody checks ${server.address}`)
  },
}
