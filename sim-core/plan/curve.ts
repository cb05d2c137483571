/**
 * The curve: for V = 1, 2, 3 … equal VIPs, the worst link before and after any k losses, who is idle, what is even,
 * what fits; and the numbers of VIPs worth naming.
 *
 * More VIPs are not always better: the worst link carries ⌈V/(n−k)⌉ whole VIPs, so their part of the traffic,
 * ⌈V/(n−k)⌉/V, falls to 1/(n−k) at multiples of n − k and jumps up right after. Tested in test/plan/curve.test.ts.
 */
import { greatestCommonDivisor, sum } from './instance.ts'
import type { PlanModel } from './model.ts'
import { fits, instanceOf, utilisation } from './model.ts'
import type { PlanAnswer } from './solve.ts'
import { constructPlan } from './solve.ts'

export interface CurvePoint {
  readonly vips: number
  /** Utilisation of the worst link's wire rate while all live. */
  readonly worstBefore: number
  /** … after any k losses. */
  readonly worstAfter: number
  /** Names of the balancers that are MASTER of nothing while all live. */
  readonly idle: readonly string[]
  readonly evenBefore: boolean
  /** Even while all live and in every failure set. */
  readonly even: boolean
  readonly fits: boolean
  /** No plan of that many VIPs has a lower worst link after. */
  readonly optimal: boolean
  readonly answer: PlanAnswer
}

export interface Curve {
  readonly points: readonly CurvePoint[]
  /** Smallest V that fits; undefined when none of the points does. */
  readonly fewestThatFit?: number
  /** Smallest V that fits and leaves no balancer idle. */
  readonly recommended?: number
  /** Smallest V whose loads are equal while all live. */
  readonly fewestEvenBefore?: number
  /** Smallest V whose loads are equal before and after every loss. */
  readonly fewestEven?: number
}

const POINTS_MAX = 60

/** V up to which the curve is drawn unless asked otherwise: far enough to show a plan that is even before and after. */
export const curveLength = (model: PlanModel): number => {
  const n = model.names.length
  return Math.min(POINTS_MAX, Math.max(2 * n, model.family.survive === 0 ? n : evenBeforeAndAfter(n, model.family.survive)))
}

/** The least number of equal VIPs that n equal balancers can share evenly before and after 1 … k losses: lcm(n, n−1, …, n−k) divides it. */
export function evenBeforeAndAfter(balancers: number, survive: number): number {
  let multiple = 1
  for (let alive = balancers - survive; alive <= balancers; alive++)
    multiple = (multiple * alive) / greatestCommonDivisor([multiple, alive])
  return multiple
}

export function curve(model: PlanModel, upTo = curveLength(model)): Curve {
  const points = Array.from({ length: upTo }, (_, i) => curvePoint(model, i + 1))
  const first = (wanted: (point: CurvePoint) => boolean): number | undefined => points.find(wanted)?.vips
  return {
    points,
    fewestThatFit: first(p => p.fits),
    recommended: first(p => p.fits && p.idle.length === 0) ?? first(p => p.fits),
    fewestEvenBefore: first(p => p.evenBefore),
    fewestEven: first(p => p.even),
  }
}

export function curvePoint(model: PlanModel, vips: number): CurvePoint {
  const instance = instanceOf(model, vips)
  const answer = constructPlan(instance)
  const { count } = answer
  return {
    vips,
    worstBefore: utilisation(model, instance, count.worstBefore.ratio),
    worstAfter: utilisation(model, instance, count.worstAfter.ratio),
    idle: count.idle.map(b => model.names[b]),
    evenBefore: count.evenBefore,
    even: count.evenBefore && count.evenAfter,
    fits: fits(model, instance, count.worstAfter.ratio),
    optimal: answer.after.optimal,
    answer,
  }
}

/** The utilisation below which no number of VIPs can bring the worst link after k losses: the survivors' links shared ideally. */
export const idealAfter = (model: PlanModel): number =>
  Math.max(
    ...model.family.worst.map(
      set => model.trafficWireBps / (model.capacityUnitBps * sum(model.capacities.filter((_, b) => set.down[b] === 0))),
    ),
  )
