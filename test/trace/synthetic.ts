/** A made-up trace: packets from a client over a switch to one of three hosts and back, at a seeded random pace. */
import {
  type PacketFields,
  PacketTrace,
  type PacketTraceOptions,
  RateSeries,
  Trace,
  type TraceHeader,
  classOf,
} from '../../sim-core/trace/index.ts'

export interface Synthetic {
  readonly packets: number
  readonly durationNs: number
  readonly level?: PacketTraceOptions['level']
  readonly budgetRows?: number
  readonly seed?: number
  /** Parts in which it is handed over. */
  readonly parts?: number
}

export const HOSTS = ['b1', 'b2', 'b3', 'client']

export function header(durationNs: number): TraceHeader {
  const links = HOSTS.flatMap(h => [
    { name: `${h}→switch`, from: h, to: 'switch' },
    { name: `switch→${h}`, from: 'switch', to: h },
  ])
  return {
    scenario: 'synthetic',
    seed: 1,
    durationNs,
    hosts: HOSTS,
    links: links.map(l => ({ ...l, rateBps: 1e9, delayNs: 20_000, overheadBytes: 38, queuePackets: 1000 })),
    macs: ['broadcast', 'vrrp', 'sync', '', '', '', '', '', ...HOSTS].map((name, i) => ({ name, text: `02:00:00:00:00:${i}` })),
    traffic: ['web'],
    dropReasons: ['queue full', 'no carrier'],
  }
}

/** Small, seeded, repeatable. */
export function random(seed: number): () => number {
  let s = seed >>> 0
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s / 4294967296
  }
}

export function synthetic(o: Synthetic): { trace: Trace; writer: PacketTrace } {
  const next = random(o.seed ?? 1)
  const head = header(o.durationNs)
  const trace = new Trace(head)
  const places = head.links.length + head.hosts.length
  const writer = new PacketTrace({ places, level: o.level ?? 'full', budgetRows: o.budgetRows ?? 1e7, durationNs: o.durationNs })
  const rates = new RateSeries(head.links.length, o.durationNs)
  const freeAt = new Float64Array(head.links.length)
  const partEvery = Math.ceil(o.packets / (o.parts ?? 3))
  const f = { ...EMPTY }
  for (let n = 0; n < o.packets; n++) {
    let now = Math.floor((n * o.durationNs) / o.packets + next() * 1000)
    fill(f, n, next)
    const host = Math.floor(next() * 3)
    const path = [6, host * 2 + 1]
    for (const [hop, link] of path.entries()) {
      f.hop = hop
      const start = Math.max(now, freeAt[link])
      const arrival = start + f.ipBytes * 8 + 20_000
      rates.sent(link, now, classOf(f.kind, f.flags, f.payloadBytes), f.ipBytes)
      if (next() < 0.01) {
        rates.lost(link, now)
        if (writer.keeps(now, f.kind, f.serial)) writer.lost(link, lastOf(trace, writer, link, now), 0, f)
        break
      }
      freeAt[link] = start + f.ipBytes * 8
      if (writer.keeps(now, f.kind, f.serial)) writer.sent(link, now, start, arrival, f)
      now = arrival
    }
    if (n % partEvery === partEvery - 1 || n === o.packets - 1)
      trace.add({
        untilNs: n === o.packets - 1 ? o.durationNs : now,
        chunks: writer.take(),
        happenings: [],
        rates: rates.take(o.durationNs - 1),
        coverage: [...writer.coverage],
        notes: [...writer.notes],
      })
  }
  return { trace, writer }
}

/** Losses of a place must be written in order of time; the made-up arrivals may overtake each other by some microseconds. */
const lastLoss = new WeakMap<PacketTrace, Map<number, number>>()
function lastOf(_: Trace, writer: PacketTrace, link: number, now: number): number {
  let m = lastLoss.get(writer)
  if (m === undefined) lastLoss.set(writer, (m = new Map()))
  const t = Math.max(now, m.get(link) ?? 0)
  m.set(link, t)
  return t
}

const EMPTY: PacketFields = {
  ...{ kind: 4, flags: 0, ttl: 64, hop: 0, order: 0, src: 0, dst: 0, srcPort: 0, dstPort: 80, ipBytes: 0, payloadBytes: 0, seq: 0, ack: 0 },
  ...{ srcMac: 8, dstMac: 9, traffic: 0, serial: 0, info: 0, retransmission: false },
}

function fill(f: PacketFields, n: number, next: () => number): void {
  const what = next()
  f.kind = what < 0.02 ? 1 : what < 0.04 ? 2 : what < 0.3 ? 3 : 4
  f.flags = what < 0.3 ? 0 : what < 0.4 ? 2 : what < 0.5 ? 17 : what < 0.55 ? 4 : 16
  f.payloadBytes = what > 0.7 ? 1460 : 0
  f.ipBytes = 46 + f.payloadBytes
  f.src = 0x0a0a01c8
  f.dst = 0x0a0a010a
  f.srcPort = 1024 + (n % 50_000)
  f.serial = n
  f.order = f.kind === 4 ? n % 20 : 0
  f.retransmission = what > 0.98
}
