/**
 * A sweep as a chart: one panel a numeric measure, means with their intervals over one axis, a line for each combination
 * of the others, and the limit that was expected. Plain SVG without scripts, readable on light and dark, with the
 * figures in titles and marks beside the colours, so that it can be read without them.
 */
import { showValue } from '../../metrics/index.ts'
import type { Comparison } from '../../expect/index.ts'
import type { MeasureResult, PointResult, SweepMeasure, SweepResult } from '../../sweep/index.ts'
import { allMeasures, measureAt, plural, scopeOf } from './words.ts'

const WIDTH = 760
const PANEL_HEIGHT = 270
const HEAD_HEIGHT = 58
const PLOT = { left: 96, right: 560, top: 34, bottom: 222 } as const
/** Okabe and Ito's colours, told apart by colour-blind readers. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c8c00', '#7a5195']
const SERIES_MAX = COLOURS.length
const TICKS = 5
const LABELS_MAX = 12

type Scale = typeof import('d3-scale')
type Shape = typeof import('d3-shape')

/** The libraries for scales and lines are only loaded when a chart is asked for. */
export async function sweepSvg(result: SweepResult): Promise<string> {
  const [scale, shape] = await Promise.all([import('d3-scale'), import('d3-shape')])
  const panels = allMeasures(result).filter(m => m.numeric)
  const height = HEAD_HEIGHT + Math.max(1, panels.length) * PANEL_HEIGHT
  const body = panels.map((m, i) => `<g transform="translate(0,${HEAD_HEIGHT + i * PANEL_HEIGHT})">${panel(result, m, scale, shape)}</g>`)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title about">`,
    `<title id="title">${escaped(result.design.title)}</title>`,
    `<desc id="about">${escaped(scopeOf(result))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="16" y="26">${escaped(result.design.title)}</text>`,
    `<text class="note" x="16" y="46">${escaped(`${plural(result.points.length, 'point')}; bars are 95 % confidence intervals of the mean`)}</text>`,
    ...(panels.length === 0 ? [`<text class="note" x="16" y="80">Nothing that was measured is a number.</text>`] : body),
    '</svg>\n',
  ].join('\n')
}

