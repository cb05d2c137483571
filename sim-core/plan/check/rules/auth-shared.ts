/** One password for several virtual routers, sent in clear text. */
import type { Member } from '../cluster.ts'
import { placeOf } from '../rule.ts'
import type { Rule } from '../rule.ts'

export const authShared: Rule = {
  id: 'auth-shared',
  severity: 'note',
  title: 'one password for several virtual routers, sent in clear text',
  why: 'Every advert carries it in clear text, so it keeps nobody out. All it can do is to reveal a virtual_router_id that two routers use by mistake, and for that each needs its own.',
  fix: 'give each instance its own auth_pass, or none',
  source: 'RFC 3768 §10; recording v22',
  check(checked, tell) {
    const first = new Map<string, Member>()
    for (const { members } of checked.cluster.routers) {
      const member = members.find(m => m.vrrp.version === 2 && m.vrrp.auth.type === 'pass')
      if (member === undefined) continue
      const there = first.get(member.vrrp.auth.data)
      if (there === undefined) first.set(member.vrrp.auth.data, member)
      else
        tell(
          placeOf(member, 'authentication'),
          `${there.read.name} and ${member.read.name} have the same auth_pass "${member.vrrp.auth.data}"`,
        )
    }
  },
}
