/**
 * Why an expectation failed, for somebody who was not there: what was promised, what happened, when, and the cause. The
 * cause is what the story says about the thing that the expectation names: the last change of a VIP's owner, what was
 * dropped and where, who brought a link its load.
 */
import type { ExpectationVerdict } from '../../expect/index.ts'
import {
  dropsByReason,
  metricNamed,
  ownersIn,
  type JudgedWindow,
  showCount,
  showDuration,
  showTime,
  splitDirectorLabel,
  spanOf,
} from '../../metrics/index.ts'
import type { Happening } from '../../trace/contract.ts'
import { hostOfEnd, listed } from '../cluster.ts'
import type { Report } from '../input.ts'
import { reasonText } from '../reasons.ts'

export interface Failure {
  readonly promised: string
  readonly happened: string
  readonly when: string
  /** An instant (ns) at which the trouble can be seen. */
  readonly lookNs: number
  readonly cause?: string
}

/** So long before the trouble one begins to look. */
const LOOK_BEFORE_NS = 100_000_000

export function explainFailure(report: Report, verdict: ExpectationVerdict): Failure {
  const { expectation: e, observed, reason } = verdict
  const window = report.view.windows.find(w => w.name === e.window) ?? report.view.windows[0]
  const atNs = verdict.whenNs ?? e.atNs
  const cause = causeOf(report, verdict, window)
  return {
    promised: e.text,
    happened: reason === undefined ? observed : `${observed}: ${reason}`,
    when: atNs === undefined ? `${showTime(window.fromNs)} to ${showTime(window.toNs)}, window ${window.name}` : showTime(atNs),
    lookNs: verdict.whenNs === undefined ? (e.atNs ?? window.fromNs) : Math.max(0, verdict.whenNs - LOOK_BEFORE_NS),
    ...(cause === undefined ? {} : { cause }),
  }
}

function causeOf(report: Report, verdict: ExpectationVerdict, window: JudgedWindow): string | undefined {
  const { expectation: e } = verdict
  const label = metricNamed(e.metric)?.of
  const untilNs = verdict.whenNs ?? e.atNs ?? window.toNs
  const fromNs = e.atNs ?? window.fromNs
  const { happenings } = report.view.result
  if (label === 'vip') {
    const moved = lastBefore(happenings, untilNs, h => h.kind === 'vip' && h.fields['ip'] === e.of)
    if (moved !== undefined) return sentence(moved)
  }
  if (label === 'director') return tableCause(report, splitDirectorLabel(e.of).host, untilNs)
  if (label === 'link') return loadCause(report, e.of, window) ?? faultCause(happenings, untilNs)
  if (label === 'none' && window.judgement.reasons.length > 0) return listed(window.judgement.reasons.slice(0, REASONS_MAX).map(reasonText))
  const lost = label === 'traffic' ? lossCause(report, e.of, window) : undefined
  if (lost !== undefined) return lost
  const known = [faultCause(happenings, untilNs), ownersCause(report, fromNs, untilNs)].filter(c => c !== undefined)
  return known.length === 0 ? undefined : known.join('; ')
}

const REASONS_MAX = 3
const VIPS_MAX = 4

/** Who owned the VIPs in the window or at the instant. */
function ownersCause({ view }: Report, fromNs: number, toNs: number): string | undefined {
  const { vips } = view.result.measurements
  const owners = vips.slice(0, VIPS_MAX).map(v => {
    const hosts = [...new Set(ownersIn(v, fromNs, Math.max(toNs, fromNs + 1)).map(o => o.host))]
    return hosts.length === 0 ? `nobody owned ${v.address}` : `${listed(hosts)} owned ${v.address}`
  })
  return owners.length === 0 ? undefined : listed(owners)
}

/** A director that owned nothing has no connections; of one that did, what happened to its tables last. */
function tableCause(report: Report, host: string, untilNs: number): string | undefined {
  const { vips } = report.view.result.measurements
  const owned = vips.filter(v => ownersIn(v, 0, untilNs + 1).some(o => o.host === host))
  if (vips.length > 0 && owned.length === 0) return `${host} owned no VIP until then; ${ownersCause(report, untilNs, untilNs)}`
  const last = lastBefore(report.view.result.happenings, untilNs, h => h.host === host && TABLE_KINDS.includes(h.kind))
  return last === undefined ? undefined : sentence(last)
}
const TABLE_KINDS: readonly string[] = ['service', 'check', 'sync', 'note', 'process', 'state', 'fault']

function lastBefore(happenings: readonly Happening[], untilNs: number, wanted: (h: Happening) => boolean): Happening | undefined {
  for (let i = happenings.length - 1; i >= 0; i--) if (happenings[i].t <= untilNs && wanted(happenings[i])) return happenings[i]
  return undefined
}

const sentence = (h: Happening): string => `${showTime(h.t)} ${h.host} ${h.what}${h.cause === undefined ? '' : `: ${h.cause.text}`}`

/** What the scenario did last, when nothing closer is known. */
function faultCause(happenings: readonly Happening[], untilNs: number): string | undefined {
  const fault = lastBefore(happenings, untilNs, h => h.kind === 'fault')
  return fault === undefined ? undefined : `${showTime(fault.t)} ${fault.host} ${fault.what}`
}

function lossCause({ view }: Report, name: string, window: JudgedWindow): string | undefined {
  const { traffic, dropReasons } = view.result.measurements
  const source = traffic.find(t => t.name === name)
  if (source === undefined) return undefined
  const failed = view.result.requests.find(
    r => r.traffic === name && r.fate !== 'ok' && r.cause !== '' && r.sentNs >= window.fromNs && r.sentNs < window.toNs,
  )
  if (failed !== undefined) return `${failed.id}, sent at ${showTime(failed.sentNs)} to ${failed.vip}: ${failed.cause}`
  const drops = dropsByReason(source, dropReasons, window.span).slice(0, REASONS_MAX)
  return drops.length === 0 ? undefined : `lost on the way: ${listed(drops.map(d => `${showCount(d.count)} (${d.reason})`))}`
}

/** Who had which VIPs behind the link's far end. */
function loadCause({ view, model }: Report, link: string, window: JudgedWindow): string | undefined {
  const [from, to] = link.split('→')
  const end = [to, from].map(name => hostOfEnd(name ?? '', model.hosts)).find(name => model.hosts.some(h => h.name === name))
  const { vips, segments } = view.result.measurements
  if (end === undefined || spanOf(segments, window.fromNs, window.toNs).length === 0) return undefined
  const owned = vips.flatMap(v => {
    const ns = ownersIn(v, window.fromNs, window.toNs)
      .filter(o => o.host === end)
      .reduce((sum, o) => sum + o.toNs - o.fromNs, 0)
    return ns === 0 ? [] : [`${v.address} for ${showDuration(ns)}`]
  })
  if (owned.length > 0) return `${end} owned ${listed(owned)} of the ${showDuration(window.toNs - window.fromNs)}`
  return vips.some(v => v.owners.some(o => o.host === end)) ? `${end} owned no VIP then` : undefined
}
