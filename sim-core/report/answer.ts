/**
 * The answer: does it hold? One sentence with the verdict's reason, what to do about it, and notes on what a reader
 * would ask next: what the takeover cost, and whether the real servers' links rather than the balancers' are the limit.
 */
import {
  counted,
  dropsByReason,
  type JudgedWindow,
  lengthNs,
  outageNs,
  type RunView,
  showDuration,
  showRate,
  showRatio,
  type Takeover,
  trafficLoad,
  trimmed,
  type Verdict,
} from '../metrics/index.ts'
import type { Model } from '../scenario/index.ts'
import { directorsOf, hostOfEnd, listed, namedWindows, offeredTo, serversOf, vipLoads } from './cluster.ts'
import { inactiveNotes } from './inactive-note.ts'
import { reasonText } from './reasons.ts'
import { balancerRemedy, DROP_REMEDIES, lostBefore, serverRemedy } from './remedy.ts'
import { serverNote } from './server-note.ts'

export interface Answer {
  readonly verdict: Verdict
  /** Without a full stop's worth of doubt: why, with the numbers. */
  readonly sentence: string
  readonly remedy?: string
  readonly notes: readonly string[]
}

export function answerOf(model: Model, view: RunView): Answer {
  const server = serverNote(model, view)
  const notes = [...takeoverNotes(view), ...(server === undefined ? [] : [server]), ...inactiveNotes(model, view)]
  const window = decisiveWindow(view)
  const { verdict, reasons } = window.judgement
  if (view.result.measurements.traffic.length === 0) return { verdict, sentence: 'no traffic was sent, so nothing could be lost', notes }
  if (verdict === 'HOLDS') return { verdict, sentence: holdsSentence(view), notes }
  const unserved = reasons.find(r => r.kind === 'unserved')
  if (unserved !== undefined) return { verdict, ...unservedAnswer(view, window, unserved.vip), notes }
  const overload = reasons.find(r => r.kind === 'overload')
  if (overload !== undefined) return { verdict, ...overloadAnswer(model, view, window, overload.link), notes }
  return { verdict, ...lossAnswer(view, window), notes }
}

const SEVERITY: readonly Verdict[] = ['HOLDS', 'DEGRADED', 'OUTAGE']

/** The window that decides: of those with the worst verdict the one that lasts longest; the whole run if no other is so bad. */
function decisiveWindow(view: RunView): JudgedWindow {
  const rank = (w: JudgedWindow) => SEVERITY.indexOf(w.judgement.verdict)
  const length = (w: JudgedWindow) => lengthNs(view.result.measurements.segments, w.judged)
  const worst = [...namedWindows(view)].sort((a, b) => rank(b) - rank(a) || length(b) - length(a))[0]
  return worst === undefined || rank(view.windows[0]) > rank(worst) ? view.windows[0] : worst
}

/** Links below this share of their rate are not worth a word. */
const BUSY = 0.01

function holdsSentence(view: RunView): string {
  const { measurements: m } = view.result
  const done = m.traffic.every(t => t.counts === 'requests') ? 'every request was answered' : 'all that was sent was delivered'
  const peaks = namedWindows(view).flatMap(w => m.links.map(l => ({ name: l.name, window: w.name, offered: offeredTo(view, l, w.judged) })))
  const top = peaks.reduce((a, b) => (b.offered > a.offered ? b : a), { name: '', window: '', offered: 0 })
  const where = top.window === 'run' ? '' : ` (window ${top.window})`
  const busiest = top.offered < BUSY ? '' : `; the busiest link, ${top.name}, is offered ${showRatio(top.offered)} of its wire rate${where}`
  const told = view.windows[0].apart.filter(t => t.what !== 'start-up')
  const costly = told.flatMap(t => lossesIn(view, t).map(loss => ({ what: t.what, loss })))
  if (costly.length > TAKEOVERS_MAX)
    return `apart from ${costly.length} of ${told.length} takeovers, which together cost ${listed(lossesOver(view, told))}, ${done}${busiest}`
  if (costly.length > 0)
    return `apart from the takeover after ${costly[0].what}, which cost ${listed(costly.map(c => c.loss))}, ${done}${busiest}`
  return `${done}${told.length === 0 ? '' : ', during the takeover too'}${busiest}`
}

