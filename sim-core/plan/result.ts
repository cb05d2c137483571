/**
 * A whole answer to a planning question: the curve, the plan that is recommended (or the best there is when nothing
 * fits, with what would make it fit), what is proven, and what each link must carry. Pure but for the solver that is
 * passed in. Tested in test/report/plan.test.ts.
 */
import type { Change } from './change.ts'
import { bestOf, smallestChanges, yearsUntilFull } from './change.ts'
import type { Curve } from './curve.ts'
import { curve, curveLength } from './curve.ts'
import type { Failover } from './failover.ts'
import { defaultFailover } from './failover.ts'
import type { Instance } from './instance.ts'
import type { MatrixRow } from './loads.ts'
import { failureMatrix } from './loads.ts'
import type { Method } from './method.ts'
import { method } from './method.ts'
import type { PlanModel, ServerLoad } from './model.ts'
import { fits, instanceOf, requiredLinkBps, serverLoads, utilisation } from './model.ts'
import type { Skew, SkewOptions } from './skew.ts'
import { skew } from './skew.ts'
import type { PlanAnswer, SolveOptions } from './solve.ts'
import { solvePlan } from './solve.ts'
import type { DeploymentOptions } from './write/deployment.ts'
import { makeDeployment } from './write/deployment.ts'

export interface PlanResult {
  readonly model: PlanModel
  /** Over equal VIPs; of the same traffic when the VIPs are given. */
  readonly curve: Curve
  readonly method: Method
  readonly plan: ChosenPlan
  /** Not empty when nothing fits. */
  readonly changes: readonly Change[]
  readonly servers: readonly ServerLoad[]
  readonly failover: Failover
  readonly skew?: Skew
  /** Growth of the traffic a year and the years until the plan no longer fits. */
  readonly growth?: { readonly yearly: number; readonly years: number }
}

export interface ChosenPlan {
  readonly instance: Instance
  readonly answer: PlanAnswer
  /** By VIP: its name, or the address that --write gives it. */
  readonly vipNames: readonly string[]
  readonly vipAddresses: readonly string[]
  readonly fits: boolean
  /** Utilisations of the wire. */
  readonly worstBefore: number
  readonly worstAfter: number
  readonly atLeastAfter: number
  readonly atLeastBefore: number
  /** The first row is before any loss. */
  readonly matrix: readonly MatrixRow[]
  readonly needs: readonly LinkNeed[]
}

/** What one balancer's link must carry at worst. */
export interface LinkNeed {
  readonly balancer: string
  readonly worst: number
  readonly lost: readonly number[]
  /** Wire rate that carries it, headroom included. */
  readonly wireBps: number
  readonly linkBps: number
}

export interface PlanOptions extends SolveOptions {
  /** VIPs up to which the curve goes. */
  readonly upTo?: number
  readonly failover?: Failover
  readonly growthYearly?: number
  readonly skew?: SkewOptions
  /** For the VIPs' addresses. */
  readonly deployment?: DeploymentOptions
}

export async function makePlan(model: PlanModel, options: PlanOptions = {}): Promise<PlanResult> {
  const points = curve(model, options.upTo ?? curveLength(model))
  const vips = model.shares === undefined ? (points.recommended ?? bestOf(model).vips) : undefined
  const instance = instanceOf(model, vips)
  const answer = await solvePlan(instance, options)
  const plan = chosen(model, instance, answer, makeDeployment(model, answer, options.deployment ?? {}).deployment.vips)
  return {
    model,
    curve: points,
    method: method(model, points),
    plan,
    changes: plan.fits ? [] : smallestChanges(model),
    servers: serverLoads(model),
    failover: options.failover ?? defaultFailover(model),
    ...(options.skew === undefined ? {} : { skew: skew(model, answer.orders, options.skew) }),
    ...(options.growthYearly === undefined
      ? {}
      : { growth: { yearly: options.growthYearly, years: yearsUntilFull(plan.worstAfter, model.limit, options.growthYearly) } }),
  }
}

function chosen(model: PlanModel, instance: Instance, answer: PlanAnswer, vipAddresses: readonly string[]): ChosenPlan {
  const at = (ratio: number): number => utilisation(model, instance, ratio)
  const matrix = failureMatrix(instance, answer.orders)
  return {
    instance,
    answer,
    vipNames: answer.orders.map((_, v) => model.vipNames?.[v] ?? vipAddresses[v] ?? `VIP ${v + 1}`),
    vipAddresses,
    fits: fits(model, instance, answer.after.ratio),
    worstBefore: at(answer.before.ratio),
    worstAfter: at(answer.after.ratio),
    atLeastAfter: at(answer.after.atLeast),
    atLeastBefore: at(answer.before.atLeast),
    matrix,
    needs: model.names.map((balancer, b) => {
      const worst = matrix.reduce((most, row) => (row.loads[b] > most.loads[b] ? row : most))
      return {
        balancer,
        worst: at(worst.loads[b] / model.capacities[b]),
        lost: worst.lost,
        wireBps: requiredLinkBps(model, instance, worst.loads[b]),
        linkBps: model.question.balancers[b].linkBps,
      }
    }),
  }
}
