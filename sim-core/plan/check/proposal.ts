/**
 * What to do about a link that is offered too much: the same VIPs in other orders where that suffices, else other
 * numbers of VIPs: the fewest that fit with nobody idle, and the fewest that are even. Found by the planner.
 * Tested in test/report/check.test.ts.
 */
import { smallestChanges } from '../change.ts'
import type { CurvePoint } from '../curve.ts'
import { curve } from '../curve.ts'
import { fits, instanceOf, makeModel, type PlanModel, utilisation } from '../model.ts'
import { constructPlan, type PlanAnswer } from '../solve.ts'
import type { Cluster } from './cluster.ts'
import { questionAbout } from './load.ts'

export interface ProposedPlan {
  readonly vips: number
  /** VIP (or its number when it does not exist yet) → hosts, MASTER first. */
  readonly orders: readonly { readonly vip: string; readonly hosts: readonly string[] }[]
  readonly worstBefore: number
  readonly worstAfter: number
  readonly even: boolean
  /** The VIPs that there are, in other orders. */
  readonly sameVips: boolean
}

export interface Proposal {
  readonly survive: number
  readonly plans: readonly ProposedPlan[]
  /** When no orders help: what would. */
  readonly changes: readonly string[]
}

/** Searching for orders of more balancers than this takes too long for a checker; `lvsim plan` does it. */
const BALANCERS_MAX = 24

export function propose(cluster: Cluster): Proposal | undefined {
  const question = questionAbout(cluster)
  if (question === undefined || cluster.hosts.length < 2 || cluster.hosts.length > BALANCERS_MAX) return undefined
  const own = makeModel(question)
  const { vips: _, ...equal } = question
  const free = makeModel(equal)
  if (!own.ok || !free.ok) return undefined
  const same = samePlan(own.model)
  const points = curve(free.model)
  const numbers = [points.recommended, points.fewestEven].filter(v => v !== undefined)
  const others = [...new Set(numbers)]
    .filter(v => v !== cluster.vips.length || same === undefined)
    .map(v => points.points[v - 1])
    .filter(point => point?.fits === true)
    .map(point => ofPoint(free.model, point))
  const plans = [...(same === undefined ? [] : [same]), ...others]
  return { survive: question.survive, plans, changes: plans.length > 0 ? [] : smallestChanges(free.model).map(c => c.text) }
}

function samePlan(model: PlanModel): ProposedPlan | undefined {
  const instance = instanceOf(model)
  const answer = constructPlan(instance)
  if (!fits(model, instance, answer.after.ratio)) return undefined
  return {
    vips: answer.orders.length,
    orders: ordersOf(model, answer),
    worstBefore: utilisation(model, instance, answer.before.ratio),
    worstAfter: utilisation(model, instance, answer.after.ratio),
    even: answer.count.evenBefore && answer.count.evenAfter,
    sameVips: true,
  }
}

const ofPoint = (model: PlanModel, point: CurvePoint): ProposedPlan => ({
  vips: point.vips,
  orders: ordersOf(model, point.answer),
  worstBefore: point.worstBefore,
  worstAfter: point.worstAfter,
  even: point.even,
  sameVips: false,
})

const ordersOf = (model: PlanModel, answer: PlanAnswer): ProposedPlan['orders'] =>
  answer.orders.map((order, v) => ({ vip: model.vipNames?.[v] ?? `VIP ${v + 1}`, hosts: order.map(b => model.names[b]) }))
