/**
 * When nothing fits: the smallest changes that would, each confirmed by a plan. And how long growing traffic still fits.
 *
 * One change at a time: another number of VIPs, more balancers, faster links, less traffic, a smaller or a split share,
 * fewer losses to survive. Tested in test/plan/change.test.ts.
 */
import { ln } from '../base/math.ts'
import { sum } from './instance.ts'
import { curvePoint, idealAfter } from './curve.ts'
import type { CurvePoint } from './curve.ts'
import type { PlanModel, PlanQuestion } from './model.ts'
import { fits, instanceOf, makeModel, utilisation } from './model.ts'
import { BALANCERS_MAX } from './model-check.ts'
import { constructPlan } from './solve.ts'
import { STANDARD_LINKS_BPS } from './wire.ts'

export interface Change {
  readonly kind: 'vips' | 'balancers' | 'links' | 'traffic' | 'share' | 'split' | 'survive'
  /** One sentence: what to change, and what it gives. */
  readonly text: string
  /** VIPs of the plan that then fits. */
  readonly vips: number
  /** Its worst link after any k losses, of the wire. */
  readonly worstAfter: number
  /** The number that changes, new value: balancers, bit/s of a link, bit/s of traffic, share of the whole, parts, losses. */
  readonly value: number
}

/** The worst link after any k losses of the model's own VIPs, or of the best number of equal ones. */
export interface Best {
  readonly vips: number
  readonly worstAfter: number
  readonly fits: boolean
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`
const gigabits = (bps: number): string => `${Number((bps / 1e9).toPrecision(4))} Gbit/s`

/** The best that the model can do; with equal VIPs up to `upTo` of them, the smallest number that reaches it or fits. */
export function bestOf(model: PlanModel, upTo = 2 * model.names.length): Best {
  if (model.shares !== undefined) {
    const instance = instanceOf(model)
    const { ratio } = constructPlan(instance).after
    return { vips: model.shares.length, worstAfter: utilisation(model, instance, ratio), fits: fits(model, instance, ratio) }
  }
  let best: CurvePoint | undefined
  for (let vips = 1; vips <= upTo; vips++) {
    const point = curvePoint(model, vips)
    if (best === undefined || isBetter(point, best)) best = point
    if (point.fits && point.idle.length === 0) break
  }
  return { vips: best!.vips, worstAfter: best!.worstAfter, fits: best!.fits }
}

/** Fitting first; among those that do, nobody idle and then few VIPs, else the lower worst link and then nobody idle. */
function isBetter(a: CurvePoint, b: CurvePoint): boolean {
  if (a.fits !== b.fits) return a.fits
  if (!a.fits && a.worstAfter !== b.worstAfter) return a.worstAfter < b.worstAfter
  return a.idle.length < b.idle.length
}

/** What would make the model fit, smallest change of each kind; empty when it fits already. */
export function smallestChanges(model: PlanModel): Change[] {
  if (bestOf(model).fits) return []
  const changes = [
    ...otherVips(model),
    ...changedShares(model),
    ...moreBalancers(model),
    ...fasterLinks(model),
    ...lessTraffic(model),
    ...fewerLosses(model),
  ]
  return changes.filter(change => change.worstAfter <= model.limit * (1 + 1e-9))
}

/** The model of a changed question; undefined when the change makes no sense. */
function changed(model: PlanModel, change: Partial<PlanQuestion>): PlanModel | undefined {
  const made = makeModel({ ...model.question, ...change })
  return made.ok ? made.model : undefined
}

/** Given VIPs that do not fit: equal ones in another number may. */
function otherVips(model: PlanModel): Change[] {
  if (model.shares === undefined) return []
  const equal = changed(model, { vips: undefined })
  const best = equal === undefined ? undefined : bestOf(equal)
  if (best === undefined || !best.fits) return []
  return [{ kind: 'vips', value: best.vips, ...best, text: `${best.vips} VIPs of equal share: worst link ${percent(best.worstAfter)}` }]
}

/** The largest share cut to what fits, or its VIP split into parts. */
function changedShares(model: PlanModel): Change[] {
  const { shares, vipNames } = model
  if (shares === undefined) return []
  const largest = shares.indexOf(Math.max(...shares))
  const vips = shares.map((share, v) => ({ name: vipNames![v], share }))
  const out: Change[] = []
  for (let parts = 2; parts <= 2 * model.names.length && out.length === 0; parts++) {
    const pieces = Array.from({ length: parts }, (_, i) => ({
      name: `${vips[largest].name} part ${i + 1}`,
      share: shares[largest] / parts,
    }))
    const split = changed(model, { vips: [...vips.filter((_, v) => v !== largest), ...pieces] })
    const best = split === undefined ? undefined : bestOf(split)
    if (best?.fits)
      out.push({
        kind: 'split',
        value: parts,
        ...best,
        text: `${vips[largest].name} split into ${parts} VIPs: worst link ${percent(best.worstAfter)}`,
      })
  }
  return [...out, ...cutShare(model, largest, vips)]
}

/** Bisects the traffic of one VIP (the others keep theirs) to the most that fits, in hundredths of its own. */
function cutShare(model: PlanModel, largest: number, vips: readonly { name: string; share: number }[]): Change[] {
  const total = sum(model.shares!)
  const tryPart = (hundredths: number): Best | undefined => {
    const share = (vips[largest].share * hundredths) / 100
    const kept = (total - vips[largest].share + share) / total
    const cut = changed(model, {
      vips: vips.map((vip, v) => (v === largest ? { ...vip, share } : vip)),
      trafficBps: model.question.trafficBps * kept,
    })
    return cut === undefined ? undefined : bestOf(cut)
  }
  let [low, high] = [0, 100]
  let found: Best | undefined
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const best = tryPart(middle)
    if (best?.fits) {
      low = middle
      found = best
    } else high = middle
  }
  if (found === undefined) return []
  const bps = (model.question.trafficBps * vips[largest].share * low) / 100 / total
  return [
    {
      kind: 'share',
      value: bps,
      ...found,
      text: `${vips[largest].name} cut to ${low} % of its traffic, ${gigabits(bps)}: worst link ${percent(found.worstAfter)}`,
    },
  ]
}

/** More balancers with the fastest link there is. */
function moreBalancers(model: PlanModel): Change[] {
  const { balancers } = model.question
  const linkBps = Math.max(...balancers.map(b => b.linkBps))
  const perBalancer = linkBps * model.limit
  const enough = Math.ceil(model.trafficWireBps / perBalancer) + model.family.survive
  for (
    let count = Math.max(balancers.length + 1, Math.min(enough, balancers.length + 4));
    count <= Math.min(BALANCERS_MAX, enough + model.names.length);
    count++
  ) {
    const added = Array.from({ length: count - balancers.length }, (_, i) => ({
      name: newName(
        balancers.map(b => b.name),
        i,
      ),
      linkBps,
    }))
    const larger = changed(model, { balancers: [...balancers, ...added] })
    if (larger === undefined || idealAfter(larger) > larger.limit) continue
    const best = bestOf(larger)
    if (!best.fits) continue
    const more = count - balancers.length
    return [
      {
        kind: 'balancers',
        value: count,
        ...best,
        text: `${more} more ${more === 1 ? 'balancer' : 'balancers'} (${count} with links of ${gigabits(linkBps)}), ${best.vips} VIPs: worst link ${percent(best.worstAfter)}`,
      },
    ]
  }
  return []
}

function newName(taken: readonly string[], index: number): string {
  let left = index
  for (let i = 1; ; i++) if (!taken.includes(`b${i}`) && left-- === 0) return `b${i}`
}

/** Every slower link raised to one standard rate, the lowest that fits. */
function fasterLinks(model: PlanModel): Change[] {
  const { balancers } = model.question
  const slowest = Math.min(...balancers.map(b => b.linkBps))
  for (const rate of STANDARD_LINKS_BPS) {
    if (rate <= slowest) continue
    const faster = changed(model, { balancers: balancers.map(b => ({ ...b, linkBps: Math.max(b.linkBps, rate) })) })
    if (faster === undefined || idealAfter(faster) > faster.limit) continue
    const best = bestOf(faster)
    if (best.fits)
      return [
        {
          kind: 'links',
          value: rate,
          ...best,
          text: `links of at least ${gigabits(rate)}, ${best.vips} VIPs: worst link ${percent(best.worstAfter)}`,
        },
      ]
  }
  return []
}

/** The most traffic that the best plan carries. */
function lessTraffic(model: PlanModel): Change[] {
  const best = bestOf(model)
  const trafficBps = (model.question.trafficBps * model.limit) / best.worstAfter
  const part = model.limit / best.worstAfter
  if (part >= 1) return []
  return [
    {
      kind: 'traffic',
      value: trafficBps,
      vips: best.vips,
      worstAfter: model.limit,
      text: `at most ${gigabits(trafficBps)} of traffic (${percent(part)} of what was asked), ${best.vips} VIPs: worst link ${percent(model.limit)}`,
    },
  ]
}

function fewerLosses(model: PlanModel): Change[] {
  for (let survive = model.family.survive - 1; survive >= 0; survive--) {
    const weaker = changed(model, { survive })
    const best = weaker === undefined ? undefined : bestOf(weaker)
    if (best?.fits)
      return [
        {
          kind: 'survive',
          value: survive,
          ...best,
          text: `survive ${survive} instead of ${model.family.survive}, ${best.vips} VIPs: worst link ${percent(best.worstAfter)}`,
        },
      ]
  }
  return []
}

/** Years until a worst link of `worstAfter` passes the limit when traffic grows by `yearly` (0.3 = 30 %) a year; 0 when it does not fit now. */
export const yearsUntilFull = (worstAfter: number, limit: number, yearly: number): number =>
  worstAfter > limit ? 0 : yearly <= 0 ? Number.POSITIVE_INFINITY : ln(limit / worstAfter) / ln(1 + yearly)
