/**
 * Where everything stands: directors above the switch, real servers below it, clients (and other hosts) to its left.
 * A pure function of the cluster and the room there is, so the same cluster always looks the same. Tiers, because the
 * path of a request is what the page is about: client → switch → director → switch → real server → switch → client.
 */
import type { Cluster, ClusterHost, Role } from '../worker/protocol.ts'

export interface Box {
  /** Centre, px. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedHost extends Box {
  readonly host: ClusterHost
  readonly small: boolean
}

/** One direction of a cable. */
export interface Lane {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly length: number
  /** Unit vector to the side on which its number is written. */
  readonly nx: number
  readonly ny: number
  readonly from: string
  readonly to: string
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly hosts: readonly PlacedHost[]
  readonly hubs: readonly (Box & { readonly name: string })[]
  /** By link number of the trace. */
  readonly lanes: readonly Lane[]
}

const LANE_GAP = 7
const NARROW = 620
const CARD_WIDTH_MAX = 148
const CARD_WIDTH_MIN = 44
const CARD_GAP = 14
/** Hosts on the left stand at least this far apart, px; when there are more, in several columns. */
const PITCH_MIN = 32
const NAME_HEIGHT = 30
export const INSTANCE_HEIGHT = 19
export const INSTANCES_SHOWN = 4
export const CHIP_HEIGHT = 22
const MARGIN = 14
const HUB = { width: 104, height: 38 }

export interface Links {
  readonly from: string
  readonly to: string
}

export function layOut(cluster: Cluster, links: readonly Links[], width: number, height: number): Layout {
  const tier = (roles: readonly Role[]): ClusterHost[] => cluster.hosts.filter(h => roles.includes(h.role))
  const top = tier(['director'])
  const bottom = tier(['server'])
  const left = tier(['client', 'host'])
  const leftWidth = left.length === 0 ? 0 : Math.min(CARD_WIDTH_MAX, Math.max(78, width * 0.18))
  const hubX = left.length === 0 ? width / 2 : (width + leftWidth + MARGIN) / 2
  const shown = Math.max(1, ...top.map(h => Math.min(INSTANCES_SHOWN, h.instances.length)))
  const directorHeight = NAME_HEIGHT + 6 + INSTANCE_HEIGHT * shown
  const chips = Math.min(4, Math.max(1, cluster.vips.length)) * CHIP_HEIGHT
  const topY = MARGIN + chips + directorHeight / 2
  // How the picture is drawn is written at the foot: one line, two on a phone.
  const bottomY = height - MARGIN - 44 / 2 - (width < NARROW ? 26 : 14)
  const hubY = (topY + directorHeight / 2 + bottomY - 22) / 2
  const rowFrom = width < NARROW || left.length === 0 ? MARGIN : leftWidth + MARGIN * 3
  const hosts = [
    ...row(top, rowFrom, width - MARGIN, topY, directorHeight, hubX),
    ...row(bottom, rowFrom, width - MARGIN, bottomY, 44, hubX),
    ...column(left, MARGIN, leftWidth, hubY, height),
  ]
  const hubs = switches(nearestFirst(cluster.lans, left), leftWidth + MARGIN * 2, width - MARGIN, hubX, hubY)
  return { width, height, hosts, hubs, lanes: lanesOf(links, hosts, hubs) }
}

/** LANs of the hosts on the left stand to the left, so that their cables pass behind no other switch. */
function nearestFirst(lans: readonly string[], left: readonly ClusterHost[]): string[] {
  const isNear = (lan: string): boolean => left.some(h => h.interfaces.some(i => i.lan === lan))
  return [...lans.filter(isNear), ...lans.filter(lan => !isNear(lan))]
}

/** Side by side; where there is no room for all, in several rows. */
function switches(names: readonly string[], from: number, to: number, centre: number, y: number): Layout['hubs'] {
  const rows = Math.ceil(names.length / Math.max(1, Math.floor((to - from) / (HUB.width + 8))))
  const inRow = Math.ceil(names.length / Math.max(1, rows))
  const spread = Math.min(260, (to - from) / Math.max(1, inRow))
  return names.map((name, i) => {
    const [r, c] = [Math.floor(i / inRow), i % inRow]
    const n = Math.min(inRow, names.length - r * inRow)
    return { name, ...HUB, x: centre + (c - (n - 1) / 2) * spread, y: y + (r - (rows - 1) / 2) * (HUB.height + 16) }
  })
}

function row(hosts: readonly ClusterHost[], from: number, to: number, y: number, height: number, centre: number): PlacedHost[] {
  const n = hosts.length
  if (n === 0) return []
  const room = (to - from) / n
  const width = Math.max(CARD_WIDTH_MIN, Math.min(CARD_WIDTH_MAX, room - CARD_GAP))
  const pitch = Math.min(room, width + Math.max(CARD_GAP, Math.min(120, room - width)))
  const half = (pitch * n) / 2
  const start = Math.max(from, Math.min(to - pitch * n, centre - half))
  return hosts.map((host, i) => ({ host, x: start + pitch * (i + 0.5), y, width, height, small: width < 92 }))
}

function column(hosts: readonly ClusterHost[], from: number, width: number, centre: number, height: number): PlacedHost[] {
  const room = Math.max(1, Math.floor((height * 0.84) / PITCH_MIN))
  const columns = Math.max(1, Math.ceil(hosts.length / room))
  const n = Math.ceil(hosts.length / columns)
  const pitch = Math.min(70, (height * 0.84) / Math.max(1, n))
  const each = columns === 1 ? width : Math.max(CARD_WIDTH_MIN, (width * 1.6) / columns)
  const middle = Math.max(MARGIN + ((n - 1) * pitch) / 2 + 22, centre)
  return hosts.map((host, i) => ({
    host,
    x: from + each * (Math.floor(i / n) + 0.5),
    y: middle + ((i % n) - (n - 1) / 2) * pitch,
    width: each - (columns === 1 ? 0 : 6),
    height: Math.min(44, pitch - 6),
    small: each < 92,
  }))
}

function lanesOf(links: readonly Links[], hosts: readonly PlacedHost[], hubs: Layout['hubs']): Lane[] {
  const boxes = new Map<string, Box>()
  for (const h of hosts) {
    boxes.set(h.host.name, h)
    for (const i of h.host.interfaces) boxes.set(`${h.host.name}.${i.name}`, h)
  }
  for (const hub of hubs) boxes.set(hub.name, hub)
  return links.map(l => {
    const a = boxes.get(l.from)
    const b = boxes.get(l.to)
    return a === undefined || b === undefined ? NO_LANE : lane(l, a, b)
  })
}

const NO_LANE: Lane = { x1: 0, y1: 0, x2: 0, y2: 0, length: 0, nx: 0, ny: 0, from: '', to: '' }

/** Traffic keeps to the right of its direction of travel, so the two directions of a cable never cover each other. */
function lane(l: Links, a: Box, b: Box): Lane {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const d = Math.max(1, Math.hypot(dx, dy))
  const [ux, uy] = [dx / d, dy / d]
  const [nx, ny] = [-uy, ux]
  const start = edge(a, ux, uy)
  const end = edge(b, -ux, -uy)
  const o = LANE_GAP / 2
  const x1 = a.x + ux * start + nx * o
  const y1 = a.y + uy * start + ny * o
  const x2 = b.x - ux * end + nx * o
  const y2 = b.y - uy * end + ny * o
  return { x1, y1, x2, y2, length: Math.hypot(x2 - x1, y2 - y1), nx, ny, from: l.from, to: l.to }
}

/** From a box's centre to its edge in direction (ux, uy). */
function edge(box: Box, ux: number, uy: number): number {
  return Math.min(box.width / 2 / Math.max(1e-6, Math.abs(ux)), box.height / 2 / Math.max(1e-6, Math.abs(uy)))
}
