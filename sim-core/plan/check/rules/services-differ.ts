/** A virtual service is missing on a host that may own its VIP. */
import { addressesOf } from '../cluster.ts'
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const servicesDiffer: Rule = {
  id: 'services-differ',
  severity: 'error',
  title: 'a virtual service is missing on a host that may own its VIP',
  why: 'After a takeover the VIP answers, but the service is unknown there: connections are refused.',
  fix: 'write the same virtual services on all hosts',
  source: 'IPVS: a packet to a VIP without a service goes to the host itself',
  scenario: 'scenarios/lint/services-differ/scenario.yaml',
  check(checked, tell) {
    const { cluster } = checked
    const services = cluster.hosts.map(servicesOf)
    const names = services.map(list => new Set(list.map(s => s.name)))
    const held = cluster.hosts.map(h => new Set(h.config.instances.flatMap(addressesOf)))
    const told = new Set<string>()
    for (const list of services)
      for (const s of list) {
        if (told.has(s.name)) continue
        told.add(s.name)
        const without = cluster.hosts.filter((_, i) => held[i].has(s.address) && !names[i].has(s.name))
        if (without.length === 0) continue
        tell(s.at, `${s.name} is missing on ${without.map(h => h.name).join(', ')}`)
      }
  },
}
