/** A takeover takes longer than five seconds. */
import { showDuration } from '../../../metrics/index.ts'
import { masterDownNs } from '../../../protocols/vrrp/index.ts'
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

const LIMIT_NS = 5e9

export const slowTakeover: Rule = {
  id: 'slow-takeover',
  severity: 'note',
  title: 'a takeover takes longer than five seconds',
  why: 'A backup waits three advert intervals and its skew before it takes over.',
  fix: 'write a shorter advert_int (version 3 counts in 10 ms); lvsim plan --failover 1s chooses one',
  source: 'RFC 5798 §6.1',
  scenario: 'scenarios/lint/slow-takeover/scenario.yaml',
  check(checked, tell) {
    for (const { members } of checked.cluster.routers)
      for (const m of members) {
        const down = masterDownNs(m.vrrp.version, m.priority, m.vrrp.advertIntNs, m.vrrp.downTimerAdverts)
        if (down > LIMIT_NS) tell(placeOf(m, 'advert_int'), `${nameIn(checked, m)} takes over up to ${showDuration(down)} after a crash`)
      }
  },
}