/** What all of them together cost each traffic source. */
function lossesOver(view: RunView, takeovers: readonly Takeover[]): string[] {
  const span = Array.from(new Set(takeovers.flatMap(t => t.span))).sort((a, b) => a - b)
  return view.result.measurements.traffic
    .map(x => ({ x, load: trafficLoad(view.result.measurements.segments, x, span) }))
    .filter(({ load }) => load.lost > 0)
    .map(({ x, load }) => `${counted(load.lost, x.counts.slice(0, -1))} of ${x.name}`)
}

/** What a takeover cost, a phrase for each traffic source: `23 requests of curl (51.1 %)`. */
function lossesIn(view: RunView, t: Takeover): string[] {
  const { traffic, segments } = view.result.measurements
  return traffic
    .map(x => ({ x, load: trafficLoad(segments, x, t.span) }))
    .filter(({ load }) => load.lost > 0)
    .map(({ x, load }) => `${counted(load.lost, x.counts.slice(0, -1))} of ${x.name} (${showRatio(load.loss)})`)
}

function overloadAnswer(model: Model, view: RunView, window: JudgedWindow, name: string): { sentence: string; remedy: string } {
  const link = view.result.measurements.links.find(l => l.name === name) as RunView['result']['measurements']['links'][number]
  const offered = offeredTo(view, link, window.judged)
  const host = hostOfEnd(link.to, model.hosts)
  const rate = showRate(link.rateBps[window.judged[0] ?? 0])
  const loss = window.judgement.reasons.find(r => r.kind === 'lost')
  const cost = loss === undefined ? unlostText(view, window, link) : reasonText(loss)
  const whole = `${showRatio(offered)} of the wire rate of its ${rate} link (${name})`
  const director = directorsOf(model).find(d => d.name === host)
  if (director !== undefined) {
    const loads = vipLoads(view, window)
    const own = loads.filter(l => l.owner === host)
    const lost = lostBefore(model, window, directorsOf(model))
    const when = lost.length === 0 ? '' : `with ${listed(lost)} lost, `
    const requestsBps = own.reduce((sum, l) => sum + l.bps, 0)
    if (requestsBps < (offered * link.rateBps[window.judged[0] ?? 0]) / 2)
      return {
        sentence: `${when}${host} is offered ${whole}, and what is sent to its VIPs is only ${showRate(requestsBps)} of it, the rest is answers: ${cost}`,
        remedy:
          'direct routing, which sends answers past the balancers, or more or faster links for them; answers follow the VIPs, so `lvsim plan` with their rate says how many VIPs',
      }
    const sentence = `${when}${host} has ${own.length} of ${loads.length} VIPs (${listed(own.map(l => l.address))}), ${loadText(own.map(l => l.bps))} of IP, which is ${whole}: ${cost}`
    return { sentence, remedy: balancerRemedy(model, view, window) }
  }
  const server = serversOf(model).find(s => s.name === host)
  if (server !== undefined)
    return {
      sentence: `real server ${host} is offered ${whole}; the balancers' links are not the limit: ${cost}`,
      remedy: serverRemedy(model, view, window, link),
    }
  return { sentence: `${name} is offered ${showRatio(offered)} of its ${rate}: ${cost}`, remedy: 'a faster link there, or less traffic' }
}

/** Of a link that is offered too much and drops nothing: whether a later window shows that it was a matter of time. */
function unlostText(view: RunView, window: JudgedWindow, link: RunView['result']['measurements']['links'][number]): string {
  const later = namedWindows(view).find(w => w.fromNs >= window.toNs && offeredTo(view, link, w.judged) < 1)
  return later === undefined
    ? 'nothing is lost yet, but its queue only grows'
    : `nothing is lost, and in window ${later.name} it is below its rate`
}

