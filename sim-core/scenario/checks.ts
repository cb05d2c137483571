/** What only shows when the whole cluster is looked at: addresses used twice, VIPs in two instances, loops of switches. */
import { formatIpv4, isMulticast, parseIpv4 } from '../base/address.ts'
import type { Position } from '../base/problem.ts'
import type { Draft, HostDraft } from './draft.ts'
import { byText } from './draft.ts'
import type { TrunkModel } from './model.ts'

export function checkAddresses(draft: Draft, hosts: readonly HostDraft[]): void {
  const owners = new Map<string, string>()
  for (const host of hosts)
    for (const nic of host.interfaces)
      for (const address of nic.address === undefined ? nic.moreAddresses : [nic.address, ...nic.moreAddresses]) {
        const path = host.raw.interfaces === undefined ? ['hosts', host.name] : ['hosts', host.name, 'interfaces', nic.name]
        const key = host.raw.interfaces === undefined ? host.raw.address : host.raw.interfaces[nic.name].address
        const place = [...path, key === undefined || parseIpv4(key.address) !== address ? 'addresses' : 'address']
        if (isMulticast(address) || address === 0 || address === 0xffffffff)
          draft.reporter.error(
            place,
            'address',
            `${formatIpv4(address)} cannot be a host's address`,
            'write a unicast address such as 10.10.1.1/24',
          )
        const taken = owners.get(`${nic.lan} ${address}`)
        if (taken !== undefined) {
          draft.reporter.error(
            place,
            'duplicate-address',
            `${formatIpv4(address)} already belongs to ${taken}`,
            `give ${host.name} another address`,
          )
          break
        }
        owners.set(`${nic.lan} ${address}`, host.name)
      }
}

interface VipUse {
  readonly host: string
  readonly instance: string
  readonly vrid: number
  readonly priority: number
  readonly at: Position
}

/** A VIP has one VRID on all its hosts. Within one host the reader of keepalived.conf has looked already. */
export function checkVips(draft: Draft, hosts: readonly HostDraft[]): void {
  const uses = new Map<string, VipUse[]>()
  for (const host of hosts)
    for (const i of host.keepalived?.instances ?? [])
      for (const v of [...i.vips, ...i.excludedVips]) {
        const use = { host: host.name, instance: i.name, vrid: i.vrid, priority: i.priority, at: v.at }
        const others = uses.get(v.address) ?? []
        reportClash(draft, v.address, use, others)
        uses.set(v.address, [...others, use])
      }
  for (const host of hosts)
    for (const nic of host.interfaces) {
      const clash =
        nic.address === undefined ? undefined : uses.get(formatIpv4(nic.address))?.find(u => u.host !== host.name || u.priority !== 255)
      if (clash === undefined || nic.address === undefined) continue
      const message = `${formatIpv4(nic.address)} is the VIP of ${clash.instance} and the address of ${host.name}`
      draft.reporter.take([
        {
          at: clash.at,
          severity: 'error',
          code: 'vip-is-host-address',
          message,
          remedy: 'use an address that no host has, or priority 255 on the host that owns it',
        },
      ])
    }
}

function reportClash(draft: Draft, vip: string, use: VipUse, others: readonly VipUse[]): void {
  const elsewhere = others.find(o => o.host !== use.host && o.vrid !== use.vrid)
  if (elsewhere === undefined) return
  const message = `VIP ${vip} has virtual_router_id ${use.vrid} on ${use.host} and ${elsewhere.vrid} on ${elsewhere.host}`
  const remedy = 'use one virtual_router_id for a VIP on all its hosts, or two hosts will own it at once'
  draft.reporter.take([{ at: use.at, severity: 'error', code: 'vip-in-two-routers', message, remedy }])
}

/** Names of LANs: those of interfaces, trunks and `lans:`. */
export function lanNames(draft: Draft, hosts: readonly HostDraft[]): string[] {
  const used = new Set(hosts.flatMap(h => h.interfaces.map(i => i.lan)))
  for (const name of Object.keys(draft.raw.lans ?? {}))
    if (!used.has(name))
      draft.reporter.errorAtKey(
        ['lans', name],
        'unknown-lan',
        `no interface is on the LAN "${name}"`,
        `LANs of the interfaces are: ${[...used].sort(byText).join(', ')}`,
      )
  for (const name of used)
    if (draft.hostNames.includes(name))
      draft.reporter.errorAtKey(
        ['hosts', name],
        'name',
        `"${name}" is also the name of a LAN`,
        'give the host or the LAN another name, so that links can be told apart',
      )
  return [...used].sort(byText)
}

/** Switches here run no spanning tree: two ways between the same switches would carry every broadcast for ever. */
export function checkTrunks(draft: Draft, trunks: readonly TrunkModel[], lans: readonly string[]): void {
  const group = new Map(lans.map(l => [l, l]))
  const top = (lan: string): string => {
    const parent = group.get(lan) ?? lan
    return parent === lan ? lan : top(parent)
  }
  for (const [i, t] of trunks.entries()) {
    const path = ['trunks', draft.indexOf('trunks', i), 'between']
    const unknown = [t.from, t.to].find(l => !lans.includes(l))
    if (unknown !== undefined) {
      draft.reporter.error(path, 'unknown-lan', `there is no LAN "${unknown}"`, `LANs of the interfaces are: ${lans.join(', ')}`)
      continue
    }
    const loop = `${t.from} and ${t.to} are already connected: this cable closes a loop`
    if (top(t.from) === top(t.to))
      draft.reporter.error(path, 'cyclic-link', loop, 'remove one cable of the loop; the switches run no spanning tree')
    else group.set(top(t.from), top(t.to))
  }
}
