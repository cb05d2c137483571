/**
 * Draws one Frame of the trace on a canvas: streams, packets, waiting queues, losses, loads. Nothing is remembered
 * from one picture to the next, so any time can be drawn after any other.
 *
 * When packets are thinned out, the rest of them is a stream along the lane: its width is the load, its marks move as
 * fast as packets do.
 */
import { CLASS_COUNT, type Frame, LOOKS, type Trace } from '../../sim-core/index.ts'
import { GLYPHS } from './glyphs.ts'
import type { Lane, Layout } from './layout.ts'

export interface Palette {
  readonly packet: readonly string[]
  readonly stream: string
  readonly overload: string
  readonly text: string
  readonly halo: string
  readonly queue: string
}

export interface PaintOptions {
  readonly layout: Layout
  readonly palette: Palette
  /** As frameAt was given. */
  readonly hopNs: number
  readonly showLoads: boolean
  readonly scale: number
  /** Nothing can be on this lane now: no power or no carrier. What the picture still owes it is left out. */
  readonly dead: (lane: Lane) => boolean
}

const PATHS: readonly Path2D[] = typeof Path2D === 'undefined' ? [] : LOOKS.map(l => new Path2D(GLYPHS[l].path))
const HOLLOW = LOOKS.map(l => GLYPHS[l].hollow)
/** Lanes are thinned into streams between these numbers of packets a drawn one. */
const STREAM_WIDTH_MAX = 9
const LOAD_SHOWN_MIN = 0.02
/** Packets are set off from each other while they are few; in a crowd the gaps would eat the lanes. */
const HALO_UP_TO = 90

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const v = (name: string): string => style.getPropertyValue(name).trim()
  return {
    packet: LOOKS.map(l => v(GLYPHS[l].colour)),
    stream: v('--packet-data'),
    overload: v('--bad'),
    text: v('--ink-2'),
    halo: v('--stage'),
    queue: v('--warn'),
  }
}

/** `rates`: the trace whose counts are whole; `trace` may be a closer look at a short time. */
export function paint(ctx: CanvasRenderingContext2D, trace: Trace, frame: Frame, rates: Trace, o: PaintOptions): void {
  ctx.clearRect(0, 0, o.layout.width, o.layout.height)
  const loads = loadsAt(rates, frame.t)
  if (frame.thinning > 1) streams(ctx, loads, frame, o)
  packets(ctx, trace, frame, o)
  queues(ctx, trace, frame, o)
  losses(ctx, trace, frame, o)
  if (o.showLoads) loadLabels(ctx, loads, o)
}

interface Load {
  /** Offered: share of the line's rate that was sent, and with it what was dropped before the line; may exceed 1. */
  readonly load: number
  readonly packetsPerS: number
  readonly dropsPerS: number
}

/** Loads of all links in the bin around t. */
export function loadsAt(trace: Trace, t: number): Load[] {
  const { rates, header } = trace
  // The bin that is still being computed would look like a lull.
  const whole = Math.floor(trace.untilNs / rates.binNs) - (trace.untilNs < header.durationNs ? 1 : 0)
  const bin = Math.max(0, Math.min(rates.bins - 1, whole, Math.floor(t / rates.binNs)))
  const seconds = rates.binNs / 1e9
  return header.links.map((link, l) => {
    const cell = bin * rates.links + l
    let packets = 0
    for (let c = 0; c < CLASS_COUNT; c++) packets += rates.packets[cell * CLASS_COUNT + c]
    const bits = (rates.bytes[cell] + packets * link.overheadBytes) * 8
    const offered = packets === 0 ? 1 : 1 + rates.drops[cell] / packets
    return { load: (bits / seconds / link.rateBps) * offered, packetsPerS: packets / seconds, dropsPerS: rates.drops[cell] / seconds }
  })
}

function streams(ctx: CanvasRenderingContext2D, loads: readonly Load[], frame: Frame, o: PaintOptions): void {
  const { lanes } = o.layout
  ctx.lineCap = 'butt'
  loads.forEach(({ load, packetsPerS }, l) => {
    const lane = lanes[l]
    // A lane that is not crowded has its packets drawn one by one.
    const crowd = (packetsPerS * o.hopNs) / 1e9
    if (lane.length === 0 || crowd < 12 || o.dead(lane)) return
    const alpha = Math.min(0.6, (crowd - 12) / 60)
    const width = 1.5 + Math.min(1, load) * STREAM_WIDTH_MAX
    ctx.globalAlpha = alpha
    ctx.strokeStyle = load > 1 ? o.palette.overload : o.palette.stream
    ctx.lineWidth = width
    ctx.setLineDash([10, 6])
    ctx.lineDashOffset = -((frame.t / Math.max(1, o.hopNs)) * lane.length) % 16
    ctx.beginPath()
    ctx.moveTo(lane.x1, lane.y1)
    ctx.lineTo(lane.x2, lane.y2)
    ctx.stroke()
  })
  ctx.setLineDash([])
  ctx.globalAlpha = 1
}

