/**
 * A run that never ran: measurements made from a few numbers, for tests of what is computed from them. Every link,
 * traffic source and VIP gets columns of zeros; a test sets the cells it is about.
 */
import { Histogram } from '../../sim-core/base/histogram.ts'
import {
  type LinkMeasurement,
  type Ownership,
  planSegments,
  type RequestRecord,
  type RunResult,
  type Segments,
  type TrafficMeasurement,
  type VipMeasurement,
  type Window,
} from '../../sim-core/metrics/index.ts'

export const S = 1e9

export interface FakeRun {
  readonly durationS: number
  readonly windows?: Readonly<Record<string, readonly [number, number]>>
  readonly eventsS?: readonly number[]
  readonly links?: readonly string[]
  readonly traffic?: Readonly<Record<string, 'packets' | 'requests'>>
  readonly vips?: Readonly<Record<string, readonly (readonly [string, number, number])[]>>
}

export interface Fake {
  readonly result: RunResult & { requests: RequestRecord[] }
  readonly windows: readonly Window[]
  readonly segments: Segments
  link(name: string): LinkMeasurement
  traffic(name: string): TrafficMeasurement
  vip(address: string): VipMeasurement
  /** Calls `set` for every segment of [fromS, toS) with its length in seconds. */
  each(fromS: number, toS: number, set: (segment: number, seconds: number, fromNs: number) => void): void
}

export function fakeRun({ durationS, windows: named = {}, eventsS = [], links = [], traffic = {}, vips = {} }: FakeRun): Fake {
  const windows = [
    { name: 'run', fromNs: 0, toNs: durationS * S },
    ...Object.entries(named).map(([name, [from, to]]) => ({ name, fromNs: from * S, toNs: to * S })),
  ]
  const segments = planSegments({ durationNs: durationS * S, windows, instantsNs: eventsS.map(t => t * S) })
  const zeros = () => new Float64Array(segments.count)
  const all = (x: number) => zeros().fill(x)
  const linkRows = links.map(name => ({
    ...{ name, from: name.split('→')[0], to: name.split('→')[1], rateBps: all(1e9), offeredWireBytes: zeros(), busyNs: zeros() },
    ...{
      accepted: zeros(),
      drops: zeros(),
      queueMaxPackets: zeros(),
      waits: Array.from({ length: segments.zoneCount }, () => new Histogram()),
    },
    queueLimit: { packets: 1000 },
  }))
  const trafficRows = Object.entries(traffic).map(([name, counts]) => ({
    ...{ name, counts, sent: zeros(), delivered: zeros(), unresolved: zeros(), sentBytes: zeros(), deliveredBytes: zeros() },
    ...{ delays: Array.from({ length: segments.zoneCount }, () => new Histogram()), dropped: [] },
  }))
  const vipRows = Object.entries(vips).map(([address, owners]) => ({
    address,
    owners: owners.map(([host, from, to]): Ownership => ({ host, fromNs: from * S, toNs: to * S })),
    ...{ sent: zeros(), firstSentNs: all(Number.POSITIVE_INFINITY), lastSentNs: all(Number.NEGATIVE_INFINITY), delivered: zeros() },
    ...{ firstDeliveredNs: all(Number.POSITIVE_INFINITY), lastDeliveredNs: all(Number.NEGATIVE_INFINITY), longestGapNs: zeros() },
  }))
  const find =
    <T>(rows: readonly T[], key: (row: T) => string) =>
    (name: string): T =>
      rows.find(r => key(r) === name) as T
  return {
    result: {
      ...{
        digest: '0123456789abcdef',
        events: 1000,
        packetHops: 500,
        simulatedNs: durationS * S,
        happenings: [],
        requests: [],
        tables: [],
      },
      measurements: { segments, links: linkRows, traffic: trafficRows, vips: vipRows, dropReasons: ['queue full'], directors: [] },
    },
    windows,
    segments,
    link: find(linkRows, r => r.name),
    traffic: find(trafficRows, r => r.name),
    vip: find(vipRows, r => r.address),
    each: (fromS, toS, set) => {
      for (let i = 0; i < segments.count; i++) {
        const from = segments.boundariesNs[i]
        const to = segments.boundariesNs[i + 1]
        if (from >= fromS * S && to <= toS * S) set(i, (to - from) / S, from)
      }
    },
  }
}

/** A VIP to which a packet is sent and delivered every `everyS` in [fromS, toS), but not delivered in [deafS[0], deafS[1]). */
export function serve(
  fake: Fake,
  address: string,
  fromS: number,
  toS: number,
  everyS: number,
  deafS: readonly [number, number] = [0, 0],
): void {
  const vip = fake.vip(address)
  let last = Number.NaN
  for (let k = 0; fromS + k * everyS < toS - 1e-12; k++) {
    const t = Math.round((fromS + k * everyS) * S)
    const i = fake.segments.boundariesNs.findIndex(b => b > t) - 1
    vip.sent[i]++
    vip.firstSentNs[i] = Math.min(vip.firstSentNs[i], t)
    vip.lastSentNs[i] = t
    if (t >= deafS[0] * S && t < deafS[1] * S) continue
    if (vip.delivered[i]++ === 0) vip.firstDeliveredNs[i] = t
    else vip.longestGapNs[i] = Math.max(vip.longestGapNs[i], t - last)
    vip.lastDeliveredNs[i] = t
    last = t
  }
}
