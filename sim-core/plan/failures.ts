/**
 * Which balancers can be lost together, by plain enumeration.
 *
 * A cause is one balancer or one failure group (a rack, a power feed). "Survive k losses" means every set of at
 * most k causes. Losing more never unloads a survivor, so a set is left out of `worst` when every survivor's load
 * is also seen in a larger set that spares it; for balancers without groups exactly the sets of size k remain.
 * Tested in test/plan/failures.test.ts.
 */
import { assert } from '../base/assert.ts'

export interface FailureSet {
  /** Indexes of the balancers that are down, ascending. */
  readonly lost: readonly number[]
  /** 1 for each balancer that is down. */
  readonly down: Uint8Array
}

export interface FailureFamily {
  readonly balancers: number
  /** k: how many causes may strike at once. */
  readonly survive: number
  /** Balancers that die together, each group ascending and of at least two. */
  readonly groups: readonly (readonly number[])[]
  /** Every distinct set of balancers that at most k causes take down, without the empty one; by size, then by index. */
  readonly all: readonly FailureSet[]
  /** Those that can decide the worst link; when k = 0 only the empty set. */
  readonly worst: readonly FailureSet[]
}

/** More sets than this are refused by the model: a recount must stay instant. */
export const FAILURE_SETS_MAX = 20_000
/** Up to here the sets of a cluster with groups are compared pair by pair; beyond, all are kept as worst. */
const PAIRWISE_MAX = 3_000

/** How many sets `failureFamily` would walk through, before any are left out. */
export function countFailureSets(balancers: number, groups: number, survive: number): number {
  let total = 0
  let choose = 1
  const causes = balancers + groups
  for (let size = 1; size <= Math.min(survive, causes); size++) {
    choose = (choose * (causes - size + 1)) / size
    total += choose
  }
  return total
}

export function failureFamily(balancers: number, survive: number, groups: readonly (readonly number[])[] = []): FailureFamily {
  assert(countFailureSets(balancers, groups.length, survive) <= FAILURE_SETS_MAX, 'failureFamily: too many failure sets')
  const causes = [...Array.from({ length: balancers }, (_, i) => [i]), ...groups]
  const sets = new Map<string, FailureSet>()
  const visit = (from: number, left: number, down: Uint8Array): void => {
    for (let c = from; c < causes.length; c++) {
      const next = Uint8Array.from(down)
      for (const member of causes[c]) next[member] = 1
      sets.set(next.join(''), failureSet(next))
      if (left > 1) visit(c + 1, left - 1, next)
    }
  }
  if (survive > 0) visit(0, survive, new Uint8Array(balancers))
  const all = [...sets.values()].filter(set => set.lost.length < balancers).sort(bySizeThenIndex)
  return { balancers, survive, groups, all, worst: worstSets(balancers, survive, groups, all) }
}

/** True when some set of at most k causes leaves nobody: no plan survives that. */
export function someSetKillsAll(balancers: number, survive: number, groups: readonly (readonly number[])[]): boolean {
  const reach = (from: number, left: number, down: Uint8Array): boolean => {
    const alive = down.reduce((sum, d) => sum + (d === 0 ? 1 : 0), 0)
    if (alive <= left) return true
    if (left === 0) return false
    for (let g = from; g < groups.length; g++) {
      const next = Uint8Array.from(down)
      for (const member of groups[g]) next[member] = 1
      if (reach(g + 1, left - 1, next)) return true
    }
    return false
  }
  return survive > 0 && reach(0, survive, new Uint8Array(balancers))
}

function worstSets(
  balancers: number,
  survive: number,
  groups: readonly (readonly number[])[],
  all: readonly FailureSet[],
): readonly FailureSet[] {
  if (survive === 0) return [failureSet(new Uint8Array(balancers))]
  if (groups.length === 0) return all.filter(set => set.lost.length === survive)
  if (all.length > PAIRWISE_MAX) return all
  return all.filter(set => {
    const larger = all.filter(other => other.lost.length > set.lost.length && set.lost.every(b => other.down[b] === 1))
    for (let b = 0; b < balancers; b++) if (set.down[b] === 0 && !larger.some(other => other.down[b] === 0)) return true
    return false
  })
}

function failureSet(down: Uint8Array): FailureSet {
  const lost: number[] = []
  for (let b = 0; b < down.length; b++) if (down[b] === 1) lost.push(b)
  return { lost, down }
}

function bySizeThenIndex(a: FailureSet, b: FailureSet): number {
  if (a.lost.length !== b.lost.length) return a.lost.length - b.lost.length
  for (let i = 0; i < a.lost.length; i++) if (a.lost[i] !== b.lost[i]) return a.lost[i] - b.lost[i]
  return 0
}