/** `2 × 0.5 Gbit/s = 1 Gbit/s` for equal loads, else the sum. */
function loadText(bps: readonly number[]): string {
  const sum = bps.reduce((a, b) => a + b, 0)
  const mean = sum / Math.max(1, bps.length)
  const equal = bps.length > 1 && bps.every(b => Math.abs(b - mean) <= 0.01 * mean)
  const gbit = (x: number) => (x >= 1e8 ? `${trimmed(x / 1e9, 3)} Gbit/s` : showRate(x))
  return equal ? `${bps.length} × ${gbit(mean)} = ${gbit(sum)}` : gbit(sum)
}

const inWindow = (w: JudgedWindow): string => (w.name === 'run' ? 'in the whole run' : `in window ${w.name}`)

function unservedAnswer(view: RunView, window: JudgedWindow, vip: string): { sentence: string; remedy: string } {
  const measured = view.result.measurements.vips.find(v => v.address === vip)
  const owners =
    measured === undefined ? [] : measured.owners.filter(o => o.fromNs < window.toNs && o.toNs > window.fromNs).map(o => o.host)
  const where = inWindow(window)
  if (owners.length === 0)
    return {
      sentence: `no packet to ${vip} was delivered ${where}: no balancer was MASTER for it`,
      remedy: 'a backup for it that is up and hears the adverts; `lvsim run` tells in the story why nobody became MASTER',
    }
  const reason = mainDrop(view, window)
  const why = reason === undefined ? '' : ` (${reason})`
  const remedy =
    DROP_REMEDIES[reason ?? ''] ?? 'check that the balancer has a virtual service with live real servers, and that these have the VIP on lo'
  return {
    sentence: `no packet to ${vip} was delivered ${where}, although ${listed([...new Set(owners)])} owned it${why}`,
    remedy,
  }
}

function lossAnswer(view: RunView, window: JudgedWindow): { sentence: string; remedy?: string } {
  const failed = view.result.requests.find(
    r => r.fate !== 'ok' && r.fate !== 'open' && r.cause !== '' && r.sentNs >= window.fromNs && r.sentNs < window.toNs,
  )
  const reason = mainDrop(view, window)
  const first = failed === undefined ? '' : `; the first of them, ${failed.id}: ${failed.cause}`
  const why = first !== '' ? first : reason === undefined ? '' : `, most of it because: ${reason}`
  const remedy = reason === undefined ? undefined : DROP_REMEDIES[reason]
  return { sentence: `${inWindow(window)} ${reasonText(window.judgement.reasons[0])}${why}`, ...(remedy === undefined ? {} : { remedy }) }
}

function mainDrop(view: RunView, window: JudgedWindow): string | undefined {
  const { traffic, dropReasons } = view.result.measurements
  const all = traffic.flatMap(t => dropsByReason(t, dropReasons, window.judged)).sort((a, b) => b.count - a.count)
  return all[0]?.reason
}

const TAKEOVERS_MAX = 4

function takeoverNotes(view: RunView): string[] {
  const told = view.takeovers.filter(t => t.what !== 'start-up')
  const notes = told.slice(0, TAKEOVERS_MAX).map(t => takeoverNote(view, t))
  return told.length > notes.length ? [...notes, `… and ${told.length - notes.length} more takeovers`] : notes
}

function takeoverNote(view: RunView, t: Takeover): string {
  const { measurements: m, requests } = view.result
  const moved = m.vips.filter(v => t.vips.includes(v.address))
  const outage = Math.max(...moved.map(v => outageNs(v, t)))
  const during = requests.filter(r => r.sentNs >= t.fromNs && r.sentNs < t.toNs)
  const retried = during.filter(r => r.fate === 'ok' && r.synRetransmits > 0)
  const cost = lossesIn(view, t)
  const late = retried.length === 0 ? '' : `; ${counted(retried.length, 'request')} answered late, after a SYN was sent again`
  const what = cost.length === 0 ? 'nothing was lost' : `lost until ${trimmed(t.toNs / 1e9, 1)} s: ${listed(cost)}`
  const without = outage === 0 ? 'always with a MASTER' : `up to ${showDuration(outage)} without a MASTER`
  return `Takeover after ${t.what} at ${trimmed(t.fromNs / 1e9, 3)} s, judged apart: ${moved.length} of ${m.vips.length} VIPs moved, ${without}; ${what}${late}.`
}
