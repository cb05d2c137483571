/**
 * The stage: cables and switches (SVG), packets (canvas), hosts and VIPs (SVG) in one place, zoomed together. The
 * canvas is repainted with every picture; the SVG only when something happened. Hosts and cables are buttons.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { select, zoom, zoomIdentity, type ZoomBehavior } from 'd3'
import { frameAt, type Trace } from '../../sim-core/index.ts'
import { t } from '../i18n/index.ts'
import { bringStateTo, clusterState, looks, menuFor, presenting, run, selection } from '../state/app.ts'
import { actualSpeed, onPicture, playhead, request } from '../state/clock.ts'
import type { Run } from '../state/run.ts'
import { theme } from '../state/settings.ts'
import { askDetail } from '../state/simulator.ts'
import { Cables, Hub } from './cables.tsx'
import { HostCard } from './host-card.tsx'
import { type Lane, type Layout, layOut } from './layout.ts'
import { DrawnNote, sayHowDrawn } from './drawn-note.tsx'
import { paint, type Palette, readPalette } from './painter.ts'
import { pickPacket } from './pick.ts'
import { turnTimers } from './timers.ts'
import { useSize } from './use-size.ts'
import { VipChips } from './vip-chips.tsx'

/** How much larger everything is on a projector. */
const PRESENTED = 1.5
const ENLARGED_FROM = 900
/** A hop is drawn for this long, s of ours: slow enough to follow. */
const HOP_S = 0.42
const GLYPHS_MAX = 150
const LOSS_S = 0.9

export function hopNs(): number {
  return actualSpeed.peek() * HOP_S * 1e9
}

