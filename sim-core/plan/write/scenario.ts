/**
 * The plan as a scenario that lvsim runs: the written files unchanged, the traffic, the loss of the worst failure set,
 * and as expectations what the plan promises. The load is UDP: what TCP would do under overload is another question.
 * Tested in test/plan/write.test.ts: it loads without a problem.
 */
import { sum } from '../instance.ts'
import type { Instance } from '../instance.ts'
import { loadsUnder, ownerOf } from '../loads.ts'
import type { PlanModel } from '../model.ts'
import { utilisation } from '../model.ts'
import type { PlanAnswer } from '../solve.ts'
import { rateAt, wireBytes } from '../wire.ts'
import type { Deployment } from './deployment.ts'
import { rateText } from './quantities.ts'

/** The window before ends a second earlier: what is under way when a balancer dies is not the plan's concern. */
const LOSS_AT_S = 20
const AFTER_S = 20
const FLOWS_PER_VIP = 100
const ETHERNET_MTU = 1500
/** Poisson arrivals overflow a queue of 1000 packets now and then when the link is fuller than this. */
const HOLDS_BELOW = 0.95

export interface ScenarioFiles {
  /** keepalived.conf of each balancer, relative to the scenario. */
  readonly keepalived: readonly string[]
  readonly rules: string
}

export function scenarioYaml(model: PlanModel, instance: Instance, answer: PlanAnswer, d: Deployment, files: ScenarioFiles): string {
  const lost = answer.count.worstAfter.lost
  const lostNames = lost.map(b => model.names[b]).join(' and ')
  const settledS = Math.ceil(LOSS_AT_S + d.failover.worstLossS.most + 1)
  const endS = settledS + AFTER_S
  const what = lost.length === 0 ? 'nobody is lost' : `${lostNames} ${lost.length === 1 ? 'is' : 'are'} lost`
  return `${[
    `# The plan's worst case: ${what}. The figures are the plan's, counted by enumeration:`,
    ...figures(model, instance, answer),
    `scenario: ${model.names.length} balancers, ${d.vips.length} VIPs as planned; ${what}`,
    'seed: 1',
    `duration: ${endS}s`,
    '',
    'hosts:',
    `  clients: { address: ${d.client}/${d.prefixLength}, link: { rate: unlimited } }`,
    ...model.names.map(
      (name, b) =>
        `  ${name}: { address: ${d.balancers[b]}/${d.prefixLength}, keepalived: ${files.keepalived[b]}, ipvs: ${files.rules}, link: { rate: ${rateText(model.question.balancers[b].linkBps)} } }`,
    ),
    ...d.servers.map(s => `  ${s.name}: { address: ${s.address}/${d.prefixLength}, serves: all, link: { rate: ${rateText(s.linkBps)} } }`),
    `links: { default: { delay: 20us, queue: 1000 packets${model.packetBytes > ETHERNET_MTU ? `, mtu: ${model.packetBytes}B` : ''} } }`,
    '',
    'traffic:',
    ...traffic(model, instance, d),
    ...(lost.length === 0 ? [] : ['', 'events:', ...lost.map(b => `  - { at: ${LOSS_AT_S}s, crash: ${model.names[b]} }`)]),
    '',
    `windows: { before: 10s..${LOSS_AT_S - 1}s, failover: ${LOSS_AT_S}s..${settledS}s, after: ${settledS}s..${endS}s }`,
    '',
    'expect:',
    ...expectations(model, instance, answer, d, endS),
  ].join('\n')}\n`
}

function figures(model: PlanModel, instance: Instance, answer: PlanAnswer): string[] {
  const percent = (ratio: number): string => `${(utilisation(model, instance, ratio) * 100).toFixed(1)} %`
  return [`# worst link before ${percent(answer.before.ratio)} of the wire, after ${percent(answer.after.ratio)}.`]
}

/** Four standard deviations of a Poisson count of packets, and the rounding of the figure. */
const tolerance = (ratio: number, packets: number): number => (packets === 0 ? 0 : (4 * ratio) / Math.sqrt(packets)) + 0.002

/** One source when shares are equal, else one a VIP. */
function traffic(model: PlanModel, instance: Instance, d: Deployment): string[] {
  // A payload behind TCP's headers is another part of the packet than one behind UDP's: count the IP packet then.
  const layer = model.layer === 'payload' ? 'ip' : model.layer
  const rate = rateAt(model.question.trafficBps, model.layer, layer, model)
  const udp = (part: number): string =>
    `udp: { rate: ${rateText(rate * part)}, size: ${model.packetBytes}B, arrivals: poisson, layer: ${layer} }`
  const to = (vips: readonly string[]): string => `[${vips.map(vip => `${vip}:${d.ports[0]}`).join(', ')}]`
  if (instance.shares.every(s => s === instance.shares[0])) {
    return [`  ingress: { from: clients, to: ${to(d.vips)}, split: even, flows: ${FLOWS_PER_VIP * d.vips.length}, ${udp(1)} }`]
  }
  const total = sum(instance.shares)
  return d.vips.map(
    (vip, v) => `  ingress-${v + 1}: { from: clients, to: ${to([vip])}, flows: ${FLOWS_PER_VIP}, ${udp(instance.shares[v] / total)} }`,
  )
}

/** Owners of the VIPs that move, and every balancer's link, before and after. */
function expectations(model: PlanModel, instance: Instance, answer: PlanAnswer, d: Deployment, endS: number): string[] {
  const none = new Uint8Array(model.names.length)
  const down = Uint8Array.from(model.names, (_, b) => (answer.count.worstAfter.lost.includes(b) ? 1 : 0))
  const factor = model.requestsWireBps / model.trafficWireBps
  const offered = (window: string, lengthS: number, loads: readonly number[], lost: Uint8Array): string[] =>
    model.names.flatMap((name, b) => {
      if (lost[b] === 1) return []
      const ratio = utilisation(model, instance, loads[b] / model.capacities[b]) * factor
      const packets = (ratio * model.question.balancers[b].linkBps * lengthS) / 8 / wireBytes(model.packetBytes)
      const is = `${(ratio * 100).toFixed(1)} % ± ${(100 * tolerance(ratio, packets)).toFixed(1)} %`
      return [`  - { metric: link.offered, of: switch→${name}, window: ${window}, stat: mean, is: ${is} }`]
    })
  const moved = answer.orders.flatMap((order, v) =>
    down[order[0]] === 1 ? [`  - { metric: vip.owner, of: ${d.vips[v]}, at: ${endS - 1}s, is: ${model.names[ownerOf(order, down)]} }`] : [],
  )
  const holds = utilisation(model, instance, answer.count.worstAfter.ratio) <= HOLDS_BELOW
  const verdicts = holds ? ['before', 'after'].map(window => `  - { metric: window.verdict, window: ${window}, is: HOLDS }`) : []
  return [
    ...verdicts,
    ...offered('before', LOSS_AT_S - 11, loadsUnder(instance, answer.orders, none), none),
    ...moved,
    ...offered('after', AFTER_S, loadsUnder(instance, answer.orders, down), down),
  ]
}
