/**
 * The method in words: how the number of VIPs follows from balancers, losses and traffic, what is proven, and why more
 * VIPs are not always better. Plain sentences, for the terminal, Markdown and the page. Tested in test/report/plan.test.ts.
 */
import type { Curve } from './curve.ts'
import { evenBeforeAndAfter, idealAfter } from './curve.ts'
import { equalLinks, hasGroups } from './instance.ts'
import type { PlanModel } from './model.ts'
import { instanceOf } from './model.ts'
import { bytesAt } from './wire.ts'

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`
const losses = (k: number): string => `${k} ${k === 1 ? 'loss' : 'losses'}`

export interface Method {
  readonly formula: string
  readonly sentences: readonly string[]
}

export function method(model: PlanModel, curve: Curve): Method {
  const n = model.names.length
  const k = model.family.survive
  const instance = instanceOf(model, 1)
  const plain = equalLinks(instance) && !hasGroups(instance)
  const formula = plain
    ? 'worst link after k losses ≥ ⌈V/(n−k)⌉/V of the traffic'
    : 'worst link after k losses ≥ the smallest ρ with Σ ⌊ρ·cₕ⌋ ≥ V over the survivors of every failure set'
  return {
    formula,
    sentences: [
      onTheWire(model),
      counting(model, plain),
      ...reached(k, plain),
      ...sawtooth(model, curve, plain),
      ...evenness(n, k, plain, curve),
    ],
  }
}

function onTheWire(model: PlanModel): string {
  const size = { packetBytes: model.packetBytes, headerBytes: model.headerBytes }
  const wire = `${bytesAt('wire', size)}/${bytesAt(model.layer, size)}`
  const factor = model.trafficWireBps / model.requestsWireBps
  const forwarded =
    factor === 1 ? '' : `, times ${Number(factor.toPrecision(4))} in the busier direction of a ${model.forwarding} director's link`
  return `Traffic counted at layer ${model.layer} takes ${wire} of that on the wire (IP packets of ${model.packetBytes} bytes)${forwarded}; percentages are of the link's wire rate.`
}

function counting(model: PlanModel, plain: boolean): string {
  const n = model.names.length
  const k = model.family.survive
  const ideal = `shared ideally the survivors' links would be at ${percent(idealAfter(model))}`
  if (!plain)
    return `After ${losses(k)} the survivors carry all V VIPs, and VIPs are whole: each takes at most ⌊ρ·c⌋ of them at ratio ρ and capacity c; ${ideal}.`
  return `After ${losses(k)} ${n - k} of ${n} balancers carry all V VIPs, and VIPs are whole: one carries at least ⌈V/${n - k}⌉ of them; ${ideal}.`
}

function reached(k: number, plain: boolean): string[] {
  if (!plain || k === 0) return []
  if (k === 1) {
    return [
      'For one loss this is always reached: with ⌈V/n⌉ VIPs or fewer each, the others have (n−1)·⌈V/(n−1)⌉ − (V − m) ≥ m places left for the m VIPs of whichever is lost, and what happens in one loss does not touch another.',
    ]
  }
  if (k === 2) {
    return [
      'For two losses it is reached except when n/2 < V ≤ n−2: then two VIPs share a first backup or a first backup is MASTER itself, losing both their MASTERs puts two on one link, and 2/V is the best.',
    ]
  }
  return ['For three losses or more it is not always reached; the plan says what is proven for it.']
}

function sawtooth(model: PlanModel, curve: Curve, plain: boolean): string[] {
  const jump = curve.points.find((point, i) => i > 0 && point.worstAfter > curve.points[i - 1].worstAfter + 1e-9)
  if (jump === undefined || !plain) return []
  const alive = model.names.length - model.family.survive
  const before = curve.points[jump.vips - 2]
  return [
    `More VIPs are not always better: ${before.vips} put ${percent(before.worstAfter)} on the worst link, ${jump.vips} put ${percent(jump.worstAfter)}, because ${jump.vips} whole VIPs do not divide by ${alive} survivors. Multiples of ${alive} are best, and the excess shrinks as V grows.`,
  ]
}

function evenness(n: number, k: number, plain: boolean, curve: Curve): string[] {
  if (!plain || k === 0) return []
  const multiple = evenBeforeAndAfter(n, k)
  const seen = curve.fewestEven === multiple ? `; ${multiple} VIPs are` : ''
  return [
    `Loads can only be even before when V is a multiple of ${n}, and even before and after every loss when it is a multiple of ${multiple} = lcm(${n - k} … ${n})${seen}.`,
  ]
}
