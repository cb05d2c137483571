/** Nobody would hold a VIP. */
import { addressesOf } from '../cluster.ts'
import type { Rule } from '../rule.ts'

export const vipWithoutOwner: Rule = {
  id: 'vip-without-owner',
  severity: 'error',
  title: 'nobody would hold a VIP',
  why: 'No host becomes MASTER of it although its hosts live: the address answers nobody.',
  fix: 'look at the sync groups: their members need the same order of priorities on every host',
  source: 'keepalived 2.2.7 vrrp_sync.c; keepalived issue 624',
  scenario: 'scenarios/lint/sync-group-spread/scenario.yaml',
  check(checked, tell) {
    const [before] = checked.matrix
    for (const vip of checked.cluster.vips) {
      if ((before?.owners.get(vip)?.length ?? 0) > 0) continue
      const instance = checked.cluster.hosts.flatMap(h => h.config.instances).find(i => addressesOf(i).includes(vip))
      if (instance !== undefined) tell(instance.at, `${vip} has no MASTER while all live`)
    }
  },
}
