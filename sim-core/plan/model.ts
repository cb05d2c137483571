/**
 * The planning question in the user's units → whole numbers, or every problem at once.
 *
 * Percentages are of the wire: the traffic, counted at whatever layer the user counts it, is turned into wire bits in
 * the busier direction of a director's link (wire.ts). Shares and link rates become integers without a common divisor;
 * shares finer than a millionth of the whole are rounded to it. Tested in test/plan/model.test.ts.
 */
import type { Problem } from '../base/problem.ts'
import type { FailureFamily } from './failures.ts'
import { failureFamily } from './failures.ts'
import type { Instance } from './instance.ts'
import { greatestCommonDivisor, makeInstance, sum } from './instance.ts'
import type { Placement } from './model-check.ts'
import { checkQuestion } from './model-check.ts'
import type { Forwarding, Layer } from './wire.ts'
import { directorFactor, rateAt } from './wire.ts'

export interface PlanQuestion {
  readonly balancers: readonly { readonly name: string; readonly linkBps: number }[]
  /** Balancers that die together: racks, power feeds. */
  readonly groups?: readonly { readonly name: string; readonly members: readonly string[] }[]
  /** How many causes (a balancer or a group) may be lost at once; 0 or more. */
  readonly survive: number
  /** Requests that arrive from the clients. */
  readonly trafficBps: number
  /** The layer at which `trafficBps` is counted; default `ip`. */
  readonly layer?: Layer
  /** IP packet of a request, header included; default 1500. */
  readonly packetBytes?: number
  /** IP and transport header; default 40 (TCP without options). Only matters at layer `payload`. */
  readonly headerBytes?: number
  /** Part of each link to keep free, 0 ≤ headroom < 1; default 0. */
  readonly headroom?: number
  /** Default DR. */
  readonly forwarding?: Forwarding
  /** Reply bits per request bit on the wire; NAT carries both. Must be given for NAT. */
  readonly responseRatio?: number
  /** Fixed VIPs with their shares (any positive numbers); without them the number of equal VIPs is what is asked. */
  readonly vips?: readonly { readonly name?: string; readonly share?: number }[]
  readonly servers?: readonly { readonly name: string; readonly linkBps: number; readonly weight?: number }[]
}

export interface PlanModel {
  readonly question: PlanQuestion
  readonly names: readonly string[]
  /** Links in units of `capacityUnitBps`, integers without a common divisor. */
  readonly capacities: readonly number[]
  readonly capacityUnitBps: number
  readonly family: FailureFamily
  readonly layer: Layer
  readonly packetBytes: number
  readonly headerBytes: number
  readonly forwarding: Forwarding
  readonly responseRatio: number
  /** Largest utilisation that fits: 1 − headroom. */
  readonly limit: number
  /** Requests on the wire. */
  readonly requestsWireBps: number
  /** Wire bits in the busier direction of the directors' links together. */
  readonly trafficWireBps: number
  /** Integer shares of the given VIPs; undefined when their number is asked. */
  readonly shares?: readonly number[]
  readonly vipNames?: readonly string[]
  readonly problems: readonly Problem[]
}

export type Modelled = { readonly ok: true; readonly model: PlanModel } | { readonly ok: false; readonly problems: readonly Problem[] }

const SHARE_TOTAL_MAX = 1_000_000

/** `placement` says where a path of the question (`balancers.2.linkBps`) was written. */
export function makeModel(question: PlanQuestion, placement?: Placement): Modelled {
  const problems = checkQuestion(question, placement)
  if (problems.some(p => p.severity === 'error')) return { ok: false, problems }
  const names = question.balancers.map(b => b.name)
  const rates = question.balancers.map(b => Math.round(b.linkBps))
  const unit = greatestCommonDivisor(rates)
  const groups = (question.groups ?? [])
    .map(group => group.members.map(name => names.indexOf(name)).sort((a, b) => a - b))
    .filter(group => group.length > 1)
  const packetBytes = question.packetBytes ?? 1500
  const headerBytes = question.headerBytes ?? 40
  const forwarding = question.forwarding ?? 'DR'
  const layer = question.layer ?? 'ip'
  const responseRatio = question.responseRatio ?? 0
  const requestsWireBps = rateAt(question.trafficBps, layer, 'wire', { packetBytes, headerBytes })
  const model: PlanModel = Object.freeze({
    question,
    names,
    capacities: rates.map(rate => rate / unit),
    capacityUnitBps: unit,
    family: failureFamily(names.length, question.survive, groups),
    layer,
    packetBytes,
    headerBytes,
    forwarding,
    responseRatio,
    limit: 1 - (question.headroom ?? 0),
    requestsWireBps,
    trafficWireBps: requestsWireBps * directorFactor(forwarding, responseRatio, packetBytes),
    ...(question.vips === undefined
      ? {}
      : { shares: wholeShares(question.vips.map(v => v.share ?? 1)), vipNames: question.vips.map((v, i) => v.name ?? `VIP ${i + 1}`) }),
    problems,
  })
  return { ok: true, model }
}

/** Integers in the proportions of `shares`: exact when few digits suffice, else rounded to a millionth of the whole, at least 1. */
export function wholeShares(shares: readonly number[]): number[] {
  for (let scale = 1; scale <= SHARE_TOTAL_MAX; scale *= 10) {
    const scaled = shares.map(share => share * scale)
    const rounded = scaled.map(Math.round)
    const exact = scaled.every((s, i) => Math.abs(s - rounded[i]) <= 1e-9 * Math.max(1, s) && rounded[i] > 0)
    if (exact && sum(rounded) <= SHARE_TOTAL_MAX) return reduced(rounded)
  }
  const total = sum(shares)
  return reduced(shares.map(share => Math.max(1, Math.round((share / total) * SHARE_TOTAL_MAX))))
}

const reduced = (values: readonly number[]): number[] => {
  const divisor = greatestCommonDivisor(values)
  return values.map(value => value / divisor)
}

/** The whole-number question for `vips` equal VIPs, or for the model's own shares. */
export const instanceOf = (model: PlanModel, vips?: number): Instance =>
  makeInstance(model.capacities, vips === undefined ? (model.shares ?? [1]) : new Array<number>(vips).fill(1), model.family)

/** Utilisation of a link's wire rate that a ratio of an instance means; 1 is a full link. */
export const utilisation = (model: PlanModel, instance: Instance, ratio: number): number =>
  (ratio * model.trafficWireBps) / (sum(instance.shares) * model.capacityUnitBps)

/** Whether the worst link stays within the limit; a link that is exactly full still carries everything. */
export const fits = (model: PlanModel, instance: Instance, ratio: number): boolean =>
  utilisation(model, instance, ratio) <= model.limit * (1 + 1e-12)

/** The wire rate that a link of ratio `ratio` and capacity `capacity` must have, headroom included. */
export const requiredLinkBps = (model: PlanModel, instance: Instance, load: number): number =>
  (load * model.trafficWireBps) / (sum(instance.shares) * model.limit)

export interface ServerLoad {
  readonly name: string
  /** Busier direction over the link's wire rate. */
  readonly utilisation: number
}

/** Real servers' links: requests in, replies out, by weight. */
export function serverLoads(model: PlanModel): ServerLoad[] {
  const servers = model.question.servers ?? []
  const weights = sum(servers.map(s => s.weight ?? 1))
  return servers.map(s => ({
    name: s.name,
    utilisation: (model.requestsWireBps * Math.max(1, model.responseRatio) * (s.weight ?? 1)) / weights / s.linkBps,
  }))
}
