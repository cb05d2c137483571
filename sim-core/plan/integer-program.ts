/**
 * The planning question as an integer program: how many VIPs of each share follow each order type.
 *
 * VIPs of equal share are alike, so the unknowns are counts, not one binary a VIP. An order type is as much of an
 * order as the failure sets can tell apart: places up to the first that survives them all. With equal shares and no
 * groups the last of those can be left out too (construct.ts says why): k places instead of k + 1, 132 columns
 * instead of 1320 for 12 balancers and 2 losses. Rows hold every link in every failure set at or below a whole limit;
 * solve.ts moves the limit ratio by ratio, which is the integer objective solved as pure feasibility (measured three
 * times faster than minimising, and a continuous objective never ends). Equal links: MASTERs are numbered by
 * falling count, which removes n! copies of each plan.
 * Tested in test/plan/solve.test.ts.
 */
import type { FailureSet } from './failures.ts'
import type { Instance } from './instance.ts'
import { equalLinks, equalShares, hasGroups } from './instance.ts'

export interface ProgramRow {
  readonly columns: readonly number[]
  readonly coefficients: readonly number[]
  readonly sense: '<=' | '='
  readonly right: number
}

/** Find whole numbers 0 ≤ x ≤ upper that satisfy every row. */
export interface IntegerProgram {
  readonly upper: readonly number[]
  readonly rows: readonly ProgramRow[]
}

/** What a column counts: VIPs of `share` whose order starts with `places`. */
export interface OrderType {
  readonly share: number
  readonly places: readonly number[]
}

export interface PlanProgram extends IntegerProgram {
  readonly types: readonly OrderType[]
}

/** Larger programs are not worth handing to a solver: building them alone takes longer than the time they get. */
const COLUMNS_MAX = 12_000
const CELLS_MAX = 2_500_000

/** True when only k places of each order need to be found. */
export const leavesLastPlaceOut = (instance: Instance): boolean =>
  equalShares(instance) && !hasGroups(instance) && instance.family.survive > 0

/** The program whose solutions are the plans within the limits; undefined when it would be too large. */
export function planProgram(
  instance: Instance,
  after: readonly number[],
  before: readonly number[],
  reduced = leavesLastPlaceOut(instance),
): PlanProgram | undefined {
  const shares = [...new Set(instance.shares)].sort((a, b) => b - a)
  const places = reduced ? tuples(instance, instance.family.survive) : neededPrefixes(instance)
  const sets: readonly FailureSet[] = instance.family.worst
  if (places === undefined || places.length * shares.length > COLUMNS_MAX || places.length * shares.length * sets.length > CELLS_MAX)
    return undefined
  const types = shares.flatMap(share => places.map(p => ({ share, places: p })))
  const count = (share: number): number => instance.shares.filter(s => s === share).length
  const rows: ProgramRow[] = shares.map((share, s) => {
    const columns = places.map((_, p) => s * places.length + p)
    return { columns, coefficients: columns.map(() => 1), sense: '=', right: count(share) }
  })
  rows.push(...loadRows(types, new Uint8Array(after.length), before))
  for (const set of sets) rows.push(...loadRows(types, set.down, after))
  if (equalLinks(instance) && !hasGroups(instance)) rows.push(...fallingMasters(types, after.length))
  return { types, upper: types.map(type => count(type.share)), rows: rows.filter(row => row.columns.length > 0) }
}

/** Σ share · x over the types that balancer b owns when `down` is lost ≤ limit of b. */
function loadRows(types: readonly OrderType[], down: Uint8Array, limits: readonly number[]): ProgramRow[] {
  const columns = limits.map(() => [] as number[])
  types.forEach((type, t) => {
    const owner = type.places.find(b => down[b] === 0)
    if (owner !== undefined) columns[owner].push(t)
  })
  return columns.map((list, b) => ({ columns: list, coefficients: list.map(t => types[t].share), sense: '<=', right: limits[b] }))
}

function fallingMasters(types: readonly OrderType[], n: number): ProgramRow[] {
  const of = (b: number): number[] => types.flatMap((type, t) => (type.places[0] === b ? [t] : []))
  return Array.from({ length: n - 1 }, (_, b) => {
    const [more, less] = [of(b), of(b + 1)]
    return {
      columns: [...less, ...more],
      coefficients: [...less.map(t => types[t].share), ...more.map(t => -types[t].share)],
      sense: '<=',
      right: 0,
    }
  })
}

function tuples(instance: Instance, length: number): number[][] | undefined {
  const n = instance.capacities.length
  let out: number[][] = [[]]
  for (let place = 0; place < length; place++) {
    out = out.flatMap(tuple => Array.from({ length: n }, (_, b) => b).flatMap(b => (tuple.includes(b) ? [] : [[...tuple, b]])))
    if (out.length > COLUMNS_MAX) return undefined
  }
  return out
}

/** The shortest starts of orders that no failure set takes down entirely. */
function neededPrefixes(instance: Instance): number[][] | undefined {
  const n = instance.capacities.length
  const out: number[][] = []
  let open: number[][] = Array.from({ length: n }, (_, b) => [b])
  while (open.length > 0) {
    const next: number[][] = []
    for (const prefix of open) {
      if (!instance.family.worst.some(set => prefix.every(b => set.down[b] === 1))) out.push(prefix)
      else for (let b = 0; b < n; b++) if (!prefix.includes(b)) next.push([...prefix, b])
    }
    if (out.length + next.length > COLUMNS_MAX) return undefined
    open = next
  }
  return out
}
