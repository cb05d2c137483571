/**
 * keepalived.conf of one balancer, as an administrator would write it, with what each instance is for. Every balancer
 * is BACKUP at start: priority alone decides, and nobody claims a VIP before having listened. Tested in
 * test/plan/write.test.ts with our reader and, where it is installed, with `keepalived -t`.
 */
import type { PlanModel } from '../model.ts'
import type { Deployment } from './deployment.ts'
import type { VrrpGroup } from './instances.ts'
import { ADVERTISED_MAX } from './instances.ts'

export function keepalivedConf(model: PlanModel, d: Deployment, groups: readonly VrrpGroup[], balancer: number): string {
  const name = model.names[balancer]
  const mine = groups.filter(group => group.order.includes(balancer))
  const owned = mine.filter(group => group.order[0] === balancer).flatMap(group => group.vips)
  const lines = [
    `# ${name}: MASTER of ${owned.length} of ${d.vips.length} VIPs while all balancers live.`,
    '# The highest priority that lives is MASTER. Keep the VIP lists the same on all balancers.',
    'global_defs {',
    `    router_id ${name}`,
    ...(d.failover.version === 3 ? ['    vrrp_version 3'] : []),
    '}',
    ...mine.flatMap(group => ['', ...instance(model, d, group, balancer)]),
  ]
  return `${lines.join('\n')}\n`
}

function instance(model: PlanModel, d: Deployment, group: VrrpGroup, balancer: number): string[] {
  const rank = group.order.indexOf(balancer)
  const addresses = group.vips.map(v => `${d.vips[v]}/32`)
  const excluded = addresses.slice(ADVERTISED_MAX)
  return [
    `# ${group.order.map(b => model.names[b]).join(' > ')}`,
    `vrrp_instance ${group.name} {`,
    '    state BACKUP',
    `    interface ${d.interface}`,
    `    virtual_router_id ${group.vrid}`,
    `    priority ${d.failover.priorities[rank]}`,
    `    advert_int ${d.failover.advertIntS}`,
    ...authentication(d, group),
    ...peers(d, group, balancer),
    ...block('virtual_ipaddress', addresses.slice(0, ADVERTISED_MAX)),
    ...(excluded.length === 0 ? [] : block('virtual_ipaddress_excluded', excluded)),
    '}',
  ]
}

/** Version 3 has no authentication; the password only keeps apart clusters that use a virtual_router_id by mistake. */
function authentication(d: Deployment, group: VrrpGroup): string[] {
  if (d.failover.version === 3 || d.authPass === 'none') return []
  return block('authentication', ['auth_type PASS', `auth_pass ${d.authPass ?? `lvs${group.vrid}`}`])
}

function peers(d: Deployment, group: VrrpGroup, balancer: number): string[] {
  const others = group.order.filter(b => b !== balancer).sort((a, b) => a - b)
  if (!d.unicast || others.length === 0) return []
  return [
    `    unicast_src_ip ${d.balancers[balancer]}`,
    ...block(
      'unicast_peer',
      others.map(b => d.balancers[b]),
    ),
  ]
}

const block = (keyword: string, lines: readonly string[]): string[] => [
  `    ${keyword} {`,
  ...lines.map(line => `        ${line}`),
  '    }',
]
