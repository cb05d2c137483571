/** One host is the first backup of every VIP of the others. */
import { rankedMembers } from '../election.ts'
import { placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const backupsOnOneHost: Rule = {
  id: 'backups-on-one-host',
  severity: 'warning',
  title: 'one host is the first backup of every VIP of the others',
  why: 'Whichever balancer is lost, the same host takes over: it must be able to carry most, and the others have spare room.',
  fix: 'spread the first backups over the hosts',
  source: 'lvsim plan: orders that spread what a lost balancer leaves',
  scenario: 'scenarios/lint/backups-on-one-host/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    if (cluster.hosts.length < 3) return
    const ranked = cluster.routers.map(rankedMembers).filter(members => members.length > 1)
    for (const [h, host] of cluster.hosts.entries()) {
      const others = ranked.filter(members => members[0].host !== h)
      const masters = new Set(others.map(members => members[0].host))
      if (masters.size < 2 || !others.every(members => members[1].host === h)) continue
      tell(placeOf(others[0][1], 'priority'), `${host.name} is the first backup of all ${others.length} virtual routers of the other hosts`)
    }
  },
}
