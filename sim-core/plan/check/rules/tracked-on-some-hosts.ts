/** Something is tracked on one host of a virtual router and not on another. */
import type { Member } from '../cluster.ts'
import { eachOddOne, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

/** Interfaces have names of their own on each host. */
const key = (m: Member): string =>
  m.vrrp.trackers
    .filter(t => t.kind !== 'interface')
    .map(t => `${t.kind} ${t.name}`)
    .sort()
    .join(', ')

export const trackedOnSomeHosts: Rule = {
  id: 'tracked-on-some-hosts',
  severity: 'warning',
  title: 'something is tracked on one host of a virtual router and not on another',
  why: 'The host without the tracker takes the VIPs over although the same thing is broken there, and never gives them back.',
  fix: 'track the same things on all hosts of the instance',
  source: 'keepalived 2.2.7 vrrp_track.c',
  scenario: 'scenarios/lint/tracked-on-some-hosts/scenario.yaml',
  check(checked, tell) {
    eachOddOne(checked, key, (usual, odd, router) =>
      tell(
        placeOf(odd, 'track_script'),
        `${routerName(router)}: ${nameIn(checked, odd)} tracks ${key(odd) || 'nothing'}, ${nameIn(checked, usual)} ${key(usual) || 'nothing'}`,
      ),
    )
  },
}
