/** Connection sync follows one instance, but several hosts are MASTER. */
import type { Rule } from '../rule.ts'

export const syncDaemonFollowsOne: Rule = {
  id: 'sync-daemon-follows-one',
  severity: 'warning',
  title: 'connection sync follows one instance, but several hosts are MASTER',
  why: 'Bound to an instance, only its MASTER sends connections; those of the other active balancers are synchronised to nobody.',
  fix: 'leave the instance out: then every host both sends and listens',
  source: 'keepalived.conf(5), lvs_sync_daemon; keepalived 2.2.7',
  scenario: 'scenarios/lint/sync-daemon-follows-one/scenario.yaml',
  check(checked, tell) {
    const { cluster, masters } = checked
    if (new Set(masters.flat().map(m => m.host)).size < 2) return
    for (const h of cluster.hosts) {
      const daemon = h.config.globals.lvsSyncDaemon
      if (daemon?.instance !== undefined)
        tell(daemon.at, `lvs_sync_daemon on ${h.name} follows ${daemon.instance}; VIPs of other instances live elsewhere`)
    }
  },
}
