/**
 * The best plan and how good it is known to be: construct, compare with the bound, and only where they differ ask a
 * solver whether the ratios between can be reached.
 *
 * First the worst link after any k losses, then, with that fixed, the worst before. Between a proven lower ratio and
 * the ratio of a plan in hand lie finitely many ratios that whole loads can make; each question "is this one
 * reachable?" moves one of the two ends. When they meet, the plan is optimal; when time runs out the rest is the
 * proven gap. Every plan is recounted by plain enumeration (loads.ts) before it counts.
 * Tested in test/plan/solve.test.ts and test/plan/table.test.ts.
 */
import { assert } from '../base/assert.ts'
import type { Bound } from './bound.ts'
import { boundAfter, boundBefore, boundMoved } from './bound.ts'
import { construct, finishPrefixes } from './construct.ts'
import type { Instance, Orders } from './instance.ts'
import { equalShares, limitsAt, nextRatio, sum } from './instance.ts'
import { leavesLastPlaceOut, planProgram } from './integer-program.ts'
import type { PlanProgram } from './integer-program.ts'
import type { Recount } from './loads.ts'
import { recount } from './loads.ts'
import { isClose } from './objective.ts'
import { satisfies } from './solver.ts'
import type { Solver } from './solver.ts'
import { fillTail } from './tail.ts'

export interface Proof {
  /** Reached by the plan, recounted. */
  readonly ratio: number
  /** No plan is below this. */
  readonly atLeast: number
  readonly optimal: boolean
  /** ratio / atLeast − 1. */
  readonly gap: number
  readonly by: Bound['by'] | 'solver'
  readonly argument: readonly string[]
}

export interface PlanAnswer {
  readonly orders: Orders
  readonly count: Recount
  readonly after: Proof
  /** Among plans with that worst link after. */
  readonly before: Proof
  /** VIPs moved by the worst failure set, and the fewest possible where known. */
  readonly moved: { readonly vips: number; readonly atLeast?: number }
  readonly solverCalls: number
  /** The solver that ran out of time before it could decide; more time may give a better plan or a better bound. */
  readonly undecided?: string
}

export interface SolveOptions {
  readonly solver?: Solver
  /** For all calls of the solver together; default 8. */
  readonly timeLimitS?: number
  readonly onProgress?: (text: string) => void
}

const TIME_LIMIT_S = 8

/** The plan of the constructions with what the bounds prove; instant, never asks a solver. */
export function constructPlan(instance: Instance): PlanAnswer {
  const orders = construct(instance)
  const count = recount(instance, orders)
  return answer(instance, { orders, count, solverCalls: 0 }, boundAfter(instance), undefined)
}

export async function solvePlan(instance: Instance, options: SolveOptions = {}): Promise<PlanAnswer> {
  const constructed = constructPlan(instance)
  const { solver } = options
  if (solver === undefined || (closeEnough(instance, constructed.after) && closeEnough(instance, constructed.before))) return constructed
  const hunt: Hunt = {
    instance,
    solver,
    secondsLeft: options.timeLimitS ?? TIME_LIMIT_S,
    report: options.onProgress ?? (() => {}),
    best: { orders: constructed.orders, count: constructed.count, solverCalls: 0 },
  }
  const lowAfter = await narrow(hunt, 'after', boundAfter(instance), Number.POSITIVE_INFINITY)
  const worst = hunt.best.count.worstAfter.ratio
  const lowBefore = await narrow(hunt, 'before', boundBefore(instance, worst), worst)
  const found = answer(instance, hunt.best, lowAfter, lowBefore)
  return hunt.undecided === undefined ? found : { ...found, undecided: hunt.undecided }
}

interface Candidate {
  readonly orders: Orders
  readonly count: Recount
  readonly solverCalls: number
}

interface Hunt {
  readonly instance: Instance
  readonly solver: Solver
  secondsLeft: number
  readonly report: (text: string) => void
  best: Candidate
  undecided?: string
}

