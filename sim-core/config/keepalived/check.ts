/**
 * What is wrong between the instances of one host: VRIDs, addresses, names. (What is wrong between hosts is linted by
 * plan/.) Tested in test/config/keepalived-errors.test.ts.
 */
import type { Report } from './report.ts'
import { serviceName } from './read-lvs.ts'
import type { KeepalivedConfig, VirtualAddress, VrrpInstance } from './types.ts'

export function checkConfig(config: KeepalivedConfig, report: Report): void {
  checkVrids(config.instances, report)
  checkVips(config.instances, report)
  checkGroups(config, report)
  checkServers(config, report)
  const daemon = config.globals.lvsSyncDaemon
  if (daemon?.instance !== undefined && !config.instances.some(i => i.name === daemon.instance))
    report.error(
      daemon.at,
      'instance-unknown',
      `lvs_sync_daemon: there is no vrrp_instance ${daemon.instance}`,
      `write one of ${names(config.instances)}`,
    )
}

const NAMES_MAX = 12
const names = (list: readonly { readonly name: string }[]): string =>
  list
    .slice(0, NAMES_MAX)
    .map(i => i.name)
    .join(', ') || 'none is defined'

function checkVrids(instances: readonly VrrpInstance[], report: Report): void {
  const seen = new Map<string, VrrpInstance[]>()
  for (const b of instances) {
    const key = `${b.interface} ${b.vrid}`
    const others = seen.get(key) ?? []
    const a = others.find(other => sameAudience(other, b))
    seen.set(key, [...others, b])
    if (a !== undefined)
      report.error(
        b.where.virtual_router_id ?? b.at,
        'vrid-duplicate',
        `vrrp_instance ${b.name}: virtual_router_id ${b.vrid} on ${b.interface} belongs to vrrp_instance ${a.name} already (line ${(a.where.virtual_router_id ?? a.at).line})`,
        `write a number that no instance on ${b.interface} has, such as ${freeVrid(instances, b)}`,
      )
  }
}

/** Unicast instances may share a VRID when no peer hears both. */
function sameAudience(a: VrrpInstance, b: VrrpInstance): boolean {
  if (a.unicastPeers.length === 0 || b.unicastPeers.length === 0) return a.unicastPeers.length === b.unicastPeers.length
  return a.unicastPeers.some(p => b.unicastPeers.some(q => q.address === p.address))
}

function freeVrid(instances: readonly VrrpInstance[], near: VrrpInstance): number {
  const used = new Set(instances.map(i => i.vrid))
  for (let step = 1; step < 255; step++) {
    const candidate = ((near.vrid - 1 + step) % 255) + 1
    if (!used.has(candidate)) return candidate
  }
  return near.vrid
}

function checkVips(instances: readonly VrrpInstance[], report: Report): void {
  const owners = new Map<string, { instance: VrrpInstance; vip: VirtualAddress }>()
  for (const instance of instances)
    for (const vip of [...instance.vips, ...instance.excludedVips]) {
      const there = owners.get(vip.address)
      if (there === undefined) owners.set(vip.address, { instance, vip })
      else if (there.instance === instance)
        report.warn(
          vip.at,
          'vip-twice',
          `vrrp_instance ${instance.name}: ${vip.address} is listed twice (line ${there.vip.at.line})`,
          'remove one of the two',
        )
      else
        report.error(
          vip.at,
          'vip-duplicate',
          `vrrp_instance ${instance.name}: ${vip.address} belongs to vrrp_instance ${there.instance.name} already (line ${there.vip.at.line})`,
          'give each address to one instance',
        )
    }
}

function checkGroups(config: KeepalivedConfig, report: Report): void {
  const groupOf = new Map<string, string>()
  const known = new Set(config.instances.map(i => i.name))
  for (const group of config.syncGroups) {
    for (const member of group.members) {
      const there = groupOf.get(member.name)
      if (!known.has(member.name))
        report.warn(
          member.at,
          'instance-unknown',
          `vrrp_sync_group ${group.name}: there is no vrrp_instance ${member.name}; keepalived ignores it`,
          `write one of ${names(config.instances)}`,
        )
      else if (there !== undefined)
        report.error(
          member.at,
          'member-twice',
          `vrrp_sync_group ${group.name}: ${member.name} is a member of ${there} already`,
          'write each instance into one group',
        )
      else groupOf.set(member.name, group.name)
    }
    if (group.members.length < 2)
      report.warn(
        group.at,
        'group-small',
        `vrrp_sync_group ${group.name} has ${group.members.length === 0 ? 'no member' : 'one member'}; a group does nothing below two`,
        'add the instances that shall move together',
      )
  }
}

function checkServers(config: KeepalivedConfig, report: Report): void {
  const seen = new Map<string, number>()
  for (const vs of config.virtualServers) {
    const { service } = vs
    const name = service.kind === 'fwmark' ? serviceName(service) : `${serviceName(service)} ${vs.protocol}`
    const line = seen.get(name)
    if (line === undefined) seen.set(name, vs.at.line)
    else
      report.error(
        vs.at,
        'virtual-server-duplicate',
        `virtual_server ${name} is there already (line ${line})`,
        'put its real servers into one block',
      )
    if (service.kind === 'group' && !config.virtualServerGroups.some(g => g.name === service.name))
      report.error(
        vs.at,
        'group-unknown',
        `virtual_server ${name}: there is no virtual_server_group ${service.name}; keepalived leaves the server out`,
        `write one of ${names(config.virtualServerGroups)}`,
      )
  }
}
