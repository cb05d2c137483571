/**
 * The run in curves: load of links, loss, delay, entries of the balancers, requests by fate. They fill as the run is
 * computed; a run that is compared lies beneath, dashed. Dragging across one zooms all in time; a click goes there.
 */
import { signal } from '@preact/signals'
import { t, type Key } from '../i18n/index.ts'
import { compared, run } from '../state/app.ts'
import { playhead } from '../state/clock.ts'
import type { Run } from '../state/run.ts'
import type { PageSeries } from '../worker/protocol.ts'
import { Chart, type Line } from './chart.tsx'
import { OwnershipChart } from './ownership-chart.tsx'

/** What part of the run the charts show, ns; undefined: all. */
export const zoomed = signal<readonly [number, number] | undefined>(undefined)

const CHARTS: readonly { readonly name: PageSeries['chart']; readonly unit: 'percent' | 'count' | 'ms'; readonly limit?: number }[] = [
  { name: 'link', unit: 'percent', limit: 1 },
  { name: 'loss', unit: 'percent' },
  { name: 'active', unit: 'count' },
  { name: 'inactive', unit: 'count' },
  { name: 'requests', unit: 'count' },
  { name: 'delay', unit: 'ms' },
]

export function Charts() {
  const r = run.value
  if (r === undefined) return null
  const finished = r.summary.value !== undefined
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section class="panel-body charts scrolls" tabIndex={0} aria-label={t('panel.charts')}>
      {!finished && <p class="empty">{t('charts.partial')}</p>}
      <div class="row">
        <button
          type="button"
          onClick={() => {
            zoomed.value = closer(r.durationNs)
          }}
        >
          {t('charts.closer')}
        </button>
        {zoomed.value !== undefined && (
          <button
            type="button"
            class="reset"
            onClick={() => {
              zoomed.value = undefined
            }}
          >
            {t('charts.all')}
          </button>
        )}
      </div>
      <OwnershipChart run={r} />
      {CHARTS.map(c => {
        const lines = linesOf(r, c.name, false)
        const others = compared.value === undefined ? [] : linesOf(compared.value, c.name, true)
        if (lines.length === 0 || !lines.some(l => l.values.some(v => v !== null && v > 0))) return null
        return (
          <Chart
            key={c.name}
            name={c.name}
            title={t(`chart.${c.name}` as Key)}
            unit={c.unit}
            limit={c.limit}
            lines={[...others, ...lines]}
            endNs={r.durationNs}
          />
        )
      })}
    </section>
  )
}

const CLOSEST_NS = 2e9

/** A third of what is shown, around the playhead: what the brush does, for keyboards. */
function closer(durationNs: number): readonly [number, number] {
  const [from, to] = zoomed.peek() ?? [0, durationNs]
  const width = Math.max(CLOSEST_NS, (to - from) / 3)
  const start = Math.max(0, Math.min(durationNs - width, playhead.peek() - width / 2))
  return [start, start + width]
}

const LINES_MAX = 6

function linesOf(r: Run, chart: PageSeries['chart'], other: boolean): Line[] {
  const series = r.summary.value?.series ?? (chart === 'link' ? liveLoads(r) : [])
  const lines = series.filter(s => s.chart === chart).map(s => ({ name: s.name, binNs: s.binNs, values: s.values, other, run: r.label }))
  const peak = (l: Line): number => Math.max(0, ...l.values.map(v => v ?? 0))
  return lines.length <= LINES_MAX ? lines : lines.sort((a, b) => peak(b) - peak(a)).slice(0, LINES_MAX)
}

/** Loads as far as they are known, from the trace's own bins, until the finished run brings its own. */
function liveLoads(r: Run): PageSeries[] {
  r.revision.value
  const { trace } = r
  if (trace === undefined) return []
  const { rates, header } = trace
  const binNs = 1e9
  const perBin = Math.max(1, Math.round(binNs / rates.binNs))
  const bins = Math.floor(trace.untilNs / binNs)
  return header.links
    .map((link, l) => {
      const values = Array.from({ length: bins }, (_, i) => {
        let bits = 0
        for (let b = i * perBin; b < (i + 1) * perBin && b < rates.bins; b++) {
          const cell = b * rates.links + l
          let packets = 0
          for (let c = 0; c < 4; c++) packets += rates.packets[cell * 4 + c]
          bits += (rates.bytes[cell] + packets * link.overheadBytes) * 8
        }
        return bits / link.rateBps
      })
      return { chart: 'link' as const, name: link.name, binNs, values }
    })
    .filter(s => s.values.some(v => v > 0.005))
}
