/** A virtual service on an address that no instance holds. */
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const serviceWithoutVip: Rule = {
  id: 'service-without-vip',
  severity: 'warning',
  title: 'a virtual service on an address that no instance holds',
  why: 'Unless the address is configured by hand, nobody has it, and the service gets no packet.',
  fix: 'add the address to virtual_ipaddress, or correct it',
  source: 'keepalived.conf(5): virtual_server does not create its address',
  scenario: 'scenarios/lint/service-without-vip/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    if (cluster.vips.length === 0) return
    for (const host of cluster.hosts)
      for (const s of servicesOf(host))
        if (!cluster.vips.includes(s.address)) tell(s.at, `${s.name} on ${host.name}: ${s.address} is the VIP of no instance`)
  },
}
