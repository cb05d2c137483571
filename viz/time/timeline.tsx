/**
 * The whole run at a glance: who held each VIP when, faults and takeovers, where packets were lost, how far it is
 * computed; and the playhead, which can be dragged. A slider for keyboards and screen readers. Scales are d3's.
 */
import { useEffect, useRef } from 'preact/hooks'
import { scaleLinear, type ScaleLinear } from 'd3'
import type { Trace } from '../../sim-core/index.ts'
import { instantText, number, t, word } from '../i18n/index.ts'
import { awaited, opening, run } from '../state/app.ts'
import { useSize } from '../stage/use-size.ts'
import { onPicture, play, playhead, playing, readhead, request, seek } from '../state/clock.ts'
import type { Run } from '../state/run.ts'
import { ownershipOf } from '../state/ownership.ts'
import { hostColour } from '../stage/colours.ts'

const BAND = 15
const BANDS_MAX = 6
/** A band's text needs this much, px, whole or the host's name alone; what is cut would not be read. */
const LABEL_FROM = 132
const HOST_FROM = 34
const LEFT = 12
const RIGHT = 14
const AXIS = 20
const MARKS = 22
const LOSS = 12

export function Timeline() {
  const box = useRef<HTMLDivElement>(null)
  const head = useRef<SVGGElement>(null)
  const { width } = useSize(box)
  const r = run.value
  r?.revision.value
  r?.summary.value
  const durationNs = r?.durationNs ?? 0
  const computed = durationNs === 0 ? 0 : (r?.untilNs ?? 0) / durationNs
  const x = scaleLinear([0, Math.max(1, durationNs)], [LEFT, Math.max(LEFT + 1, width - RIGHT)])
  useEffect(
    () =>
      onPicture(now => {
        head.current?.setAttribute('transform', `translate(${x(now).toFixed(2)} 0)`)
      }),
    [width, durationNs],
  )
  useEffect(() => request(), [width, durationNs])
  const bands = r === undefined ? [] : ownershipOf(r).slice(0, BANDS_MAX)
  const height = MARKS + Math.max(1, bands.length) * BAND + LOSS + AXIS
  return (
    <div class="timeline" ref={box}>
      {width > 0 && r !== undefined && durationNs > 0 && (
        <div
          role="slider"
          tabIndex={0}
          aria-label={t('time.slider')}
          aria-valuemin={0}
          aria-valuemax={Math.round(durationNs / 1e6) / 1000}
          aria-valuenow={Math.round(readhead.value / 1e6) / 1000}
          aria-valuetext={instantText(readhead.value)}
          onPointerDown={e => drag(e, x)}
          onKeyDown={e => keys(e, durationNs)}
        >
          <svg width={width} height={height} aria-hidden="true">
            <Bands bands={bands} x={x} endNs={r.untilNs} />
            <LossBars trace={r.trace} x={x} y={MARKS + Math.max(1, bands.length) * BAND} />
            <Marks run={r} x={x} bottom={height - AXIS} />
            <Axis x={x} y={height - AXIS} width={width} />
            {r.untilNs < durationNs && (
              <rect
                class="future"
                x={x(r.untilNs)}
                y={MARKS - 2}
                width={Math.max(0, x(durationNs) - x(r.untilNs))}
                height={height - AXIS - MARKS + 2}
              />
            )}
            <g class="playhead" ref={head}>
              <line y1={4} y2={height - AXIS + 4} />
              <path d="M-6 0H6V7L0 13L-6 7Z" />
            </g>
          </svg>
        </div>
      )}
      {computed < 1 && r !== undefined && r.problems.value.every(p => p.severity !== 'error') && (
        <span class="computing">
          {t('time.computing', { percent: number(computed * 100) })}
          {awaited.value !== undefined && ` · ${t('time.awaited', { time: instantText(awaited.value) })}`}
        </span>
      )}
    </div>
  )
}

type Scale = ScaleLinear<number, number>

function Bands({ bands, x, endNs }: { bands: ReturnType<typeof ownershipOf>; x: Scale; endNs: number }) {
  return (
    <g class="bands">
      {bands.map((b, row) => (
        <g key={b.vip} transform={`translate(0 ${MARKS + row * BAND})`}>
          <rect class="unheld" x={x(0)} width={Math.max(0, x(endNs) - x(0))} height={BAND - 2} rx="2" />
          {b.owners.map(o => {
            const [from, to] = [x(o.fromNs), x(Math.min(o.toNs, endNs))]
            return (
              <g key={`${o.host} ${o.fromNs}`}>
                <rect x={from} width={Math.max(0, to - from)} height={BAND - 2} rx="2" style={{ fill: hostColour(o.host) }}>
                  <title>{`${b.vip}: ${o.host}, ${instantText(o.fromNs)} – ${instantText(Math.min(o.toNs, endNs))}`}</title>
                </rect>
                {to - from > HOST_FROM && (
                  <text x={from + 5} y={BAND - 4.4}>
                    {to - from > LABEL_FROM ? `${b.vip} · ${o.host}` : o.host}
                  </text>
                )}
              </g>
            )
          })}
        </g>
      ))}
    </g>
  )
}

