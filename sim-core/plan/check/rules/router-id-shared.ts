/** Two hosts have the same router_id. */
import type { Rule } from '../rule.ts'

export const routerIdShared: Rule = {
  id: 'router-id-shared',
  severity: 'note',
  title: 'two hosts have the same router_id',
  why: 'router_id only names the host in notifications and SNMP, but two hosts of one name are hard to tell apart there.',
  fix: 'write the host’s own name as router_id',
  source: 'keepalived.conf(5), router_id',
  check(checked, tell) {
    const first = new Map<string, string>()
    for (const { name, config } of checked.cluster.hosts) {
      const { routerId, where, at } = config.globals
      if (routerId === undefined) continue
      const there = first.get(routerId)
      if (there === undefined) first.set(routerId, name)
      else
        tell(where['router_id'] ?? at ?? { file: config.file, line: 1, column: 1 }, `${there} and ${name} both have router_id ${routerId}`)
    }
  },
}
