/** The cluster as answers speak of it: balancers and real servers with their links, VIPs with their loads. */
import { SECOND_NS } from '../base/units.ts'
import { type JudgedWindow, lengthNs, linkLoad, type LinkMeasurement, ownersIn, type RunView, type Span, total } from '../metrics/index.ts'
import { type HostModel, isDirector, type Model } from '../scenario/index.ts'

export const directorsOf = (model: Model): readonly HostModel[] => model.hosts.filter(isDirector)
export const serversOf = (model: Model): readonly HostModel[] => model.hosts.filter(h => h.serves.length > 0 && !isDirector(h))

/** The windows that people named; without any, the stretches between the events. */
export const namedWindows = (view: RunView): readonly JudgedWindow[] =>
  view.windows.length > 1 ? view.windows.slice(1) : view.phases.length > 0 ? view.phases : view.windows

export const offeredTo = (view: RunView, link: LinkMeasurement, span: Span): number =>
  linkLoad(view.result.measurements.segments, link, span).offered

/** Links that lead to one of the hosts, with what they were offered, fullest first. */
export function linksTo(
  view: RunView,
  hosts: readonly HostModel[],
  span: Span,
): { readonly link: LinkMeasurement; readonly offered: number }[] {
  const names = new Set(hosts.map(h => h.name))
  return view.result.measurements.links
    .filter(l => names.has(hostOfEnd(l.to)))
    .map(link => ({ link, offered: offeredTo(view, link, span) }))
    .sort((a, b) => b.offered - a.offered || (a.link.name < b.link.name ? -1 : 1))
}

/** A link's end is a host, or a host's interface (`b1.eth1`) when it has two on the LAN. */
export function hostOfEnd(end: string, hosts?: readonly HostModel[]): string {
  if (hosts?.some(h => h.name === end)) return end
  const dot = end.lastIndexOf('.')
  return dot > 0 && hosts?.some(h => h.name === end.slice(0, dot)) ? end.slice(0, dot) : end
}

export interface VipLoad {
  readonly address: string
  /** IP bits a second sent to it. */
  readonly bps: number
  /** Who owned it for most of the span; '' when nobody did. */
  readonly owner: string
}

/** What was sent to each VIP in the span, and who had it. */
export function vipLoads(view: RunView, window: JudgedWindow): VipLoad[] {
  const { segments, vips } = view.result.measurements
  const span = window.judged
  const packets = vips.map(v => total(v.sent, span))
  const all = packets.reduce((a, b) => a + b, 0)
  const bps = offeredBps(view, span)
  const from = segments.boundariesNs[span[0]] ?? window.fromNs
  return vips.map((v, i) => ({
    address: v.address,
    bps: all === 0 ? 0 : (bps * packets[i]) / all,
    owner: mainOwner(ownersIn(v, from, window.toNs)),
  }))
}

/** IP bits a second of all traffic in the span. */
export function offeredBps(view: RunView, span: Span): number {
  const { segments, traffic } = view.result.measurements
  const ns = lengthNs(segments, span)
  let bytes = 0
  for (const t of traffic) bytes += total(t.sentBytes, span)
  return ns === 0 ? 0 : (8 * bytes * SECOND_NS) / ns
}

/** Mean IP packet of the packet sources in the span, bytes; 1500 when there is none. */
export function meanPacketBytes(view: RunView, span: Span): number {
  let bytes = 0
  let packets = 0
  for (const t of view.result.measurements.traffic) {
    if (t.counts !== 'packets') continue
    bytes += total(t.sentBytes, span)
    packets += total(t.sent, span)
  }
  return packets === 0 ? 1500 : bytes / packets
}

function mainOwner(owners: readonly { readonly host: string; readonly fromNs: number; readonly toNs: number }[]): string {
  const times = new Map<string, number>()
  for (const o of owners) times.set(o.host, (times.get(o.host) ?? 0) + o.toNs - o.fromNs)
  let best = ''
  for (const [host, ns] of times) if (ns > (times.get(best) ?? 0)) best = host
  return best
}

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`
