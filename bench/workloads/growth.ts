/**
 * Growth: what a packet-hop costs as a run gets longer, as connections are open, as the network has more links. Each size
 * sends as many packets a second as the others; what is compiled on the way is paid by a run before the first.
 */
import { Simulation } from '../../sim-core/compile/index.ts'
import type { Model } from '../../sim-core/scenario/index.ts'
import type { Work } from '../measure.ts'
import { checked } from './director-line.ts'

interface Span {
  readonly model: Model
  /** What comes before is not counted: connections open, caches fill. */
  readonly fromNs: number
  readonly times: number
}

/** One client, one director, one server; `flows` connections take turns. */
function oneDirector(flows: number, packetsPerSecond: number, seconds: number): Model {
  const bytes = 200
  const text = `scenario: growth
duration: ${seconds}s
hosts:
  c: { address: 10.0.0.1/24, addresses: 10.0.0.2/24 }
  d: { address: 10.0.0.11/24, vips: [10.0.0.100], ipvs: d.rules }
  s: { address: 10.0.0.21/24, vip_on_lo: [10.0.0.100], serves: ['udp 9'] }
links: { default: { rate: 1Gbit, delay: 50us } }
traffic:
  load: { from: c, to: ['10.0.0.100:9'], flows: ${flows}, start: 0s, udp: { rate: ${(packetsPerSecond * bytes * 8) / 1000}kbit, size: ${bytes}B } }
`
  return checked('growth.yaml', { 'growth.yaml': text, 'd.rules': '-A -u 10.0.0.100:9 -s rr\n-a -u 10.0.0.100:9 -r 10.0.0.21:9 -g -w 1\n' })
}

/** `pairs` clients, each with a server of its own, four links a pair. */
function pairsOnOneLan(pairs: number, packetsPerSecond: number, seconds: number): Model {
  const numbers = Array.from({ length: pairs }, (_, i) => i + 1)
  const kbit = (packetsPerSecond * 1600) / 1000 / pairs
  const text = [
    'scenario: growth',
    `duration: ${seconds}s`,
    'hosts:',
    ...numbers.map(i => `  c${i}: { address: 10.0.1.${i}/16 }`),
    ...numbers.map(i => `  s${i}: { address: 10.0.2.${i}/16, serves: ['udp 9'] }`),
    'links: { default: { rate: 1Gbit, delay: 50us } }',
    'traffic:',
    ...numbers.map(
      i => `  t${i}: { from: c${i}, to: ['10.0.2.${i}:9'], start: 0s, udp: { rate: ${kbit}kbit, size: 200B, phase: ${i * 7}us } }`,
    ),
    '',
  ].join('\n')
  return checked('growth.yaml', { 'growth.yaml': text })
}

/** ns of CPU time a packet-hop of the span, and the packet-hops. */
function cost({ model, fromNs, times }: Span): { ns: number; hops: number; events: number } {
  let cpu = 0
  let hops = 0
  let events = 0
  for (let i = 0; i < times; i++) {
    const simulation = new Simulation(model)
    simulation.run(fromNs)
    const before = { hops: simulation.network.links.hops, events: simulation.engine.events, cpu: process.cpuUsage() }
    simulation.run()
    const used = process.cpuUsage(before.cpu)
    cpu += used.user + used.system
    hops += simulation.network.links.hops - before.hops
    events += simulation.engine.events - before.events
  }
  return { ns: (cpu * 1e3) / hops, hops, events }
}

const SPANS: Readonly<Record<string, Readonly<Record<string, () => Span>>>> = {
  time: {
    minutes_1: () => ({ model: oneDirector(100, 1000, 60), fromNs: 1e9, times: 20 }),
    minutes_10: () => ({ model: oneDirector(100, 1000, 600), fromNs: 1e9, times: 3 }),
    minutes_60: () => ({ model: oneDirector(100, 1000, 3600), fromNs: 1e9, times: 1 }),
  },
  connections: Object.fromEntries(
    [10, 1000, 10_000, 100_000].map(n => [`connections_${n}`, () => ({ model: oneDirector(n, 50_000, 13), fromNs: 3e9, times: 2 })]),
  ),
  links: Object.fromEntries(
    [1, 10, 75].map(pairs => [`links_${pairs * 4}`, () => ({ model: pairsOnOneLan(pairs, 20_000, 41), fromNs: 1e9, times: 2 })]),
  ),
}

/** Figures: ns a packet-hop at each size, and the memory that the process held after it, MiB. */
export function growth(what: 'time' | 'connections' | 'links'): () => Work {
  const spans = Object.entries(SPANS[what])
  cost({ ...spans[0][1](), times: 2 })
  return () => {
    const figures: Record<string, number> = {}
    let packetHops = 0
    let events = 0
    for (const [size, span] of spans) {
      const measured = cost(span())
      figures[`ns_per_hop_${size}`] = measured.ns
      figures[`rss_mib_${size}`] = process.memoryUsage.rss() / 2 ** 20
      packetHops += measured.hops
      events += measured.events
    }
    return { packetHops, events, figures: () => figures }
  }
}
