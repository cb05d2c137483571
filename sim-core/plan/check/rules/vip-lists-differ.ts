/** The same virtual router with different lists of VIPs. */
import { addressesOf } from '../cluster.ts'
import { eachPair, placeOf, routerName } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const vipListsDiffer: Rule = {
  id: 'vip-lists-differ',
  severity: 'error',
  title: 'the same virtual router with different lists of VIPs',
  why: 'keepalived 2.2.7 rejects an advert whose VIPs are not its own: both hosts become MASTER. Newer versions only log it, and the VIPs that one host lacks have no backup.',
  fix: 'write the same virtual_ipaddress on all hosts of the instance',
  source: 'keepalived 2.2.7 vrrp_check_packet',
  scenario: 'scenarios/lint/vip-lists-differ/scenario.yaml',
  check(checked, tell) {
    eachPair(checked, (a, b, router) => {
      const [left, right] = [a, b].map(m => m.read.vips.map(v => v.address))
      const common = left.filter(vip => right.includes(vip))
      const only = [...left, ...right].filter(vip => !common.includes(vip))
      if (only.length === 0 || !addressesOf(a.read).some(vip => addressesOf(b.read).includes(vip))) return
      const host = (vip: string): string => checked.cluster.hosts[(left.includes(vip) ? a : b).host].name
      tell(
        placeOf(b, 'virtual_ipaddress'),
        `${routerName(router)}: ${only.map(vip => `${vip} is only on ${host(vip)}`).join(', ')}`,
        `write ${only.join(', ')} into virtual_ipaddress on both, or remove it`,
      )
    })
  },
}
