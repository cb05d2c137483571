/** Two VIPs of a lost balancer go to one survivor while another gets none. */
import { addressesOf } from '../cluster.ts'
import type { Rule } from '../rule.ts'

export const sameHeir: Rule = {
  id: 'same-heir',
  severity: 'warning',
  title: 'two VIPs of a lost balancer go to one survivor while another gets none',
  why: 'The load of a lost balancer lands on one link instead of being spread.',
  fix: 'give the VIPs of one balancer different first backups',
  source: 'lvsim plan: orders that spread what a lost balancer leaves',
  scenario: 'scenarios/lint/same-heir/scenario.yaml',
  check(checked, tell) {
    const { cluster, matrix } = checked
    const [before] = matrix
    for (const row of matrix) {
      // Where the loads are known they decide.
      if (row.failed.length !== 1 || (checked.load !== undefined && row.holds)) continue
      const heirs = new Map<string, string[]>()
      for (const { vip, to } of row.takeovers) heirs.set(to, [...(heirs.get(to) ?? []), vip])
      const spare = cluster.hosts.find(
        h => h.name !== row.failed[0] && !heirs.has(h.name) && cluster.routers.some(r => r.members.some(m => cluster.hosts[m.host] === h)),
      )
      if (spare === undefined) continue
      for (const [to, vips] of heirs) {
        // Instances that share all hosts and priorities were meant to move together only if nobody else could take one.
        if (vips.length < 2 || before.owners.size < 2) continue
        const at = cluster.hosts.find(h => h.name === to)?.config.instances.find(i => addressesOf(i).includes(vips[1]))?.at
        if (at !== undefined) tell(at, `when ${row.failed[0]} is lost ${to} takes ${vips.join(', ')}, and ${spare.name} nothing`)
      }
    }
  },
}
