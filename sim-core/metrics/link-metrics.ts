/** Metrics of links: `of: switch→b2` (or switch->b2) is the direction of travel. */
import { linkLoad, linkWaits, offeredRatio } from './links.ts'
import type { LinkMeasurement } from './measurements.ts'
import type { Metric, Observed, Question } from './metric.ts'
import { overBins, quantileOf } from './series.ts'
import { type Span, spanOf, total } from './sums.ts'

const BIN_STATS = ['mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const

const linkOf = (q: Question): LinkMeasurement | undefined => q.view.result.measurements.links.find(l => l.name === q.of)

const perLink =
  (value: (q: Question, link: LinkMeasurement, span: Span) => Observed) =>
  (q: Question): Observed => {
    const link = linkOf(q)
    if (link === undefined) return { value: undefined, text: `the run has no link ${q.of}` }
    return value(q, link, spanOf(q.view.result.measurements.segments, q.fromNs, q.toNs))
  }

const binned = (value: (q: Question, link: LinkMeasurement, span: Span) => number) =>
  perLink((q, link) => overBins(q, span => value(q, link, span)))

const segmentsOf = (q: Question) => q.view.result.measurements.segments

export const LINK_METRICS: readonly Metric[] = [
  {
    name: 'link.offered',
    unit: 'ratio',
    of: 'link',
    meaning: 'what was presented to the link, over what it can carry; above 100 % it cannot be carried',
    definition: 'wire bits (with the Ethernet overhead) presented to the queue, before drops, over rate × time',
    stats: BIN_STATS,
    at: 'may',
    value: binned((q, link, span) => offeredRatio(segmentsOf(q), link, span)),
  },
  {
    name: 'link.offered_rate',
    unit: 'bit/s',
    of: 'link',
    meaning: 'wire bits a second presented to the queue, before drops',
    stats: BIN_STATS,
    at: 'may',
    value: binned((q, link, span) => linkLoad(segmentsOf(q), link, span).offeredBps),
  },
  {
    name: 'link.utilisation',
    unit: 'ratio',
    of: 'link',
    meaning: 'share of the time in which the link was sending, at most 100 %',
    stats: BIN_STATS,
    at: 'may',
    value: binned((q, link, span) => linkLoad(segmentsOf(q), link, span).utilisation),
  },
  {
    name: 'link.drops',
    unit: 'packets',
    of: 'link',
    meaning: 'packets that found the queue full',
    stats: ['total', 'max', 'min'],
    at: 'may',
    value: binned((_q, link, span) => total(link.drops, span)),
  },
  {
    name: 'link.loss',
    unit: 'ratio',
    of: 'link',
    meaning: 'share of the packets presented that found the queue full',
    stats: BIN_STATS,
    at: 'may',
    value: binned((_q, link, span) => {
      const drops = total(link.drops, span)
      return drops === 0 ? 0 : drops / (drops + total(link.accepted, span))
    }),
  },
  {
    name: 'link.wait',
    unit: 's',
    of: 'link',
    meaning: 'time that a packet waited in the queue before its first bit was sent; dropped packets do not count',
    stats: ['mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99', 'p99.9'],
    at: 'never',
    value: perLink((q, link, span) => {
      const waits = linkWaits(segmentsOf(q), link, span)
      if (waits.count === 0) return { value: undefined, text: `no packet was sent over ${q.of} in the window ${q.window}` }
      const quantile = quantileOf[q.stat]
      return {
        value: quantile !== undefined ? waits.quantile(quantile) : q.stat === 'max' ? waits.max : q.stat === 'min' ? waits.min : waits.mean,
      }
    }),
  },
  {
    name: 'link.queue',
    unit: 'packets',
    of: 'link',
    meaning: 'longest queue, in packets, without the one being sent',
    stats: ['max'],
    at: 'may',
    value: binned((q, link, span) => linkLoad(segmentsOf(q), link, span).queueMaxPackets),
  },
]
