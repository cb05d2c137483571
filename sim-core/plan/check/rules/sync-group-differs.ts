/** A sync group has other members on another host. */
import type { Checked } from '../rule.ts'
import type { Rule } from '../rule.ts'

const vridsOf = ({ cluster }: Checked, host: number, members: readonly number[]): number[] =>
  members.map(i => cluster.hosts[host].config.instances[i].vrid).sort((a, b) => a - b)

export const syncGroupDiffers: Rule = {
  id: 'sync-group-differs',
  severity: 'warning',
  title: 'a sync group has other members on another host',
  why: 'What moves together on one host moves apart on the other: after a failure the instances may live on two hosts.',
  fix: 'write the same vrrp_sync_group on all hosts',
  source: 'keepalived 2.2.7 vrrp_sync.c',
  scenario: 'scenarios/lint/sync-group-differs/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    const groups = cluster.hosts.map((host, h) =>
      host.vrrp.groups
        .map(g => ({ at: host.config.syncGroups.find(w => w.name === g.name)?.at, vrids: vridsOf(checked, h, g.members) }))
        .filter(g => g.vrids.length > 1),
    )
    const said = new Set<string>()
    groups.forEach((mine, h) => {
      for (const { at, vrids } of mine) {
        const other = cluster.hosts.findIndex(
          (_, o) =>
            o !== h &&
            vrids.every(v => cluster.hosts[o].config.instances.some(i => i.vrid === v)) &&
            !groups[o].some(g => g.vrids.join() === vrids.join()),
        )
        if (other < 0 || at === undefined || said.has(vrids.join())) continue
        said.add(vrids.join())
        tell(
          at,
          `virtual_router_ids ${vrids.join(', ')} are a sync group on ${cluster.hosts[h].name} and not on ${cluster.hosts[other].name}`,
        )
      }
    })
  },
}
