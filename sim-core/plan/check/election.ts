/**
 * Who is MASTER of each virtual router when some hosts are lost: keepalived's election once everything has settled.
 *
 * Instances are taken by falling (priority, address); one becomes MASTER unless it hears a MASTER that beats it. A sync
 * group is MASTER on a host only if all its members would be: where some would and some would not, the whole
 * group stays BACKUP and says nothing, so the others are asked again without it (semantics §2.10).
 * Tested against simulation in test/plan/check/ownership.test.ts.
 */
import { groupOf } from '../../protocols/vrrp/index.ts'
import type { Cluster, Member, VirtualRouter } from './cluster.ts'
import { hears } from './hearing.ts'

/** MASTERs of each router, in the order of `cluster.routers`; the best first, several when they do not hear each other. */
export type Masters = readonly (readonly Member[])[]

export class Elections {
  private readonly cluster: Cluster
  private readonly ranked: readonly (readonly Member[])[]
  private readonly heard = new Map<Member, Set<Member>>()

  constructor(cluster: Cluster) {
    this.cluster = cluster
    this.ranked = cluster.routers.map(r => [...r.members].sort(better))
    for (const { members } of cluster.routers)
      for (const to of members) this.heard.set(to, new Set(members.filter(from => from !== to && hears(cluster, to, from))))
  }

  /** `lost`: indexes of hosts. */
  masters(lost: ReadonlySet<number>): Masters {
    const silent = new Set<Member>()
    for (;;) {
      const found = this.ranked.map(members => this.electIn(members.filter(m => !lost.has(m.host) && !silent.has(m))))
      const stuck = this.partlyMaster(found, lost, silent)
      if (stuck.length === 0) return found
      for (const member of stuck) silent.add(member)
    }
  }

  private electIn(members: readonly Member[]): Member[] {
    const masters: Member[] = []
    for (const member of members) if (!masters.some(m => this.heard.get(member)?.has(m) === true)) masters.push(member)
    return masters
  }

  /** Members of sync groups of which only a part would be MASTER on their host. */
  private partlyMaster(found: Masters, lost: ReadonlySet<number>, silent: ReadonlySet<Member>): Member[] {
    const masters = new Set(found.flat())
    const out: Member[] = []
    this.cluster.hosts.forEach((host, h) => {
      if (lost.has(h)) return
      host.vrrp.groups.forEach((_, g) => {
        const members = this.membersOf(h, g).filter(m => !silent.has(m))
        const won = members.filter(m => masters.has(m)).length
        if (won > 0 && won < members.length) out.push(...members)
      })
    })
    return out
  }

  private membersOf(host: number, group: number): Member[] {
    const { vrrp } = this.cluster.hosts[host]
    return this.cluster.routers.flatMap(r => r.members.filter(m => m.host === host && groupOf(vrrp, m.index) === group))
  }
}

/** Higher priority first, then the higher address. */
export const better = (a: Member, b: Member): number => b.priority - a.priority || b.address - a.address

export const rankedMembers = (router: VirtualRouter): Member[] => [...router.members].sort(better)
