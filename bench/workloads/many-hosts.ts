/**
 * W7: n balancers on one LAN, one VRRP instance a VIP, each VIP configured on three of them, no client traffic.
 * Every advert is flooded to all n − 1 others; a VRID has 8 bits, so n is at most 255.
 */
import type { Model } from '../../sim-core/scenario/index.ts'
import { checked } from './director-line.ts'

export function manyHosts(balancers: number, seconds: number): Model {
  const files: Record<string, string> = {}
  const hosts: string[] = []
  for (let b = 0; b < balancers; b++) {
    // VIP v is preferred by balancer v, then v + 1, then v + 2.
    const instances = [0, 1, 2].map(k => instance((b - k + balancers) % balancers, 200 - 50 * k))
    files[`b${b}.conf`] = Array.from(new Set(instances)).join('')
    hosts.push(`  b${String(b).padStart(3, '0')}: { address: 10.0.${b >> 7}.${(b & 127) + 1}/16, keepalived: b${b}.conf }`)
  }
  const text = [
    'scenario: many balancers',
    `duration: ${seconds}s`,
    'hosts:',
    ...hosts,
    'links: { default: { rate: 1Gbit, delay: 50us } }',
    '',
  ].join('\n')
  return checked('many-hosts.yaml', { 'many-hosts.yaml': text, ...files })
}

const instance = (vip: number, priority: number): string =>
  `vrrp_instance V${vip} {\n interface eth0\n virtual_router_id ${vip + 1}\n priority ${priority}\n advert_int 1\n virtual_ipaddress { 10.0.${200 + (vip >> 7)}.${(vip & 127) + 1} }\n}\n`