/** Moves the lower bound up and the plan down until they meet or time is up; returns the bound. */
async function narrow(hunt: Hunt, tier: 'after' | 'before', bound: Bound, after: number): Promise<Lowest> {
  const { instance, solver } = hunt
  let low: Lowest = bound
  const reached = (): number => (tier === 'after' ? hunt.best.count.worstAfter.ratio : hunt.best.count.worstBefore.ratio)
  let goal = low.ratio
  while (!isClose(instance, reached(), low.ratio) && hunt.secondsLeft > 0) {
    const limits = {
      after: limitsAt(tier === 'after' ? goal : after, instance.capacities),
      before: limitsAt(goal, instance.capacities),
    }
    const program = planProgram(instance, limits.after, limits.before)
    if (program === undefined) break
    hunt.report(
      `asking ${solver.name} for a worst link ${tier} of at most ${goal}: ${program.upper.length} columns, ${program.rows.length} rows`,
    )
    const found = await solver.solve(program, { timeLimitS: hunt.secondsLeft })
    hunt.secondsLeft -= found.elapsedS
    hunt.best = { ...hunt.best, solverCalls: hunt.best.solverCalls + 1 }
    if (found.status === 'time-limit') {
      hunt.undecided = solver.name
      break
    }
    if (found.status === 'infeasible') {
      low = {
        ratio: nextRatio(goal, instance.capacities),
        by: 'solver',
        argument: [`${solver.name} proves that no plan stays below it`],
      }
    } else if (!adopt(hunt, program, found.values, { after: tier === 'after' ? goal : after, before: goal })) break
    goal = equalShares(instance) ? low.ratio : Math.max(low.ratio, (low.ratio + reached()) / 2)
  }
  return low
}

type Lowest = Omit<Bound, 'by'> & { readonly by: Proof['by'] }

/** Makes orders of a solution and takes them if the recount confirms them; false when the solver was wrong. */
function adopt(hunt: Hunt, program: PlanProgram, values: readonly number[], ratios: { after: number; before: number }): boolean {
  if (!satisfies(program, values)) return false
  const { instance } = hunt
  const places = new Map<number, (readonly number[])[]>()
  program.types.forEach((type, t) => {
    const list = places.get(type.share) ?? []
    for (let i = 0; i < values[t]; i++) list.push(type.places)
    places.set(type.share, list)
  })
  const prefixes = instance.shares.map(share => places.get(share)!.shift()!)
  assert(
    [...places.values()].every(list => list.length === 0),
    'adopt: a VIP is left over',
  )
  const orders = leavesLastPlaceOut(instance)
    ? finishPrefixes(
        instance,
        prefixes.map(prefix => complete(instance, prefix)),
        ratios.after,
        ratios.before,
      )
    : fillTail(instance, prefixes)
  const count = recount(instance, orders)
  if (count.worstAfter.ratio > ratios.after || count.worstBefore.ratio > ratios.before) return false
  hunt.best = { orders, count, solverCalls: hunt.best.solverCalls }
  return true
}

const complete = (instance: Instance, prefix: readonly number[]): number[] => [
  ...prefix,
  ...instance.capacities.map((_, b) => b).filter(b => !prefix.includes(b)),
]

function answer(instance: Instance, best: Candidate, after: Lowest, before: Lowest | undefined): PlanAnswer {
  const { count, orders, solverCalls } = best
  const lowest = before ?? boundBefore(instance, count.worstAfter.ratio)
  const movedAtLeast = boundMoved(instance, count.worstAfter.ratio, count.worstBefore.ratio)
  return {
    orders,
    count,
    after: proof(instance, count.worstAfter.ratio, after),
    before: proof(instance, count.worstBefore.ratio, lowest),
    moved: { vips: count.moved, ...(movedAtLeast === undefined ? {} : { atLeast: movedAtLeast }) },
    solverCalls,
  }
}

function proof(instance: Instance, ratio: number, low: Lowest): Proof {
  assert(
    ratio >= low.ratio || isClose(instance, ratio, low.ratio),
    `a plan's worst link (${ratio}) is below what was proven (${low.ratio})`,
  )
  return {
    ratio,
    atLeast: low.ratio,
    optimal: ratio <= low.ratio,
    gap: Math.max(0, ratio / low.ratio - 1),
    by: low.by,
    argument: low.argument,
  }
}

const closeEnough = (instance: Instance, p: Proof): boolean => isClose(instance, p.ratio, p.atLeast)

/** Traffic on the worst link as a fraction of the whole, for a ratio of an instance whose links are equal. */
export const trafficFraction = (instance: Instance, ratio: number): number => (ratio * instance.capacities[0]) / sum(instance.shares)
