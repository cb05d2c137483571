/**
 * What every failure does: owners of the VIPs, how long each takeover takes after a crash and after a clean stop, and
 * the load of the links. Sets: nobody lost, every host, every pair, every failure group.
 *
 * Down timers and skews are the protocol's own (protocols/vrrp/intervals.ts). The crash falls anywhere between two
 * adverts, so a takeover takes more than the down timer less one interval and at most the down timer.
 * Tested in test/plan/check/ownership.test.ts, against simulation and against the plan that wrote the files.
 */
import { masterDownNs, skewNs } from '../../protocols/vrrp/index.ts'
import { addressesOf, type Cluster, type Member } from './cluster.ts'
import { Elections, type Masters } from './election.ts'
import { type LoadModel, linkLoads } from './load.ts'

export interface Takeover {
  readonly vip: string
  readonly from: string
  readonly to: string
  /** After a crash: more than `least`, at most `most`. */
  readonly crashNs: { readonly least: number; readonly most: number }
  /** After keepalived was stopped. */
  readonly stopNs: number
}

export interface FailureRow {
  /** Names of the hosts that are lost. */
  readonly failed: readonly string[]
  /** By VIP: hosts that hold it, the best first; none when nobody does. */
  readonly owners: ReadonlyMap<string, readonly string[]>
  /** Of the VIPs that move. */
  readonly takeovers: readonly Takeover[]
  /** Offered load of each living host's link over its wire rate; undefined when rates or traffic are unknown. */
  readonly offered?: ReadonlyMap<string, number>
  /** Every VIP has exactly one owner and no link is offered more than the limit. */
  readonly holds: boolean
}

/** Pairs of more hosts than this are left out. */
const PAIR_HOSTS_MAX = 60

export function failureSets(cluster: Cluster): ReadonlySet<number>[] {
  const n = cluster.hosts.length
  const sets: number[][] = [[]]
  for (let a = 0; a < n; a++) sets.push([a])
  if (n <= PAIR_HOSTS_MAX) for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) sets.push([a, b])
  for (const members of Object.values(cluster.facts.groups ?? {})) {
    const lost = members.map(name => cluster.hosts.findIndex(h => h.name === name)).filter(h => h >= 0)
    sets.push([...new Set(lost)].sort((a, b) => a - b))
  }
  const seen = new Set<string>()
  return sets
    .filter(set => set.length < n && !seen.has(set.join()) && seen.add(set.join()))
    .sort((a, b) => a.length - b.length)
    .map(set => new Set(set))
}

export function failureMatrix(cluster: Cluster, load: LoadModel | undefined): FailureRow[] {
  const elections = new Elections(cluster)
  const all = elections.masters(new Set())
  const holders = (masters: Masters): Map<string, Member[]> => {
    const out = new Map<string, Member[]>(cluster.vips.map(vip => [vip, []]))
    for (const member of masters.flat()) for (const vip of addressesOf(member.read)) out.get(vip)?.push(member)
    return out
  }
  const before = holders(all)
  return failureSets(cluster).map(lost => {
    const after = lost.size === 0 ? before : holders(elections.masters(lost))
    const owners = new Map([...after].map(([vip, members]) => [vip, members.map(m => cluster.hosts[m.host].name)]))
    const offered = load === undefined ? undefined : linkLoads(cluster, load, owners, lost)
    const single = [...owners.values()].every(list => list.length === 1)
    return {
      failed: [...lost].map(h => cluster.hosts[h].name),
      owners,
      takeovers: takeovers(cluster, before, after, lost),
      ...(offered === undefined ? {} : { offered }),
      holds: single && (offered === undefined || load === undefined || [...offered.values()].every(o => o <= load.limit * (1 + 1e-12))),
    }
  })
}

function takeovers(
  cluster: Cluster,
  before: ReadonlyMap<string, readonly Member[]>,
  after: ReadonlyMap<string, readonly Member[]>,
  lost: ReadonlySet<number>,
): Takeover[] {
  return cluster.vips.flatMap(vip => {
    const from = before.get(vip)?.[0]
    const to = after.get(vip)?.[0]
    if (from === undefined || to === undefined || !lost.has(from.host) || before.get(vip)?.includes(to) === true) return []
    const interval = to.vrrp.version === 3 ? from.vrrp.advertIntNs : to.vrrp.advertIntNs
    const most = masterDownNs(to.vrrp.version, to.priority, interval, to.vrrp.downTimerAdverts)
    return [
      {
        vip,
        from: cluster.hosts[from.host].name,
        to: cluster.hosts[to.host].name,
        crashNs: { least: most - interval, most },
        stopNs: skewNs(to.vrrp.version, to.priority, interval),
      },
    ]
  })
}
