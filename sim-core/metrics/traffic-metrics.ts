/** Metrics of traffic sources: `of: ingress`. A packet or request belongs to the window in which it was sent. */
import type { RequestFate, RequestRecord, TrafficMeasurement } from './measurements.ts'
import type { Metric, Observed, Question } from './metric.ts'
import { overBins, quantileOf } from './series.ts'
import { type Span, spanOf, total } from './sums.ts'
import { trafficDelays, type TrafficLoad, trafficLoad } from './traffic.ts'

const BIN_STATS = ['mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const
const TOTALS = ['total', 'min', 'max'] as const

const perTraffic =
  (value: (q: Question, traffic: TrafficMeasurement) => Observed) =>
  (q: Question): Observed => {
    const traffic = q.view.result.measurements.traffic.find(t => t.name === q.of)
    return traffic === undefined ? { value: undefined, text: `the run has no traffic ${q.of}` } : value(q, traffic)
  }

const binned = (value: (q: Question, traffic: TrafficMeasurement, span: Span) => number) =>
  perTraffic((q, traffic) => overBins(q, span => value(q, traffic, span)))

const load = (q: Question, t: TrafficMeasurement, span: Span) => trafficLoad(q.view.result.measurements.segments, t, span)

const requestsIn = (q: Question): readonly RequestRecord[] =>
  q.view.result.requests.filter(r => r.traffic === q.of && r.sentNs >= q.fromNs && r.sentNs < q.toNs)

/** `inRates`: the same from what the flow level counts; absent: it cannot tell. */
const requestCount = (
  name: string,
  meaning: string,
  counted: (r: RequestRecord) => boolean,
  inRates?: (load: TrafficLoad) => number,
): Metric => ({
  name: `requests.${name}`,
  unit: 'requests',
  of: 'traffic',
  meaning,
  stats: [],
  at: 'never',
  ...(inRates === undefined ? { notInRates: 'requests are not followed one by one' } : {}),
  value: perTraffic((q, t) => {
    if (t.counts !== 'requests') return { value: undefined, text: `${q.of} sends packets, not requests: use traffic.loss` }
    if (q.view.result.answeredBy === 'rates' && inRates !== undefined)
      return { value: inRates(load(q, t, spanOf(q.view.result.measurements.segments, q.fromNs, q.toNs))) }
    return { value: requestsIn(q).filter(counted).length }
  }),
})

const fate = (wanted: RequestFate) => (r: RequestRecord) => r.fate === wanted

export const TRAFFIC_METRICS: readonly Metric[] = [
  {
    name: 'traffic.loss',
    unit: 'ratio',
    of: 'traffic',
    meaning: 'share of the packets (or requests) sent that were not delivered (or answered)',
    definition: '1 − delivered / sent; what is under way when the run ends counts as neither',
    stats: BIN_STATS,
    at: 'may',
    value: binned((q, t, span) => load(q, t, span).loss),
  },
  {
    name: 'traffic.sent',
    unit: 'packets',
    of: 'traffic',
    meaning: 'packets sent (requests, for a source of requests)',
    stats: TOTALS,
    at: 'may',
    value: binned((_q, t, span) => total(t.sent, span)),
  },
  {
    name: 'traffic.delivered',
    unit: 'packets',
    of: 'traffic',
    meaning: 'packets delivered to a real server (requests answered), of those sent in the window',
    stats: TOTALS,
    at: 'may',
    value: binned((_q, t, span) => total(t.delivered, span)),
  },
  {
    name: 'traffic.lost',
    unit: 'packets',
    of: 'traffic',
    meaning: 'packets sent and not delivered (requests not answered)',
    stats: TOTALS,
    at: 'may',
    value: binned((q, t, span) => load(q, t, span).lost),
  },
  {
    name: 'traffic.offered_rate',
    unit: 'bit/s',
    of: 'traffic',
    meaning: 'IP bits a second sent by the client',
    stats: BIN_STATS,
    at: 'may',
    value: binned((q, t, span) => load(q, t, span).offeredBps),
  },
  {
    name: 'traffic.delivered_rate',
    unit: 'bit/s',
    of: 'traffic',
    meaning: 'IP bits a second delivered (packets: to real servers; requests: answers to the client)',
    stats: BIN_STATS,
    at: 'may',
    value: binned((q, t, span) => load(q, t, span).deliveredBps),
  },
  {
    name: 'traffic.delay',
    unit: 's',
    of: 'traffic',
    meaning: 'time from sending to delivery (of a request: to the last byte of its answer)',
    stats: ['mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99', 'p99.9'],
    at: 'never',
    value: perTraffic((q, t) => {
      const segments = q.view.result.measurements.segments
      const delays = trafficDelays(segments, t, spanOf(segments, q.fromNs, q.toNs))
      if (delays.count === 0) return { value: undefined, text: `nothing of ${q.of} was delivered in the window ${q.window}` }
      const quantile = quantileOf[q.stat]
      return {
        value:
          quantile !== undefined ? delays.quantile(quantile) : q.stat === 'max' ? delays.max : q.stat === 'min' ? delays.min : delays.mean,
      }
    }),
  },
  requestCount(
    'sent',
    'requests sent',
    () => true,
    l => l.sent,
  ),
  requestCount('ok', 'requests answered', fate('ok'), l => l.delivered),
  requestCount(
    'failed',
    'requests reset, refused or timed out',
    r => r.fate !== 'ok' && r.fate !== 'open',
    l => l.lost,
  ),
  requestCount('reset', 'requests whose connection was reset', fate('reset')),
  requestCount('refused', 'requests refused (nobody listens, or no real server)', fate('refused')),
  requestCount('timed_out', 'requests given up by the client', fate('timed_out')),
  requestCount('retried', 'requests whose SYN was sent more than once', r => r.synRetransmits > 0),
]
