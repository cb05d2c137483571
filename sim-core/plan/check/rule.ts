/**
 * What a rule is: one mistake that clusters are found with, where it comes from, and what to write instead. A rule is a
 * file in rules/ and a line in its registry; tests are generated from the registry (test/plan/check/rules.test.ts).
 */
import type { Position, Severity } from '../../base/problem.ts'
import type { Cluster, Member, VirtualRouter } from './cluster.ts'
import type { Masters } from './election.ts'
import type { LoadModel } from './load.ts'
import type { FailureRow } from './matrix.ts'

export interface Finding {
  readonly rule: string
  readonly severity: Severity
  readonly at: Position
  readonly message: string
  readonly fix: string
}

/** What rules look at: the files, and what follows from them. */
export interface Checked {
  readonly cluster: Cluster
  readonly matrix: readonly FailureRow[]
  /** While all live. */
  readonly masters: Masters
  readonly load?: LoadModel
}

/** `fix` replaces the rule's own where a value can be named. */
export type Tell = (at: Position, message: string, fix?: string) => void

export interface Rule {
  /** kebab-case, stable. */
  readonly id: string
  readonly severity: Severity
  /** What is wrong, in half a line. */
  readonly title: string
  /** What follows from it, in sentences. */
  readonly why: string
  readonly fix: string
  /** Where that is known from. */
  readonly source: string
  /** A scenario that shows the consequence, as a path in the repository. */
  readonly scenario?: string
  /** Codes of keepalived.conf's reader that are this rule. */
  readonly codes?: readonly string[]
  readonly check?: (checked: Checked, tell: Tell) => void
}

/** Where a keyword of the instance is written, else where the instance begins. */
export const placeOf = (m: Member, keyword: string): Position => m.read.where[keyword] ?? m.read.at

export const nameIn = ({ cluster }: Checked, m: Member): string => `${m.read.name} on ${cluster.hosts[m.host].name}`

export const routerName = (r: VirtualRouter): string => `virtual_router_id ${r.vrid}`

/** Each pair of members of each router once. */
export function eachPair({ cluster }: Checked, visit: (a: Member, b: Member, router: VirtualRouter) => void): void {
  for (const router of cluster.routers)
    router.members.forEach((b, j) => {
      for (const a of router.members.slice(0, j)) visit(a, b, router)
    })
}

/** The first member that differs from the first of its router, once a router: a mismatch is told once, not for every pair. */
export function eachOddOne(
  { cluster }: Checked,
  key: (m: Member) => string,
  visit: (usual: Member, odd: Member, router: VirtualRouter) => void,
): void {
  for (const router of cluster.routers) {
    const groups = new Map<string, Member[]>()
    for (const m of router.members) groups.set(key(m), [...(groups.get(key(m)) ?? []), m])
    if (groups.size < 2) continue
    const bySize = [...groups.values()].sort((a, b) => b.length - a.length)
    for (const odd of bySize.slice(1)) visit(bySize[0][0], odd[0], router)
  }
}
