/** A sync group over VIPs that are meant for different hosts. */
import { rankedMembers } from '../election.ts'
import type { Rule } from '../rule.ts'

export const syncGroupSpread: Rule = {
  id: 'sync-group-spread',
  severity: 'error',
  title: 'a sync group over VIPs that are meant for different hosts',
  why: 'All members of a group must be MASTER on one host. Where one host wins some of them and another the rest, the whole group stays BACKUP, or everything lands on one host: the VIPs are not spread.',
  fix: 'remove the group, or give its members the same order of priorities on every host',
  source: 'keepalived 2.2.7 vrrp_sync.c; keepalived issue 624',
  scenario: 'scenarios/lint/sync-group-spread/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    const told = new Set<string>()
    cluster.hosts.forEach((host, h) => {
      for (const group of host.vrrp.groups) {
        const tops = cluster.routers.flatMap(r =>
          r.members.some(m => m.host === h && group.members.includes(m.index)) ? [rankedMembers(r)[0]] : [],
        )
        const homes = [...new Set(tops.map(m => cluster.hosts[m.host].name))].sort()
        const key = tops.map(m => m.vrrp.vrid).join()
        if (homes.length < 2 || told.has(key)) continue
        told.add(key)
        const written = host.config.syncGroups.find(g => g.name === group.name)
        tell(
          written?.at ?? host.config.instances[0].at,
          `vrrp_sync_group ${group.name} holds ${tops.map(m => `${m.read.name} (first ${cluster.hosts[m.host].name})`).join(', ')}`,
        )
      }
    })
  },
}
