/**
 * A ladder diagram (flow graph): the hosts of a conversation side by side, time downwards, an arrow for each packet.
 * For a TCP or UDP packet its connection, for VRRP its group. The rows are evenly spaced, the times are written.
 */
import { formatIpv4, type PacketColumns, packetsIn, type PacketView, type Trace } from '../../sim-core/index.ts'
import { number, t } from '../i18n/index.ts'
import { run } from '../state/app.ts'
import { seek } from '../state/clock.ts'
import { GLYPHS } from '../stage/glyphs.ts'

const BACK_NS = 1.5e9
const ON_NS = 3e9
const ARROWS = 60
const ROW = 19
const COLUMN = 92
const LEFT = 62
const TOP = 26

export function Ladder({ packet, trace }: { packet: PacketView; trace: Trace }) {
  const arrows = conversation(trace, packet)
  if (arrows.length < 2) return null
  const hosts = [...new Set(arrows.flatMap(a => [a.from, a.to]))]
  const x = (host: string): number => LEFT + COLUMN * (hosts.indexOf(host) + 0.5)
  const width = LEFT + COLUMN * hosts.length
  const height = TOP + ROW * arrows.length + 12
  const start = arrows[0].startNs
  return (
    <figure class="ladder">
      <figcaption>{t('ladder.title')}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse */}
      <section class="scrolls" tabIndex={0} aria-label={t('ladder.title')}>
        <svg
          width={width}
          height={height}
          id="ladder-svg"
          role="img"
          aria-label={arrows.map(a => `${a.from} → ${a.to} ${a.flags || a.kind}`).join('; ')}
        >
          {hosts.map(h => (
            <g key={h}>
              <line class="life" x1={x(h)} x2={x(h)} y1={TOP - 6} y2={height} />
              <text class="host-name" x={x(h)} y="14">
                {h}
              </text>
            </g>
          ))}
          {arrows.map((a, i) => (
            <Arrow
              key={`${a.startNs} ${a.serial}`}
              a={a}
              y={TOP + ROW * (i + 0.6)}
              x1={x(a.from)}
              x2={x(a.to)}
              start={start}
              here={a.serial === packet.serial}
            />
          ))}
        </svg>
      </section>
    </figure>
  )
}

interface Leg extends PacketView {
  readonly from: string
  readonly to: string
}

function Arrow({ a, y, x1, x2, start, here }: { a: Leg; y: number; x1: number; x2: number; start: number; here: boolean }) {
  const direction = x2 > x1 ? 1 : -1
  const colour = `var(${GLYPHS[a.look].colour})`
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <g class={here ? 'arrow here' : 'arrow'} onClick={() => seek(a.startNs)}>
      <text class="time" x={LEFT - 8} y={y + 4}>{`${number((a.startNs - start) / 1e3, 1)}`}</text>
      <line x1={x1} x2={x2 - direction * 5} y1={y} y2={y} style={{ stroke: colour }} />
      <path
        d={a.lost === undefined ? `M${x2} ${y}l${-direction * 7}-4v8z` : `M${x2 - 5} ${y - 5}l10 10m0-10l-10 10`}
        style={{ fill: a.lost === undefined ? colour : 'none', stroke: colour }}
      />
      <text class="what" x={(x1 + x2) / 2} y={y - 4}>
        {a.kind === 'TCP'
          ? `${a.flags}${a.payloadBytes > 0 ? ` ${a.payloadBytes}` : ''}`
          : a.kind === 'VRRP'
            ? `${a.srcPort}/${a.dstPort}`
            : a.kind}
      </text>
    </g>
  )
}

/** The same two addresses, asked or answered. */
function isAbout(p: PacketView, c: PacketColumns, row: number): boolean {
  const [a, b] = [formatIpv4(c.src[row]), formatIpv4(c.dst[row])]
  return (a === p.src && b === p.dst) || (a === p.dst && b === p.src)
}

/** Host to host: a packet's hops through the switch are one arrow. */
function conversation(trace: Trace, p: PacketView): Leg[] {
  const lans = new Set(run.peek()?.cluster.peek()?.lans ?? [])
  const ports = [p.srcPort, p.dstPort].sort((a, b) => a - b)
  const hops = packetsIn(trace, p.startNs - BACK_NS, p.startNs + ON_NS, ARROWS * 4, (c, row) => {
    if (p.kind === 'VRRP') return c.kind[row] === 2 && c.srcPort[row] === p.srcPort
    if (p.kind === 'ARP') return c.kind[row] === 1 && (c.src[row] === c.dst[row]) === (p.src === p.dst) && isAbout(p, c, row)
    const own = c.srcPort[row] < c.dstPort[row] ? [c.srcPort[row], c.dstPort[row]] : [c.dstPort[row], c.srcPort[row]]
    return (c.kind[row] === 4 || c.kind[row] === 3) && own[0] === ports[0] && own[1] === ports[1]
  })
  const legs: Leg[] = []
  const open = new Map<number, PacketView>()
  for (const h of hops) {
    if (h.lost !== undefined) {
      const from = open.get(h.serial)?.from ?? h.from
      legs.push({ ...h, from, to: lans.has(h.to) ? h.from : h.to })
    } else if (lans.has(h.to)) open.set(h.serial, h)
    else {
      const first = open.get(h.serial)
      legs.push({ ...h, startNs: first?.startNs ?? h.startNs, from: first?.from ?? h.from })
    }
  }
  return legs.sort((a, b) => a.startNs - b.startNs).slice(0, ARROWS)
}
