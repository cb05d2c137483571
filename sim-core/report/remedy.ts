/** What to do about it: the planner's answer for overloaded balancers, arithmetic for servers, advice for the rest. */
import { showRate, showRatio } from '../metrics/index.ts'
import type { JudgedWindow, LinkMeasurement, RunView } from '../metrics/index.ts'
import { type Curve, type CurvePoint, curve, makeModel, type PlanModel } from '../plan/index.ts'
import type { HostModel, Model } from '../scenario/index.ts'
import { directorsOf, linksTo, listed, meanPacketBytes, offeredBps, serversOf } from './cluster.ts'

const BALANCERS_MAX = 8

/** For a balancer's link that is offered too much: how many VIPs, in which order of balancers. */
export function balancerRemedy(model: Model, view: RunView, window: JudgedWindow): string {
  const balancers = directorsOf(model).filter(h => (h.keepalived?.instances.length ?? 0) > 0)
  const traffic = offeredBps(view, window.judged)
  const faster = `links of more than ${showRate(Math.min(...balancers.flatMap(linkRates)))} for the balancers`
  if (balancers.length < 2 || balancers.length > BALANCERS_MAX || traffic === 0) return `${faster}, or more balancers that share the VIPs`
  const lost = Math.min(balancers.length - 1, Math.max(1, lostBefore(model, window, balancers).length))
  const modelled = planModel(balancers, lost, traffic, meanPacketBytes(view, window.judged))
  if (modelled === undefined) return faster
  const plans = curve(modelled)
  if (plans.recommended === undefined)
    return `no number of VIPs helps: ${balancers.length - lost} such links cannot carry ${showRate(traffic)}; use more balancers or ${faster}`
  const vips = view.result.measurements.vips.length
  return planText(modelled, plans, vips)
}

const linkRates = (host: HostModel): number[] => host.interfaces.map(i => i.linkDown.rateBps)

function planModel(balancers: readonly HostModel[], survive: number, trafficBps: number, packetBytes: number): PlanModel | undefined {
  const question = {
    balancers: balancers.map(b => ({ name: b.name, linkBps: Math.max(...linkRates(b)) })),
    survive,
    trafficBps,
    layer: 'ip' as const,
    packetBytes: Math.round(packetBytes),
  }
  if (question.balancers.some(b => !Number.isFinite(b.linkBps))) return undefined
  const modelled = makeModel(question)
  return modelled.ok ? modelled.model : undefined
}

function planText(model: PlanModel, plans: Curve, vips: number): string {
  const best = plans.points[(plans.recommended as number) - 1]
  const now = plans.points[vips - 1]
  const instead = now?.fits === true && now.idle.length === 0 ? now : best
  const orders = instead.answer.orders.map(order => order.map(b => model.names[b]).join('>'))
  const whom = `at most ${showRatio(instead.worstAfter)} on a survivor's link`
  const first =
    instead.vips === vips
      ? `other priorities: the ${vips} VIPs in the orders ${listed(orders)} put ${whom}`
      : `${instead.vips} VIPs with the orders ${listed(orders)} put ${whom}`
  const even: CurvePoint | undefined =
    plans.fewestEven === undefined || plans.fewestEven <= instead.vips ? undefined : plans.points[plans.fewestEven - 1]
  return even === undefined
    ? first
    : `${first}; ${even.vips} VIPs can be even before (${showRatio(even.worstBefore)}) and after (${showRatio(even.worstAfter)})`
}

const DOWN = ['crash', 'stop', 'kill', 'link_down', 'partition', 'freeze']
const BACK = ['boot', 'start', 'link_up', 'heal', 'thaw']

/** Balancers that something was done to before the end of the window, and not undone. */
export function lostBefore(model: Model, window: JudgedWindow, balancers: readonly HostModel[]): string[] {
  const down = new Set<string>()
  for (const e of model.events) {
    if (e.atNs >= window.toNs || !balancers.some(b => b.name === e.target)) continue
    if (DOWN.includes(e.verb)) down.add(e.target)
    else if (BACK.includes(e.verb)) down.delete(e.target)
  }
  return [...down].sort()
}

/** For a real server's link that is offered too much: how many servers it takes. */
export function serverRemedy(model: Model, view: RunView, window: JudgedWindow, link: LinkMeasurement): string {
  const servers = serversOf(model)
  const all = linksTo(view, servers, window.judged)
  const rate = link.rateBps[link.rateBps.length - 1]
  const needed = Math.ceil(all.reduce((sum, l) => sum + l.offered * l.link.rateBps[l.link.rateBps.length - 1], 0) / rate)
  return `${Math.max(needed, servers.length + 1)} real servers with ${showRate(rate)} links instead of ${servers.length}, or faster links for them`
}

/** By what became of packets; keys are net/drops.ts's reasons. */
export const DROP_REMEDIES: Readonly<Record<string, string>> = {
  'queue full': 'more capacity on the link that drops, or less traffic on it',
  'no real server is available':
    'more real servers, or checkers that tolerate what happened (retry, delay_before_retry, inhibit_on_failure)',
  'the real server is gone': 'net.ipv4.vs.expire_nodest_conn=1, so that connections of a removed server are scheduled again',
  'nobody listens on the port': 'a service for the port: `serves:` on the real servers, a virtual service on the balancers',
  'not for this host': 'the VIP on lo of every real server (vip_on_lo, or serves: all), or ip_forward on the balancers',
  'no answer to ARP': 'an owner for the address: check that a balancer is MASTER and that the servers are up',
  'no interface has the MAC':
    'whoever sends it keeps an old ARP entry: let it obey gratuitous ARP, shorten its ARP timeout, or give the VIP a virtual MAC (use_vmac; with NAT also arp_announce 2)',
  'host is down': 'a balancer that takes over: check priorities and that the other hosts hear the adverts',
}
