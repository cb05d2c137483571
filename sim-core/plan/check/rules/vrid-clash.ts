/** One virtual_router_id for different VIPs. */
import { addressesOf } from '../cluster.ts'
import { eachPair, nameIn, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const vridClash: Rule = {
  id: 'vrid-clash',
  severity: 'error',
  title: 'one virtual_router_id for different VIPs',
  why: 'Both instances hear each other’s adverts as those of their own router. keepalived 2.2.7 rejects them because the VIPs differ, yet each packet that arrives restarts a MASTER’s advert timer: masters silence each other, and their backups take over beside them.',
  fix: 'give each group of VIPs a virtual_router_id of its own on the LAN',
  source: 'keepalived 2.2.7 vrrp_check_packet; RFC 5798 §5.2.3; recordings v22–v24',
  scenario: 'scenarios/lint/vrid-clash/scenario.yaml',
  check(checked, tell) {
    eachPair(checked, (a, b, router) => {
      if (addressesOf(a.read).some(vip => addressesOf(b.read).includes(vip))) return
      const used = new Set(checked.cluster.routers.map(r => r.vrid))
      const free = Array.from({ length: 255 }, (_, i) => i + 1).find(vrid => !used.has(vrid))
      tell(
        placeOf(b, 'virtual_router_id'),
        `${routerName(router)} is ${nameIn(checked, a)} (${addressesOf(a.read).join(', ')}) and ${nameIn(checked, b)} (${addressesOf(b.read).join(', ')})`,
        free === undefined ? undefined : `give one of the two another virtual_router_id, such as ${free}`,
      )
    })
  },
}
