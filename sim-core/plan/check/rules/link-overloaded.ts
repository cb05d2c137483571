/** A balancer’s link is offered more than it carries. */
import { showRatio } from '../../../metrics/index.ts'
import type { Checked } from '../rule.ts'
import type { Rule } from '../rule.ts'

const isGroup = ({ cluster }: Checked, failed: readonly string[]): boolean =>
  Object.values(cluster.facts.groups ?? {}).some(members => [...members].sort().join() === [...failed].sort().join())

export const linkOverloaded: Rule = {
  id: 'link-overloaded',
  severity: 'error',
  title: 'a balancer’s link is offered more than it carries',
  why: 'Packets are dropped and every queue in front of the link is full: all VIPs on it suffer.',
  fix: 'other priorities, another number of VIPs, or faster links: see the proposal below, or ask lvsim plan',
  source: 'Ethernet: 38 bytes around each IP packet (IEEE 802.3 §3.1.1, §4.4.2)',
  scenario: 'scenarios/capacity/three-vips.yaml',
  check(checked, tell) {
    const { cluster, load, matrix } = checked
    if (load === undefined) return
    const survive = cluster.facts.survive ?? 1
    for (const row of matrix) {
      if (row.failed.length > survive && !isGroup(checked, row.failed)) continue
      for (const [host, offered] of row.offered ?? []) {
        if (offered <= load.limit * (1 + 1e-12)) continue
        const vips = cluster.vips.filter(vip => row.owners.get(vip)?.includes(host))
        const at = cluster.hosts.find(h => h.name === host)?.config.instances[0]?.at
        const when =
          row.failed.length === 0 ? 'while all live' : `when ${row.failed.join(' and ')} ${row.failed.length === 1 ? 'is' : 'are'} lost`
        if (at !== undefined)
          tell(at, `${when}, ${host} carries ${vips.join(', ')}: ${showRatio(offered)} of its link, the limit is ${showRatio(load.limit)}`)
      }
    }
  },
}
