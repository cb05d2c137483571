/** A virtual router lives on one host only. */
import { addressesOf } from '../cluster.ts'
import { nameIn } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const noBackup: Rule = {
  id: 'no-backup',
  severity: 'error',
  title: 'a virtual router lives on one host only',
  why: 'When that host is lost its VIPs are gone until it returns.',
  fix: 'add the instance, with a lower priority, to another host',
  source: 'RFC 5798 §3.1: a virtual router needs a backup',
  scenario: 'scenarios/lint/no-backup/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    if (cluster.hosts.length < 2) return
    for (const { members } of cluster.routers) {
      const [only] = members
      // VIPs that another router has too are told by vip-in-two-routers.
      const elsewhere = cluster.routers.some(r =>
        r.members.some(m => m !== only && addressesOf(m.read).some(v => addressesOf(only.read).includes(v))),
      )
      if (members.length > 1 || elsewhere) continue
      const other = cluster.hosts.find((_, h) => h !== only.host)
      tell(
        only.read.at,
        `${addressesOf(only.read).join(', ') || nameIn(checked, only)} is only on ${cluster.hosts[only.host].name}`,
        `add vrrp_instance ${only.read.name} with a lower priority to ${other?.name ?? 'another host'}`,
      )
    }
  },
}
