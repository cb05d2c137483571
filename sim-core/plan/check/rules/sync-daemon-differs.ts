/** The connection sync daemon differs between hosts. */
import type { CheckedHost } from '../cluster.ts'
import type { Rule } from '../rule.ts'

export const syncDaemonDiffers: Rule = {
  id: 'sync-daemon-differs',
  severity: 'warning',
  title: 'the connection sync daemon differs between hosts',
  why: 'Hosts with another syncid, or without the daemon, learn nothing: connections break at a takeover.',
  fix: 'write the same lvs_sync_daemon, with the same id, on all hosts',
  source: 'keepalived.conf(5), lvs_sync_daemon; keepalived 2.2.7',
  scenario: 'scenarios/lint/sync-daemon-differs/scenario.yaml',
  check(checked, tell) {
    const { hosts } = checked.cluster
    const some = hosts.find(h => h.vrrp.syncDaemon !== null)
    if (some === undefined) return
    const id = (h: CheckedHost): string => (h.vrrp.syncDaemon === null ? 'none' : String(h.vrrp.syncDaemon.syncId))
    for (const h of hosts)
      if (id(h) !== id(some))
        tell(
          h.config.globals.where['lvs_sync_daemon'] ?? { file: h.config.file, line: 1, column: 1 },
          `lvs_sync_daemon has id ${id(some)} on ${some.name} and ${id(h)} on ${h.name}`,
        )
  },
}
