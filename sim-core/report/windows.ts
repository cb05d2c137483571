/** The windows table, the takeovers beside it, and what became of the requests. */
import {
  connectionCounts,
  outageNs,
  showCount,
  showDuration,
  showRate,
  showRatio,
  trafficDelays,
  trafficLoad,
  trimmed,
  unservedNs,
} from '../metrics/index.ts'
import { type Cell, renderTable } from './columns.ts'
import type { Report } from './input.ts'
import { reasonText } from './reasons.ts'
import type { Style } from './style.ts'
import type { Reason, Verdict } from '../metrics/index.ts'

export const verdictCell = (verdict: Verdict, style: Style): Cell => ({
  text: verdict,
  paint: verdict === 'HOLDS' ? style.good : verdict === 'OUTAGE' ? style.bad : style.warn,
})

const seconds = (ns: number): string => `${trimmed(ns / 1e9, 3)} s`

export function windowsText(report: Report, style: Style): string {
  const { view, model } = report
  const { measurements: m, requests } = view.result
  if (m.traffic.length === 0) return quietWindowsText(report, style)
  const byRequests = m.traffic.length > 0 && m.traffic.every(t => t.counts === 'requests')
  const rows = view.windows.flatMap(w =>
    m.traffic.map((t, i) => {
      const head: (string | Cell)[] =
        i === 0 ? [w.name, seconds(w.fromNs), seconds(w.toNs), verdictCell(w.judgement.verdict, style)] : ['', '', '', '']
      const load = trafficLoad(m.segments, t, w.span)
      const delays = trafficDelays(m.segments, t, w.span)
      const delay = delays.count === 0 ? ['–', '–'] : [showDuration(delays.quantile(0.5)), showDuration(delays.quantile(0.99))]
      const loss: Cell = load.lost > 0 ? { text: showRatio(load.loss), paint: style.warn } : { text: '0 %' }
      return [...head, t.name, showRate(load.offeredBps), showCount(load.sent), showCount(load.lost), loss, ...delay]
    }),
  )
  const unit = byRequests ? 'requests' : 'sent'
  const table = renderTable(
    {
      head: ['window', 'from', 'to', 'verdict', 'traffic', 'offered', unit, byRequests ? 'failed' : 'lost', 'loss', 'delay p50', 'p99'],
      align: 'lrrllrrrrrr',
      rows,
    },
    style.dim,
  )
  const notes = view.windows.flatMap(w => {
    const apart = w.apart.map(t => t.what)
    const lines = apart.length > 0 && w.name !== 'run' ? [`${w.name}: judged without its takeover (${apart.join('; ')})`] : []
    return [...lines, ...(w.name === 'run' ? [] : worthTelling(w.judgement.reasons).map(r => `${w.name}: ${reasonText(r)}`))]
  })
  const counts = m.traffic
    .filter(t => t.counts === 'requests')
    .map(t => {
      if (view.result.answeredBy === 'rates') {
        const { sent, delivered, lost } = trafficLoad(m.segments, t, view.windows[0].span)
        return `${t.name}: ${showCount(sent)} requests, ${showCount(delivered)} answered, ${showCount(lost)} failed`
      }
      const c = connectionCounts(requests, t.name, 0, model.durationNs)
      return `${t.name}: ${showCount(c.opened)} requests, ${showCount(c.completed)} answered, ${c.reset} reset, ${c.refused} refused, ${c.timedOut} timed out`
    })
  return [table, ...[...notes, ...counts].map(n => `  ${n}`)].join('\n')
}

/** Without traffic there is nothing but the windows themselves. */
function quietWindowsText({ view }: Report, style: Style): string {
  const rows = view.windows.map(w => [w.name, seconds(w.fromNs), seconds(w.toNs), verdictCell(w.judgement.verdict, style)])
  return renderTable({ head: ['window', 'from', 'to', 'verdict'], align: 'lrrl', rows }, style.dim)
}

const REASONS_MAX = 3
/** A link that is full to the brim by a hair only shows what a fuller one does. */
const BARELY = 1.0005

function worthTelling(reasons: readonly Reason[]): readonly Reason[] {
  const fuller = reasons.some(r => r.kind === 'overload' && r.offered > BARELY)
  return reasons.filter(r => r.kind !== 'overload' || !fuller || r.offered > BARELY).slice(0, REASONS_MAX)
}

export function takeoversText({ view }: Report, style: Style): string {
  const { measurements: m } = view.result
  const rows = view.takeovers
    .filter(t => t.what !== 'start-up')
    .map(t => {
      const span = { fromNs: t.fromNs, toNs: t.toNs }
      const changed = m.vips.filter(v => t.vips.includes(v.address))
      const outage = Math.max(...changed.map(v => outageNs(v, span)))
      const unserved = changed.map(v => unservedNs(v, t.span)).filter(ns => ns !== undefined)
      const loads = m.traffic.map(x => trafficLoad(m.segments, x, t.span))
      const lost = loads.reduce((sum, l) => sum + l.lost, 0)
      const vips = t.vips.length > 3 ? `${t.vips.slice(0, 3).join(', ')} and ${t.vips.length - 3} more` : t.vips.join(', ')
      return [
        t.what,
        seconds(t.fromNs),
        vips,
        showDuration(outage),
        unserved.length === 0 ? '–' : showDuration(Math.max(...unserved)),
        showCount(lost),
        verdictCell(t.judgement.verdict, style),
      ]
    })
  if (rows.length === 0) return ''
  return renderTable(
    { head: ['takeover after', 'at', 'VIPs that moved', 'no MASTER', 'unserved', 'lost', 'meanwhile'], align: 'lrlrrrl', rows },
    style.dim,
  )
}
