/** Dont_track_primary: the loss of the own interface changes nothing. */
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const ownInterfaceUntracked: Rule = {
  id: 'own-interface-untracked',
  severity: 'warning',
  title: 'dont_track_primary: the loss of the own interface changes nothing',
  why: 'A host whose cable is pulled stays MASTER and keeps its VIPs; when the cable is back there are two until an advert is heard.',
  fix: 'remove dont_track_primary',
  source: 'keepalived.conf(5), dont_track_primary',
  scenario: 'scenarios/lint/own-interface-untracked/scenario.yaml',
  check(checked, tell) {
    for (const { members } of checked.cluster.routers)
      for (const m of members)
        if (!m.vrrp.trackPrimary) tell(placeOf(m, 'dont_track_primary'), `${nameIn(checked, m)} does not track ${m.read.interface}`)
  },
}
