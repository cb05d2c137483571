/** More than 20 addresses in an advert. */
import { ADVERTISED_MAX } from '../../write/instances.ts'
import { nameIn, placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const manyAdvertisedVips: Rule = {
  id: 'many-advertised-vips',
  severity: 'note',
  title: 'more than 20 addresses in an advert',
  why: 'Older keepalived and other implementations cannot take longer adverts, and every advert carries all of them.',
  fix: 'move all but 20 to virtual_ipaddress_excluded: they move with the others',
  source: 'keepalived.conf(5), virtual_ipaddress_excluded',
  codes: ['too-many-vips'],
  check(checked, tell) {
    for (const { members } of checked.cluster.routers)
      for (const m of members)
        if (m.vrrp.vips.length > ADVERTISED_MAX)
          tell(placeOf(m, 'virtual_ipaddress'), `${nameIn(checked, m)} advertises ${m.vrrp.vips.length} addresses`)
  },
}
