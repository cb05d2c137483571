/** A virtual MAC that the balancer's own ARP questions give away. */
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

export const vmacWithNat: Rule = {
  id: 'vmac-with-nat',
  severity: 'note',
  title: 'NAT gives a virtual MAC away',
  why: 'Answers leave the balancer with the VIP as their source, and Linux asks for the next hop by ARP in its name, from the interface’s own MAC (arp_announce 0): who is asked takes the VIP to be there, and use_vmac saves nobody after a failover.',
  fix: 'set net.ipv4.conf.all.arp_announce = 2 on the balancers, which these files cannot say, or use direct routing',
  source: 'arp_solicit of Linux 6.1; keepalived 2.2.7 in network namespaces',
  scenario: 'scenarios/surprises/virtual-mac-nat.yaml',
  check(checked, tell) {
    for (const host of checked.cluster.hosts) {
      const nat = servicesOf(host).filter(s => s.servers.some(server => server.forward === 'NAT'))
      for (const i of host.config.instances) {
        const vip = i.vips.find(v => i.useVmac && nat.some(s => s.address === v.address))
        if (vip !== undefined)
          tell(i.where['use_vmac'] ?? i.at, `${i.name} on ${host.name} has a virtual MAC, and ${vip.address} is served with NAT`)
      }
    }
  },
}
