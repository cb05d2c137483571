/** All real servers of a service have weight 0. */
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const allWeightsZero: Rule = {
  id: 'all-weights-zero',
  severity: 'warning',
  title: 'all real servers of a service have weight 0',
  why: 'Weight 0 takes no new connections: the service answers nobody.',
  fix: 'give at least one server a weight above 0',
  source: 'IPVS schedulers skip weight 0',
  scenario: 'scenarios/lint/all-weights-zero/scenario.yaml',
  check(checked, tell) {
    for (const host of checked.cluster.hosts)
      for (const s of servicesOf(host))
        if (s.servers.length > 0 && s.servers.every(r => r.weight === 0))
          tell(s.at, `${s.name} on ${host.name}: every real server has weight 0`)
  },
}
