/** Gratuitous ARPs are sent only once. */
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const garpOnce: Rule = {
  id: 'garp-once',
  severity: 'note',
  title: 'gratuitous ARPs are sent only once',
  why: 'Routers and hosts learn a takeover from them. If that one frame is lost, they send to the lost balancer until their own ARP entry ends, up to hours.',
  fix: 'leave garp_master_delay and garp_master_repeat at 5, or set garp_master_refresh',
  source: 'keepalived 2.2.7; keepalived issue 20',
  scenario: 'scenarios/lint/garp-once/scenario.yaml',
  check(checked, tell) {
    for (const { members } of checked.cluster.routers)
      for (const m of members) {
        const { repeat, delayNs, refreshNs } = m.vrrp.garp
        if (repeat <= 1 && delayNs === 0 && refreshNs === 0)
          tell(placeOf(m, 'garp_master_repeat'), `${nameIn(checked, m)} announces its VIPs with a single frame`)
      }
  },
}
