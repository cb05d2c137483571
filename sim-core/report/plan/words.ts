/** Sentences about a plan that several of its reports say. Tested in test/report/plan.test.ts. */
import { counted, showRate, showRatio } from '../../metrics/index.ts'
import type { PlanResult, Proof } from '../../plan/index.ts'
import { bytesAt } from '../../plan/index.ts'

export const lossWords = (k: number): string => (k === 0 ? 'no loss' : `any ${k} ${k === 1 ? 'loss' : 'losses'}`)

export const titleOf = ({ model }: PlanResult): string =>
  `${model.names.length} balancers, ${showRate(model.question.trafficBps)} of traffic, ${lossWords(model.family.survive)}`

/** `b1, b2, b3 and 9 more`. */
export const someOf = (names: readonly string[], shown = 3): string =>
  names.length <= shown + 1 ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`

/** What was counted and how, in a line each. */
export function givenOf({ model }: PlanResult): string[] {
  const { question } = model
  const links = new Set(question.balancers.map(b => b.linkBps))
  const same = links.size === 1 ? `links of ${showRate(question.balancers[0].linkBps)}` : 'links of unequal rates'
  const size = { packetBytes: model.packetBytes, headerBytes: model.headerBytes }
  return [
    `${same}, ${model.forwarding}, at most ${showRatio(model.limit)} of each; traffic counted at layer ${model.layer}, IP packets of ${model.packetBytes} bytes`,
    `on the directors' links that is ${showRate(model.trafficWireBps)} of wire (${bytesAt('wire', size)} bytes a packet)`,
    ...(question.groups ?? []).map(g => `${someOf(g.members)} die together (${g.name})`),
  ]
}

/** What is proven of the plan, a sentence each. */
export function proofOf({ plan }: PlanResult): string[] {
  const { answer } = plan
  const sentence = (what: string, proof: Proof, reached: number, least: number): string => {
    const why = proof.argument.join('; ')
    return proof.optimal
      ? `The worst link ${what}, ${showRatio(reached)}, is proven the least that ${counted(plan.vipNames.length, 'VIP')} can reach: ${why}`
      : `The worst link ${what} is ${showRatio(reached)} and no plan is below ${showRatio(least)}, a gap of ${showRatio(proof.gap)}: ${why}`
  }
  return [
    sentence('after', answer.after, plan.worstAfter, plan.atLeastAfter),
    sentence('before', answer.before, plan.worstBefore, plan.atLeastBefore),
    ...(answer.undecided === undefined
      ? []
      : [`${answer.undecided} did not decide within its time whether a lower one exists; --time-limit gives it more`]),
    `Counted again by enumeration of ${counted(plan.matrix.length, 'failure set')}, nobody lost included`,
  ]
}

/** Numbers of VIPs worth naming. */
export function namedNumbers({ curve, model }: PlanResult): string[] {
  const k = model.family.survive
  const say = (vips: number | undefined, what: string): string[] =>
    vips === undefined ? [] : [vips === 1 ? `1 ${what.replace('VIPs are', 'VIP is')}` : `${vips} ${what}`]
  const idle = curve.fewestThatFit !== undefined && curve.fewestThatFit !== curve.recommended
  const one = curve.points[model.names.length - 1]
  return [
    ...(one !== undefined && !one.fits && curve.fewestThatFit !== undefined
      ? [`${one.vips} VIPs, one for each balancer, do not fit: ${showRatio(one.worstAfter)} after ${lossWords(k)}`]
      : []),
    ...say(curve.fewestThatFit, idle ? 'VIPs are the fewest that fit, with a balancer idle' : 'VIPs are the fewest that fit'),
    ...(idle ? say(curve.recommended, 'VIPs are the fewest that fit and leave nobody idle') : []),
    ...say(curve.fewestEvenBefore, 'VIPs are the fewest that are even while all live'),
    ...(k === 0 ? [] : say(curve.fewestEven, `VIPs are the fewest that are even before and after ${lossWords(k)}`)),
  ]
}

/** The last line: the answer. */
export function answerOf(result: PlanResult): string {
  const { plan, model, changes } = result
  const vips = `${plan.vipNames.length} ${plan.vipNames.length === 1 ? 'VIP' : 'VIPs'}`
  const k = model.family.survive
  const after = `${lossWords(k)} ${k > 1 ? 'put' : 'puts'} at most ${showRatio(plan.worstAfter)} on a link`
  if (plan.fits) return `${vips}: ${after}, ${showRatio(plan.worstBefore)} while all live`
  const [first] = changes
  const what = model.shares === undefined ? 'no number of VIPs fits' : `these ${vips} do not fit`
  return `${what}: at best ${vips} put ${showRatio(plan.worstAfter)} on a link after ${lossWords(model.family.survive)}, the limit is ${showRatio(model.limit)}${first === undefined ? '' : `. Smallest change: ${first.text}`}`
}

/** Years as people say them. */
export function growthOf({ growth, plan, model }: PlanResult): string | undefined {
  if (growth === undefined) return undefined
  const rate = `with traffic growing by ${showRatio(growth.yearly)} a year`
  if (growth.years === 0) return `${rate} it does not fit today`
  if (!Number.isFinite(growth.years)) return `${rate} it fits for good`
  return `${rate} it fits for ${growth.years.toFixed(1)} years: ${showRatio(plan.worstAfter)} becomes ${showRatio(model.limit)} then`
}
