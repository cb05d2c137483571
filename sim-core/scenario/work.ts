/**
 * A scenario that cannot end within its limit of events is refused before it begins: a rate with a zero too many would
 * else run for an hour and then say so. Only what is certain counts: datagrams and requests of sources with a rate, each
 * with the fewest events that it can take. Tested in test/scenario/work.test.ts.
 */
import { showCount } from '../metrics/index.ts'
import type { RateProfile, TrafficOptions } from '../traffic/index.ts'
import type { Draft } from './draft.ts'
import type { Model, TrafficModel } from './model.ts'

/** A datagram is sent and arrives. */
const EVENTS_A_DATAGRAM = 2
/** SYN, SYN ACK, request, answer and a FIN each way, each over two links at least. */
const EVENTS_A_REQUEST = 12
/** Of bulk transfers; a connection takes about a kilobyte. */
const CONNECTIONS_MAX = 1_000_000

export function checkWork(
  draft: Draft,
  { model, durationNs, traffic, limits }: Pick<Model, 'model' | 'durationNs' | 'traffic' | 'limits'>,
): void {
  if (model === 'rates') return
  for (const source of traffic) {
    if (source.options.kind === 'bulk' && source.options.flows > CONNECTIONS_MAX)
      draft.reporter.errorAtKey(
        ['traffic', source.name],
        'too-much',
        `${showCount(source.options.flows)} connections at once are more than fit into memory`,
        `write at most ${showCount(CONNECTIONS_MAX)} flows, or ask with \`model: rates\``,
      )
    const { count, events, what } = fewest(source, durationNs)
    if (events <= limits.events) continue
    draft.reporter.errorAtKey(
      ['traffic', source.name],
      'too-much',
      `it sends at least ${showCount(count)} ${what} in this run, more than can be simulated within ${showCount(limits.events)} events`,
      'lower its rate, shorten its time, or ask with `model: rates`; `limits: { events: … }` allows more',
    )
  }
}

function fewest({ options, startNs = 0, stopNs }: TrafficModel, durationNs: number): { count: number; events: number; what: string } {
  const seconds = Math.max(0, Math.min(stopNs ?? durationNs, durationNs) - startNs) / 1e9
  const count = Math.floor(perSecond(options) * seconds)
  if (options.kind === 'udp') return { count, events: count * EVENTS_A_DATAGRAM, what: 'datagrams' }
  const requests = options.kind === 'sessions' ? count * options.requests : options.kind === 'curl' ? Math.min(count, options.count) : count
  return { count: requests, events: requests * EVENTS_A_REQUEST, what: 'requests' }
}

/** A profile may lower the rate for most of the day, so such a source is not counted. */
function perSecond(o: TrafficOptions): number {
  if (o.kind !== 'script' && o.profile !== undefined) return 0
  // Whatever layer the rate is of, a datagram is at most so long there.
  if (o.kind === 'udp') return o.rateBps / (8 * (o.ipBytes + MOST_HEADERS))
  if (o.kind === 'requests') return least(o.rate)
  if (o.kind === 'sessions') return o.rate === null ? 0 : least(o.rate)
  return o.kind === 'curl' && o.intervalNs > 0 ? 1e9 / o.intervalNs : 0
}

const MOST_HEADERS = 38
const least = ({ fromPerS, toPerS }: RateProfile): number => Math.min(fromPerS, toPerS)
