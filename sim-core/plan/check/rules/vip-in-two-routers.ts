/** A VIP belongs to two virtual routers. */
import type { Member } from '../cluster.ts'
import { nameIn } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const vipInTwoRouters: Rule = {
  id: 'vip-in-two-routers',
  severity: 'error',
  title: 'a VIP belongs to two virtual routers',
  why: 'Each router elects a MASTER of its own, so two hosts hold the address at once and the last gratuitous ARP decides who is reached.',
  fix: 'use one virtual_router_id for a VIP on all its hosts',
  source: 'RFC 5798 §5.2.3: a virtual router is its VRID',
  check(checked, tell) {
    const { cluster } = checked
    const first = new Map<string, { member: Member; vrid: number }>()
    for (const router of cluster.routers)
      for (const member of router.members)
        for (const vip of [...member.read.vips, ...member.read.excludedVips]) {
          const there = first.get(vip.address)
          if (there === undefined) first.set(vip.address, { member, vrid: router.vrid })
          else if (there.vrid !== router.vrid)
            tell(
              vip.at,
              `${vip.address} has virtual_router_id ${there.vrid} in ${nameIn(checked, there.member)} and ${router.vrid} in ${nameIn(checked, member)}`,
            )
        }
  },
}
