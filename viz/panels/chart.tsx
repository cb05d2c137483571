/** One chart: d3 scales, axes and lines; brush to zoom, click to go there; beneath it the values at the playhead. */
import { useEffect, useRef } from 'preact/hooks'
import { brushX, curveStepAfter, line, max, scaleLinear, select } from 'd3'
import { instantText, number, percent, t } from '../i18n/index.ts'
import { readhead, seek } from '../state/clock.ts'
import { download } from '../share/download.ts'
import { useSize } from '../stage/use-size.ts'
import { zoomed } from './charts.tsx'

export interface Line {
  readonly name: string
  readonly binNs: number
  readonly values: readonly (number | null)[]
  readonly other: boolean
  readonly run: string
}

export interface ChartProps {
  readonly name: string
  readonly title: string
  readonly unit: 'percent' | 'count' | 'ms'
  readonly limit?: number | undefined
  readonly lines: readonly Line[]
  readonly endNs: number
}

const HEIGHT = 132
const LEFT = 46
const RIGHT = 10
const TOP = 8
const BOTTOM = 20
const COLOURS = 6

export function Chart(props: ChartProps) {
  const { title, unit, lines, endNs } = props
  const box = useRef<HTMLDivElement>(null)
  const brushed = useRef<SVGGElement>(null)
  const { width } = useSize(box)
  const [from, to] = zoomed.value ?? [0, endNs]
  const x = scaleLinear([from, Math.max(from + 1, to)], [LEFT, Math.max(LEFT + 1, width - RIGHT)])
  const inside = (l: Line): number[] => l.values.flatMap((v, i) => (v !== null && (i + 1) * l.binNs > from && i * l.binNs < to ? [v] : []))
  const top = Math.max(max(lines.flatMap(inside)) ?? 0, props.limit ?? 0) * 1.06 || 1
  const y = scaleLinear([0, top], [HEIGHT - BOTTOM, TOP])
  useEffect(() => {
    if (brushed.current === null || width === 0) return
    const brush = brushX<unknown>()
      .extent([
        [LEFT, TOP],
        [width - RIGHT, HEIGHT - BOTTOM],
      ])
      .on('end', e => {
        if (e.selection === null || e.sourceEvent === undefined || e.sourceEvent === null) {
          if (e.sourceEvent instanceof MouseEvent) seek(x.invert(e.sourceEvent.offsetX))
          return
        }
        const [a, b] = (e.selection as [number, number]).map(v => x.invert(v))
        if (brushed.current !== null) select(brushed.current).call(brush.move, null)
        if (b - a > 1e6) zoomed.value = [a, b]
      })
    select(brushed.current).call(brush)
  }, [width, from, to])
  const at = readhead.value
  // One name has one colour, in both of two runs that are compared.
  const names = [...new Set(lines.map(l => l.name))]
  const colour = (l: Line): string => `var(--line-${(names.indexOf(l.name) % COLOURS) + 1})`
  const show = (v: number): string =>
    unit === 'percent' ? percent(v, v < 0.1 ? 2 : 1) : `${number(v, unit === 'ms' ? 3 : 0)}${unit === 'ms' ? ` ${t('unit.ms')}` : ''}`
  const path = (l: Line): string =>
    line<number | null>()
      .defined(v => v !== null)
      .x((_, i) => x(i * l.binNs))
      .y(v => y(v ?? 0))
      .curve(curveStepAfter)([...l.values, l.values[l.values.length - 1] ?? null]) ?? ''
  return (
    <figure class="chart" ref={box}>
      <figcaption>
        {title}
        <button type="button" class="quiet small" onClick={() => download(`${props.name}.csv`, csv(lines), 'text/csv')}>
          CSV
        </button>
      </figcaption>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={`${title}: ${lines.map(l => l.name).join(', ')}`}>
          <clipPath id={`clip-${props.name}`}>
            <rect x={LEFT} y="0" width={Math.max(0, width - LEFT - RIGHT)} height={HEIGHT} />
          </clipPath>
          {y.ticks(4).map(v => (
            <g key={v} class="grid">
              <line x1={LEFT} x2={width - RIGHT} y1={y(v)} y2={y(v)} />
              <text x={LEFT - 6} y={y(v) + 4}>
                {unit === 'percent' ? percent(v, top < 0.05 ? 1 : 0) : number(v, top < 5 ? 2 : 0)}
              </text>
            </g>
          ))}
          {x.ticks(5).map(v => (
            <text key={v} class="tick" x={x(v)} y={HEIGHT - 5}>{`${number(v / 1e9, 3)} ${t('unit.s')}`}</text>
          ))}
          {props.limit !== undefined && <line class="limit" x1={LEFT} x2={width - RIGHT} y1={y(props.limit)} y2={y(props.limit)} />}
          <g clip-path={`url(#clip-${props.name})`}>
            {lines.map(l => (
              <path key={`${l.run} ${l.name}`} class={l.other ? 'curve other' : 'curve'} d={path(l)} style={{ stroke: colour(l) }} />
            ))}
            <line class="now" x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} />
          </g>
          <g ref={brushed} class="brush" />
        </svg>
      )}
      <ul class="keys">
        {lines.map(l => {
          const v = l.values[Math.floor(at / l.binNs)]
          return (
            <li key={`${l.run} ${l.name}`} class={l.other ? 'other' : ''}>
              <i style={{ background: colour(l) }} /> {l.other ? `${l.run}: ` : ''}
              {l.name} <b>{v === null || v === undefined ? '—' : show(v)}</b>
            </li>
          )
        })}
      </ul>
      <span class="visually-hidden">{t('charts.at', { time: instantText(at) })}</span>
    </figure>
  )
}

function csv(lines: readonly Line[]): string {
  const rows = Math.max(0, ...lines.map(l => l.values.length))
  const cell = (s: string): string => (/[",\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s)
  const head = ['t_s', ...lines.map(l => cell(l.other ? `${l.run} ${l.name}` : l.name))].join(',')
  const body = Array.from({ length: rows }, (_, i) =>
    [(i * (lines[0]?.binNs ?? 1e9)) / 1e9, ...lines.map(l => l.values[i] ?? '')].join(','),
  )
  return [head, ...body].join('\n') + '\n'
}
