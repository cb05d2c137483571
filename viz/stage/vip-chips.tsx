/**
 * VIPs as chips that sit on the host that holds them and move when they change hands. Held by two: a chip on each.
 * Held by nobody: it hangs, dashed, between the directors and the switch. Motion is CSS, so it stops for those who ask.
 */
import { t } from '../i18n/index.ts'
import { clusterState, run } from '../state/app.ts'
import { CHIP_HEIGHT, type Layout, type PlacedHost } from './layout.ts'

interface Chip {
  readonly key: string
  readonly vip: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly kind: 'held' | 'lost' | 'double'
  readonly label: string
}

export function VipChips({ layout }: { layout: Layout }) {
  const cluster = run.value?.cluster.value
  if (cluster === undefined) return null
  const directors = layout.hosts.filter(h => h.host.instances.length > 0)
  if (directors.length === 0) return null
  return (
    <g class="vips">
      {place(cluster.vips, directors, layout).map(c => (
        <g key={c.key} class={`vip ${c.kind}`} style={{ transform: `translate(${c.x}px, ${c.y}px)` }}>
          <rect x={-c.width / 2} y={-CHIP_HEIGHT / 2 + 2} width={c.width} height={CHIP_HEIGHT - 4} rx="5" />
          <text y="4">{c.label}</text>
        </g>
      ))}
    </g>
  )
}

const COLUMNS_FROM = 5

function place(vips: readonly string[], directors: readonly PlacedHost[], layout: Layout): Chip[] {
  const state = clusterState.value
  const owners = new Map(vips.map(v => [v, directors.filter(d => state[d.host.name]?.up && state[d.host.name]?.vips.includes(v))]))
  const stacked = new Map<string, number>()
  const chips: Chip[] = []
  const unheld = vips.filter(v => owners.get(v)?.length === 0)
  for (const vip of vips) {
    const held = owners.get(vip) ?? []
    held.forEach((d, i) => {
      const n = stacked.get(d.host.name) ?? 0
      stacked.set(d.host.name, n + 1)
      const many = vips.filter(v => owners.get(v)?.includes(d)).length >= COLUMNS_FROM
      const columns = many ? 3 : 1
      const width = many ? d.width / columns - 2 : Math.min(d.width, 104)
      const x = d.x + (many ? ((n % columns) - 1) * (width + 2) : 0)
      const y = d.y - d.height / 2 - CHIP_HEIGHT * (Math.floor(n / columns) + 0.5) - 2
      chips.push({ key: `${vip} ${i}`, vip, x, y, width, kind: held.length > 1 ? 'double' : 'held', label: short(vip, width) })
    })
    if (held.length === 0) {
      const n = unheld.indexOf(vip)
      const hub = layout.hubs[0]
      const whole = `${vip} ${t('vip.nobody')}`
      const label = (whole.length * 6.1 + 24) * unheld.length <= layout.width ? whole : vip
      const width = label.length * 6.1 + 16
      const y = (directors[0].y + directors[0].height / 2 + (hub?.y ?? layout.height / 2)) / 2 - 6
      const row = unheld.length * (width + 8)
      const from = Math.max(0, Math.min(layout.width - row, (hub?.x ?? layout.width / 2) - row / 2))
      const x = from + (n + 0.5) * (width + 8)
      chips.push({ key: `${vip} 0`, vip, x, y, width, kind: 'lost', label })
    }
  }
  return chips
}

const short = (vip: string, width: number): string => (width < 84 ? vip.replace(/^.*(\.\d+\.\d+)$/, '…$1') : vip)