function packets(ctx: CanvasRenderingContext2D, _trace: Trace, frame: Frame, o: PaintOptions): void {
  const { lanes } = o.layout
  const base = ctx.getTransform()
  ctx.lineWidth = 1.6
  for (const f of frame.flights) {
    const lane = lanes[f.link]
    if (lane.length === 0 || o.dead(lane)) continue
    const [dx, dy] = [(lane.x2 - lane.x1) / lane.length, (lane.y2 - lane.y1) / lane.length]
    const [x, y] = [lane.x1 + (lane.x2 - lane.x1) * f.progress, lane.y1 + (lane.y2 - lane.y1) * f.progress]
    ctx.globalAlpha = f.alpha
    ctx.transform(dx * o.scale, dy * o.scale, -dy * o.scale, dx * o.scale, x, y)
    if (frame.flights.length < HALO_UP_TO) {
      ctx.strokeStyle = o.palette.halo
      ctx.lineWidth = 2.5
      ctx.stroke(PATHS[f.look])
    }
    ctx.fillStyle = HOLLOW[f.look] ? o.palette.halo : o.palette.packet[f.look]
    ctx.fill(PATHS[f.look])
    if (HOLLOW[f.look]) {
      ctx.strokeStyle = o.palette.packet[f.look]
      ctx.lineWidth = 1.8
      ctx.stroke(PATHS[f.look])
    }
    ctx.setTransform(base)
  }
  ctx.globalAlpha = 1
}

/** At the port where it builds: a bar that fills with the queue, and how many wait. */
function queues(ctx: CanvasRenderingContext2D, trace: Trace, frame: Frame, o: PaintOptions): void {
  ctx.font = '600 11px system-ui, sans-serif'
  ctx.textBaseline = 'middle'
  frame.queued.forEach((waiting, l) => {
    const lane = o.layout.lanes[l]
    const stride = Math.max(1, frame.stride)
    const limit = trace.header.links[l].queuePackets
    // Thinned out, their number is an estimate: never more than there is room for.
    const n = Math.min(waiting * stride, limit)
    if (n < 2 || lane.length === 0) return
    const full = Number.isFinite(limit) ? Math.min(1, n / limit) : Math.min(1, n / 1000)
    const [ux, uy] = [(lane.x2 - lane.x1) / lane.length, (lane.y2 - lane.y1) / lane.length]
    const size = 4 + 22 * full
    ctx.fillStyle = full > 0.95 ? o.palette.overload : o.palette.queue
    ctx.save()
    ctx.translate(lane.x1 + lane.nx * 9, lane.y1 + lane.ny * 9)
    ctx.transform(ux, uy, -uy, ux, 0, 0)
    ctx.fillRect(2, -3.5, size, 7)
    ctx.restore()
    label(ctx, `${n}`, lane.x1 + ux * (size + 14) + lane.nx * 12, lane.y1 + uy * (size + 14) + lane.ny * 12, o)
  })
}

function losses(ctx: CanvasRenderingContext2D, trace: Trace, frame: Frame, o: PaintOptions): void {
  const links = trace.header.links.length
  ctx.lineWidth = 2.4
  ctx.lineCap = 'round'
  ctx.strokeStyle = o.palette.overload
  for (const loss of frame.losses) {
    const at = placeOf(loss.place, links, trace, o)
    if (at === undefined) continue
    const y = at.y + loss.age * 34
    const x = at.x + ((loss.row * 7) % 13) - 6
    ctx.globalAlpha = 1 - loss.age
    ctx.beginPath()
    ctx.moveTo(x - 4, y - 4)
    ctx.lineTo(x + 4, y + 4)
    ctx.moveTo(x + 4, y - 4)
    ctx.lineTo(x - 4, y + 4)
    ctx.stroke()
  }
  ctx.globalAlpha = 1
  ctx.lineCap = 'butt'
}

function placeOf(place: number, links: number, trace: Trace, o: PaintOptions): { x: number; y: number } | undefined {
  if (place < links) {
    const lane = o.layout.lanes[place]
    return lane.length === 0 ? undefined : { x: lane.x1 + (lane.x2 - lane.x1) * 0.1, y: lane.y1 + (lane.y2 - lane.y1) * 0.1 }
  }
  const host = o.layout.hosts.find(h => h.host.name === trace.header.hosts[place - links])
  return host === undefined ? undefined : { x: host.x + host.width / 2 - 8, y: host.y + host.height / 2 }
}

function loadLabels(ctx: CanvasRenderingContext2D, loads: readonly Load[], o: PaintOptions): void {
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  loads.forEach(({ load }, l) => {
    const lane = o.layout.lanes[l]
    if (lane.length < 40 || load < LOAD_SHOWN_MIN) return
    const along = 0.42
    const [x, y] = [lane.x1 + (lane.x2 - lane.x1) * along, lane.y1 + (lane.y2 - lane.y1) * along]
    ctx.font = `${load >= 0.995 ? 700 : 500} 11px system-ui, sans-serif`
    label(ctx, `${(load * 100).toFixed(load < 0.1 ? 1 : 0)} %`, x + lane.nx * 20, y + lane.ny * 14, o, load >= 0.995)
  })
}

function label(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, o: PaintOptions, bad = false): void {
  ctx.textAlign = 'center'
  ctx.lineJoin = 'round'
  ctx.lineWidth = 4
  ctx.strokeStyle = o.palette.halo
  ctx.strokeText(text, x, y)
  ctx.fillStyle = bad ? o.palette.overload : o.palette.text
  ctx.fillText(text, x, y)
}