/** Drops a pixel column, all links; one path, however long the run. */
function LossBars({ trace, x, y }: { trace: Trace | undefined; x: Scale; y: number }) {
  if (trace === undefined) return null
  const { rates } = trace
  const columns = new Map<number, number>()
  for (let bin = 0; bin < rates.bins; bin++) {
    let drops = 0
    for (let l = 0; l < rates.links; l++) drops += rates.drops[bin * rates.links + l]
    if (drops > 0) {
      const px = Math.round(x(bin * rates.binNs))
      columns.set(px, (columns.get(px) ?? 0) + drops)
    }
  }
  const most = Math.max(0, ...columns.values())
  const d = Array.from(columns, ([px, n]) => `M${px} ${y + LOSS}v${-(2 + (LOSS - 3) * Math.sqrt(n / most))}`).join('')
  return <path class="loss-bars" d={d} />
}

function Marks({ run: r, x, bottom }: { run: Run; x: Scale; bottom: number }) {
  const first = r.marks.find(m => m.kind === 'fault')?.t ?? 0
  let lastX = Number.NEGATIVE_INFINITY
  return (
    <g class="marks">
      {r.marks
        .filter(m => m.kind !== 'takeover' || m.t > first)
        .map((m, i) => {
          const at = x(m.t)
          const verb = String(m.happening.fields['verb'] ?? '')
          const text = m.kind === 'takeover' ? `${m.host} MASTER` : `${word(`verb.${verb}`, verb)} ${m.host}`
          const room = at - lastX > text.length * 6.4 + 16
          if (room) lastX = at
          return (
            <g key={`${m.t} ${i}`} class={m.kind} transform={`translate(${at} 0)`}>
              <title>{`${instantText(m.t)} ${text}`}</title>
              <line y1={MARKS - 4} y2={bottom} />
              <circle cy={MARKS - 7} r="3.5" />
              {room && (
                <text x={at > x.range()[1] - 80 ? -6 : 6} y={MARKS - 9} style={{ textAnchor: at > x.range()[1] - 80 ? 'end' : 'start' }}>
                  {text}
                </text>
              )}
            </g>
          )
        })}
    </g>
  )
}

function Axis({ x, y, width }: { x: Scale; y: number; width: number }) {
  const ticks = scaleLinear([x.domain()[0] / 1e9, x.domain()[1] / 1e9], x.range()).ticks(Math.max(3, Math.floor(width / 110)))
  return (
    <g class="axis" transform={`translate(0 ${y})`}>
      {ticks.map(s => (
        <g key={s} transform={`translate(${x(s * 1e9)} 0)`}>
          <line y2="4" />
          <text y="15">{`${number(s, 3)} ${t('unit.s')}`}</text>
        </g>
      ))}
    </g>
  )
}

function drag(e: PointerEvent, x: Scale): void {
  const svg = e.currentTarget as HTMLElement
  svg.setPointerCapture(e.pointerId)
  opening.value = false
  const wasPlaying = playing.peek()
  play(false)
  const move = (m: PointerEvent): void => {
    const until = run.peek()?.untilNs ?? 0
    seek(Math.min(until, x.invert(m.clientX - svg.getBoundingClientRect().left)))
  }
  const end = (): void => {
    svg.removeEventListener('pointermove', move)
    if (wasPlaying) play(true)
  }
  move(e)
  svg.addEventListener('pointermove', move)
  svg.addEventListener('pointerup', end, { once: true })
  svg.addEventListener('pointercancel', end, { once: true })
}

/** As a slider: arrows by a hundredth, pages by a tenth. Not the page's own arrows, which step over events. */
function keys(e: KeyboardEvent, durationNs: number): void {
  const by: Readonly<Record<string, number>> = {
    ArrowRight: 0.01,
    ArrowUp: 0.01,
    ArrowLeft: -0.01,
    ArrowDown: -0.01,
    PageUp: 0.1,
    PageDown: -0.1,
  }
  const to =
    e.key === 'Home' ? 0 : e.key === 'End' ? durationNs : by[e.key] === undefined ? undefined : playhead.peek() + by[e.key] * durationNs
  if (to === undefined) return
  e.preventDefault()
  e.stopPropagation()
  seek(Math.min(to, run.peek()?.untilNs ?? 0))
}