const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:16px;font-weight:600}.name{font-weight:600}.note{fill:#555}.paper{fill:#fff}' +
  '.axis{stroke:#888;fill:none}.grid{stroke:#ddd}.limit{stroke:#b00020;stroke-dasharray:6 4}.band{fill:#b00020;opacity:.08}.line{fill:none;stroke-width:1.5}' +
  '.bar{stroke-width:1.5}.open{fill:#fff}' +
  '@media(prefers-color-scheme:dark){text{fill:#eee}.note{fill:#aaa}.paper,.open{fill:#16181d}.grid{stroke:#333}.limit{stroke:#ff8a80}.band{fill:#ff8a80}}'

/** The axis with the most values lies along x; each combination of the others is a line. */
const alongX = ({ design }: SweepResult): number =>
  design.axes.reduce((best, axis, i) => (best < 0 || axis.values.length > design.axes[best].values.length ? i : best), -1)

interface Series {
  readonly name: string
  /** By index of the value on x. */
  readonly points: readonly { readonly at: number; readonly point: PointResult; readonly measure: MeasureResult }[]
}

function seriesOf(result: SweepResult, text: string, x: number): Series[] {
  const { axes } = result.design
  const byName = new Map<string, Series['points'][number][]>()
  for (const point of result.points) {
    const measure = measureAt(point, text)
    if (measure?.summary === undefined) continue
    const name = axes.flatMap((a, i) => (i === x ? [] : [`${a.path}=${point.point.values[i]}`])).join(' ')
    const at = x < 0 ? 0 : axes[x].values.indexOf(point.point.values[x])
    byName.set(name, [...(byName.get(name) ?? []), { at, point, measure }])
  }
  return [...byName].map(([name, points]) => ({ name, points }))
}

/** What is expected, as far as it can be drawn: a line, or a band. */
function limitsOf(measure: SweepMeasure): readonly number[] {
  const is: Comparison = measure.expectation.is
  if (measure.expectation.measured || is.kind === 'name') return []
  if (is.kind === 'near') return [is.value - is.tolerance, is.value + is.tolerance]
  return is.kind === 'between' ? [is.from, is.to] : [is.value]
}

function panel(result: SweepResult, measure: SweepMeasure, { scaleLinear, scalePoint }: Scale, { line }: Shape): string {
  const x = alongX(result)
  const series = seriesOf(result, measure.text, x)
  const values = x < 0 ? [''] : result.design.axes[x].values
  const place = scalePoint<number>([PLOT.left, PLOT.right])
    .domain(values.map((_, i) => i))
    .padding(0.5)
  const ends = series.flatMap(s => s.points.flatMap(({ measure: m }) => endsOf(m)))
  const limits = limitsOf(measure)
  const [low, high] = [Math.min(...ends, ...limits), Math.max(...ends, ...limits)]
  const height = scaleLinear([low, high > low ? high : low + Math.abs(low || 1)], [PLOT.bottom, PLOT.top]).nice(TICKS)
  const y = (value: number) => round(height(value))
  const path = line<Series['points'][number]>(
    p => round(place(p.at) ?? 0),
    p => y((p.measure.summary as { mean: number }).mean),
  )
  return [
    `<text class="name" x="16" y="18">${escaped(measure.text)}</text>`,
    ...height.ticks(TICKS).map(t => tick(y(t), showValue(t, measure.unit))),
    ...limitMarks(limits.map(y)),
    `<path class="axis" d="M${PLOT.left},${PLOT.top}V${PLOT.bottom}H${PLOT.right}"/>`,
    ...values.map((v, i) =>
      i % Math.ceil(values.length / LABELS_MAX) === 0
        ? `<text x="${round(place(i) ?? 0)}" y="${PLOT.bottom + 18}" text-anchor="middle">${escaped(v)}</text>`
        : '',
    ),
    `<text class="note" x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 36}" text-anchor="middle">${escaped(x < 0 ? '' : result.design.axes[x].path)}</text>`,
    ...series
      .slice(0, SERIES_MAX)
      .map((s, i) => drawn(s, i, series.length, path(s.points as Series['points'][number][]) ?? '', p => round(place(p) ?? 0), y)),
    ...(series.length > SERIES_MAX
      ? [`<text class="note" x="${PLOT.right + 16}" y="${PLOT.bottom}">and ${series.length - SERIES_MAX} more</text>`]
      : []),
  ].join('\n')
}

function endsOf({ summary }: MeasureResult): number[] {
  if (summary === undefined) return []
  const half = Number.isFinite(summary.halfWidth) ? summary.halfWidth : 0
  return [summary.mean - half, summary.mean + half]
}

const tick = (y: number, text: string): string =>
  `<path class="grid" d="M${PLOT.left},${y}H${PLOT.right}"/><text class="note" x="${PLOT.left - 8}" y="${y + 4}" text-anchor="end">${escaped(text)}</text>`

function limitMarks(ys: readonly number[]): string[] {
  const lines = ys.map(y => `<path class="limit" d="M${PLOT.left},${y}H${PLOT.right}"><title>expected</title></path>`)
  if (ys.length < 2) return lines
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)]
  return [`<rect class="band" x="${PLOT.left}" y="${top}" width="${PLOT.right - PLOT.left}" height="${round(bottom - top)}"/>`, ...lines]
}

function drawn(s: Series, i: number, count: number, path: string, x: (at: number) => number, y: (value: number) => number): string {
  const colour = COLOURS[i]
  // Bars of several lines stand beside each other.
  const aside = count > 1 ? (i - (Math.min(count, SERIES_MAX) - 1) / 2) * 3 : 0
  const marks = s.points.map(({ at, point, measure: m }) => {
    const [low, high] = endsOf(m).map(y)
    const px = round(x(at) + aside)
    const mean = (m.summary as { mean: number }).mean
    const title = `${point.point.key}: ${showValue(mean, m.measure.unit)}, ${plural(point.replications, 'seed')}${m.conclusion === undefined ? '' : `, ${m.conclusion}`}`
    const bar = `<path class="bar" stroke="${colour}" d="M${px},${low}V${high}M${round(px - 4)},${low}h8M${round(px - 4)},${high}h8"/>`
    const dot = `<circle cx="${px}" cy="${y(mean)}" r="3.5" stroke="${colour}" ${m.conclusion === 'held' || m.conclusion === undefined ? `fill="${colour}"` : 'class="open"'}/>`
    return `<g><title>${escaped(title)}</title>${bar}${dot}</g>`
  })
  const label =
    s.name === ''
      ? ''
      : `<circle cx="${PLOT.right + 20}" cy="${PLOT.top + 8 + i * 18}" r="4" fill="${colour}"/><text x="${PLOT.right + 30}" y="${PLOT.top + 12 + i * 18}">${escaped(s.name)}</text>`
  return `<path class="line" stroke="${colour}" d="${path}"/>${marks.join('')}${label}`
}

const round = (x: number): number => Math.round(x * 100) / 100

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string)
