/** What each traffic source sent, what came through, what was lost and why, by segment: TrafficMeasurement from rates. */
import { Histogram } from '../base/histogram.ts'
import type { Segments, TrafficMeasurement } from '../metrics/index.ts'
import { DROP_REASONS } from '../net/index.ts'
import { minus, rounded } from './columns.ts'

/** One source's rates, a second. */
export interface SourceRates {
  sent: number
  lost: number
  /** IP bytes sent and delivered. */
  sentBytes: number
  deliveredBytes: number
  /** By drop reason. */
  readonly drops: Map<number, number>
  /** Time on the way → how many a second take it. */
  readonly delays: Map<number, number>
}

export const noRates = (): SourceRates => ({ sent: 0, lost: 0, sentBytes: 0, deliveredBytes: 0, drops: new Map(), delays: new Map() })

interface Account {
  readonly sent: Float64Array
  readonly sentBytes: Float64Array
  readonly deliveredBytes: Float64Array
  lost: Float64Array | undefined
  unresolved: Float64Array | undefined
  readonly dropped: (Float64Array | undefined)[]
  /** By zone: time on the way → how many. */
  readonly delays: Map<number, number>[]
}

export class TrafficAccounts {
  private readonly segments: Segments
  private readonly accounts: Account[]

  constructor(segments: Segments, sources: number) {
    this.segments = segments
    const column = (): Float64Array => new Float64Array(segments.count)
    this.accounts = Array.from({ length: sources }, () => ({
      ...{ sent: column(), sentBytes: column(), deliveredBytes: column(), lost: undefined, unresolved: undefined },
      dropped: DROP_REASONS.map(() => undefined),
      delays: Array.from({ length: segments.zoneCount }, () => new Map<number, number>()),
    }))
  }

  add(s: number, dt: number, rates: readonly SourceRates[]): void {
    const seconds = dt / 1e9
    rates.forEach((r, source) => {
      if (r.sent === 0) return
      const a = this.accounts[source]
      a.sent[s] += r.sent * seconds
      a.sentBytes[s] += r.sentBytes * seconds
      a.deliveredBytes[s] += r.deliveredBytes * seconds
      if (r.lost > 0) (a.lost ??= new Float64Array(this.segments.count))[s] += r.lost * seconds
      for (const [reason, rate] of r.drops) (a.dropped[reason] ??= new Float64Array(this.segments.count))[s] += rate * seconds
      const delays = a.delays[this.segments.zoneOf[s]]
      for (const [ns, rate] of r.delays) delays.set(ns, (delays.get(ns) ?? 0) + rate * seconds)
    })
  }

  /** Known by itself, not by a rate: `n` more of a source in a segment. */
  book(what: 'sent' | 'lost' | 'unresolved', source: number, segment: number, n: number): void {
    if (n <= 0) return
    const account = this.accounts[source]
    const column = what === 'sent' ? account.sent : (account[what] ??= new Float64Array(this.segments.count))
    column[segment] += n
  }

  /** So many of those sent in a segment took so long. */
  late(source: number, segment: number, n: number, delayNs: number): void {
    if (n <= 0) return
    const delays = this.accounts[source].delays[this.segments.zoneOf[segment]]
    delays.set(delayNs, (delays.get(delayNs) ?? 0) + n)
  }

  /** So many of those counted as sent in a segment are neither delivered nor lost when the run ends. */
  measurements(names: readonly string[], counts: (source: number) => TrafficMeasurement['counts']): TrafficMeasurement[] {
    const nothing = new Float64Array(this.segments.count)
    return names.map((name, source) => {
      const a = this.accounts[source]
      const sent = rounded(a.sent)
      const unresolved = a.unresolved === undefined ? undefined : rounded(a.unresolved).map((n, s) => Math.min(n, sent[s]))
      return {
        name,
        counts: counts(source),
        sent,
        delivered: minus(minus(sent, a.lost === undefined ? undefined : rounded(a.lost)), unresolved),
        unresolved: unresolved ?? nothing,
        sentBytes: rounded(a.sentBytes),
        deliveredBytes: rounded(a.deliveredBytes),
        delays: a.delays.map(histogramOf),
        dropped: a.dropped.map(column => (column === undefined ? undefined : rounded(column))),
      }
    })
  }
}

function histogramOf(delays: ReadonlyMap<number, number>): Histogram {
  const histogram = new Histogram()
  for (const ns of Array.from(delays.keys()).sort((a, b) => a - b)) histogram.recordMany(ns, Math.round(delays.get(ns) ?? 0))
  return histogram
}