export function Stage() {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useSize(box)
  const r = run.value
  const cluster = r?.cluster.value
  const enlarged = presenting.value && size.width >= ENLARGED_FROM ? PRESENTED : 1
  const layout =
    cluster !== undefined && r?.trace !== undefined && size.width > 0
      ? layOut(cluster, r.trace.header.links, size.width / enlarged, size.height / enlarged)
      : undefined
  usePictures(canvas, box, layout, enlarged)
  const zoomed = useZoom(box, layout)
  const view = { ...zoomed, k: zoomed.k * enlarged }
  const transform = `translate(${view.x} ${view.y}) scale(${view.k})`
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is under the pointer is also in the packet list, by keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div class="stage" ref={box} onClick={e => pick(e, box.current, layout, view)}>
      {layout === undefined ? (
        <p class="stage-wait">{r?.problems.value.some(p => p.severity === 'error') ? t('verdict.refused') : t('stage.wait')}</p>
      ) : (
        <>
          <svg class="layer back" width={size.width} height={size.height} role="group" aria-label={t('stage.cables')}>
            <g transform={transform}>
              <Cables layout={layout} state={clusterState.value} />
            </g>
          </svg>
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabindex takes no focus; the list mirror says what it shows */}
          <canvas
            class="layer"
            ref={canvas}
            style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.k})` }}
            aria-hidden="true"
          />
          <svg class="layer front" width={size.width} height={size.height} role="group" aria-label={t('stage.label')} id="stage-front">
            <g transform={transform}>
              {layout.hubs.map(h => (
                <Hub key={h.name} hub={h} />
              ))}
              {layout.hosts.map((h, i) => (
                <HostCard key={h.host.name} placed={h} state={clusterState.value[h.host.name]} index={i} />
              ))}
              <VipChips layout={layout} />
            </g>
          </svg>
          <DrawnNote />
        </>
      )}
    </div>
  )
}

function usePictures(
  canvas: { current: HTMLCanvasElement | null },
  box: { current: HTMLDivElement | null },
  layout: Layout | undefined,
  enlarged: number,
): void {
  const scheme = theme.value
  useEffect(() => {
    if (layout === undefined || canvas.current === null || box.current === null) return
    const element = canvas.current
    const ratio = Math.min(2, (window.devicePixelRatio || 1) * enlarged)
    element.width = layout.width * ratio
    element.height = layout.height * ratio
    element.style.width = `${layout.width}px`
    element.style.height = `${layout.height}px`
    const ctx = element.getContext('2d')
    const palette: Palette = readPalette(box.current)
    const front = box.current
    return onPicture(now => {
      bringStateTo(now)
      const r = run.peek()
      if (ctx === null || r?.trace === undefined || r.trace.header.links.length !== layout.lanes.length) return
      const hop = hopNs()
      const trace = finest(r, now, hop)
      const frame = frameAt(trace, now, {
        hopNs: hop,
        limit: GLYPHS_MAX,
        lossNs: Math.max(1, actualSpeed.peek() * LOSS_S * 1e9),
        looks: looks.peek(),
      })
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
      paint(ctx, trace, frame, r.trace, {
        layout,
        palette,
        hopNs: hop,
        showLoads: true,
        scale: layout.width < 600 ? 0.85 : 1,
        dead: isDead,
      })
      turnTimers(front, r, now)
      sayHowDrawn(frame, trace, hop)
    })
  }, [layout?.width, layout?.height, layout?.lanes.length, run.value, scheme, enlarged])
  useEffect(() => request(), [layout])
}

/** Below this speed single packets are worth a second look when the trace has only a part of them. */
const DETAIL_SPEED = 0.004
/** How much of the past a picture holds, in hops, and how far ahead one look reaches, s of ours. */
const PAST_HOPS = 14
const AHEAD_S = 12

/** The trace with every packet around now, when there is one; asked for when it is missed. */
function finest(r: Run, now: number, hop: number): Trace {
  const trace = r.trace as Trace
  if (trace.strideAt(now) === 1) return trace
  const back = Math.max(2e6, hop * PAST_HOPS)
  const slow = actualSpeed.peek()
  if (slow <= DETAIL_SPEED && now + 1e6 < trace.untilNs) {
    const d = r.detail
    const ahead = Math.max(2e6, slow * AHEAD_S * 1e9)
    if (d === undefined || now - back < d.fromNs || now > d.toNs - ahead / 4)
      askDetail(r, Math.max(0, now - back * 1.5), Math.min(trace.untilNs, now + ahead))
  }
  return r.traceAt(now, back) ?? trace
}

function isDead({ from, to }: Lane): boolean {
  const state = clusterState.peek()
  const host = state[from.split('.')[0]] ?? state[to.split('.')[0]]
  return host !== undefined && (!host.up || host.cable === 'link_down')
}

interface View {
  readonly x: number
  readonly y: number
  readonly k: number
}

function useZoom(box: { current: HTMLDivElement | null }, layout: Layout | undefined): View {
  const [view, setView] = useState<View>({ x: 0, y: 0, k: 1 })
  const ready = layout !== undefined
  useEffect(() => {
    const element = box.current
    if (element === null || !ready) return
    const behaviour: ZoomBehavior<HTMLDivElement, unknown> = zoom<HTMLDivElement, unknown>()
      .scaleExtent([1, 6])
      .filter(e =>
        e.type === 'wheel' ? e.ctrlKey || e.metaKey : e.type !== 'dblclick' && !(e.target as Element).closest('[role="button"],button'),
      )
      .on('zoom', e => setView({ x: e.transform.x, y: e.transform.y, k: e.transform.k }))
    behaviour.translateExtent([
      [0, 0],
      [element.clientWidth, element.clientHeight],
    ])
    const selected = select(element)
    selected.call(behaviour)
    const reset = (): void => {
      selected.call(behaviour.transform, zoomIdentity)
    }
    element.addEventListener('resetzoom', reset)
    return () => {
      selected.on('.zoom', null)
      element.removeEventListener('resetzoom', reset)
    }
  }, [ready])
  return view
}

/** A click beside hosts and cables takes the packet under it, or closes what is open. */
function pick(e: MouseEvent, box: HTMLDivElement | null, layout: Layout | undefined, view: View): void {
  if (box === null || layout === undefined || (e.target as Element).closest('[role="button"],button')) return
  const rect = box.getBoundingClientRect()
  const r = run.peek()
  menuFor.value = undefined
  if (r?.trace === undefined) return
  const at = { x: (e.clientX - rect.left - view.x) / view.k, y: (e.clientY - rect.top - view.y) / view.k }
  const trace = finest(r, playhead.peek(), hopNs())
  const frame = frameAt(trace, playhead.peek(), {
    hopNs: hopNs(),
    limit: GLYPHS_MAX,
    lossNs: 1,
    looks: looks.peek(),
  })
  const found = pickPacket(frame, layout, at.x, at.y)
  if (found !== undefined) selection.value = { kind: 'packet', trace, place: found.link, row: found.row, lost: false }
}
