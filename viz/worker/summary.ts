/** A finished run in the few numbers that the page shows: verdicts, windows, owners, one-second series for charts. */
import {
  linkLoad,
  makeReport,
  type Model,
  type RunResult,
  segmentRange,
  type Span,
  spanOf,
  trafficDelays,
  trafficLoad,
} from '../../sim-core/index.ts'
import type { PageSeries, PageVerdict, PageWindow, RunSummary } from './protocol.ts'

const LINKS_SHOWN = 12
const BIN_NS = 1e9
const BINS_MAX = 3_000
const DELAYS = [
  [0.5, 'p50'],
  [0.99, 'p99'],
] as const

export function summarise(model: Model, result: RunResult, wallS: number): RunSummary {
  const report = makeReport(model, result)
  const m = result.measurements
  return {
    digest: result.digest,
    simulatedNs: result.simulatedNs,
    ...(result.stopped === undefined ? {} : { stopped: result.stopped }),
    events: result.events,
    packetHops: result.packetHops,
    wallS,
    verdicts: report.verdicts.map(
      (v): PageVerdict => ({
        text: v.expectation.text,
        ok: v.ok,
        observed: v.reason === undefined ? v.observed : `${v.observed}; ${v.reason}`,
        line: v.expectation.at.line,
      }),
    ),
    windows: report.view.windows.map((w): PageWindow => {
      const loads = m.links.map(l => ({ link: l.name, offered: linkLoad(m.segments, l, w.judged).offered }))
      return {
        name: w.name,
        fromNs: w.fromNs,
        toNs: w.toNs,
        verdict: w.judgement.verdict,
        reasons: w.judgement.reasons.map(r => r.kind),
        loss: m.traffic.map(t => ({ traffic: t.name, loss: trafficLoad(m.segments, t, w.judged).loss })),
        links: loads.sort((a, b) => b.offered - a.offered).slice(0, LINKS_SHOWN),
      }
    }),
    takeovers: report.view.takeovers.map(w => ({
      what: w.what,
      fromNs: w.fromNs,
      toNs: w.toNs,
      verdict: w.judgement.verdict,
      lost: w.judgement.reasons.flatMap(r => (r.kind === 'lost' ? [{ traffic: r.traffic, lost: r.lost, loss: r.loss }] : [])),
    })),
    answer: {
      verdict: report.answer.verdict,
      text: [report.answer.sentence, ...(report.answer.remedy === undefined ? [] : [report.answer.remedy]), ...report.answer.notes],
    },
    requests: result.requests,
    vips: m.vips.map(v => ({ address: v.address, owners: v.owners })),
    series: seriesOf(result),
  }
}

function seriesOf(result: RunResult): PageSeries[] {
  const { segments, links, traffic, directors } = result.measurements
  const endNs = segments.boundariesNs[segments.count]
  const binNs = Math.max(BIN_NS, Math.ceil(endNs / BINS_MAX / BIN_NS) * BIN_NS)
  const spans: Span[] = []
  for (let t = 0; t < endNs; t += binNs) spans.push(spanOf(segments, t, Math.min(endNs, t + binNs)))
  const lastOf = (column: Float64Array, i: number): number => {
    const { last } = segmentRange(segments, i * binNs, Math.min(endNs, (i + 1) * binNs))
    return column[Math.max(0, last - 1)] ?? 0
  }
  const out: PageSeries[] = []
  for (const l of links) {
    const values = spans.map(s => linkLoad(segments, l, s).offered)
    if (values.some(v => v > 0.005)) out.push({ chart: 'link', name: l.name, binNs, values })
  }
  for (const t of traffic) {
    out.push({ chart: 'loss', name: t.name, binNs, values: spans.map(s => trafficLoad(segments, t, s).loss) })
    for (const [q, suffix] of DELAYS)
      out.push({ chart: 'delay', name: `${t.name} ${suffix}`, binNs, values: delaysOf(result, t.name, spans, q) })
  }
  for (const d of directors) {
    out.push({ chart: 'active', name: d.host, binNs, values: spans.map((_, i) => lastOf(d.active, i)) })
    out.push({ chart: 'inactive', name: d.host, binNs, values: spans.map((_, i) => lastOf(d.inactive, i)) })
  }
  out.push(...fatesOf(result, binNs, spans.length))
  return out
}

/** Requests by what became of them, in the bin in which they were sent. */
function fatesOf(result: RunResult, binNs: number, bins: number): PageSeries[] {
  const fates = new Map<string, number[]>()
  for (const r of result.requests) {
    let counts = fates.get(r.fate)
    if (counts === undefined) fates.set(r.fate, (counts = new Array<number>(bins).fill(0)))
    const bin = Math.floor(r.sentNs / binNs)
    if (bin < bins) counts[bin]++
  }
  return [...fates].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => ({ chart: 'requests' as const, name, binNs, values }))
}

/** A quantile, ms; by the zone that the second lies in, which is as fine as delays are kept. */
function delaysOf(result: RunResult, traffic: string, spans: readonly Span[], quantile: number): (number | null)[] {
  const { segments, traffic: all } = result.measurements
  const t = all.find(x => x.name === traffic)
  if (t === undefined) return []
  const byZone = new Map<number, number | null>()
  return spans.map(span => {
    const zone = segments.zoneOf[span[0]] ?? 0
    let value = byZone.get(zone)
    if (value === undefined) {
      const d = trafficDelays(segments, t, span)
      value = d.count === 0 ? null : d.quantile(quantile) / 1e6
      byZone.set(zone, value)
    }
    return value
  })
}
