/**
 * An open loop of requests: they arrive at a rate whatever becomes of those before, each on a connection of its own.
 *
 * Request n goes to the endpoints in turn and comes from the client's addresses in turn; source ports are the client
 * host's ephemeral ones, 28,232 for each address and endpoint, of which those in TIME-WAIT are not free.
 */
import * as z from 'zod'
import type { RandomStream } from '../base/random.ts'
import type { Stateful } from '../base/tables.ts'
import { fields } from '../config/index.ts'
import type { RequestListener } from '../daemons/curl/index.ts'
import { type HttpRequest, sizedRequest } from '../daemons/httpd/index.ts'
import { nextArrival, type RateProfile, rateProfileField } from './arrivals.ts'
import { CLOSERS } from './curl.ts'
import { type Distribution, draw, fixed, sizes } from './distribution.ts'
import { type HttpEnvironment, HttpRoute } from './http-source.ts'
import { loadAt, timeOfLoad } from './load-profile.ts'
import type { SourceContext, TrafficRoute, TrafficSource } from './source.ts'

const REQUEST_ARRIVALS = ['poisson', 'constant'] as const

export const requestsSchema = z
  .strictObject({
    rate: rateProfileField('new connections, each with one request'),
    arrivals: fields.oneOf(REQUEST_ARRIVALS, 'poisson unless given').optional(),
    request: sizes('of a request, headers included; 300B unless given').optional(),
    response: sizes('of an answer, headers included; 10kB unless given').optional(),
    close: fields.oneOf(CLOSERS, 'who closes the connection; client unless given').optional(),
    max_time: fields.duration('a request that lasts longer has failed').optional(),
  })
  .meta({ description: 'requests at a rate, each on a connection of its own' })

export interface RequestsOptions extends TrafficRoute {
  readonly kind: 'requests'
  readonly rate: RateProfile
  readonly poisson: boolean
  readonly requestBytes: Distribution
  readonly responseBytes: Distribution
  readonly close: 'client' | 'server'
  readonly maxTimeNs: number
}

export function requestsOptions(raw: z.output<typeof requestsSchema>, route: TrafficRoute): RequestsOptions {
  return {
    kind: 'requests',
    ...route,
    rate: raw.rate,
    poisson: (raw.arrivals ?? 'poisson') === 'poisson',
    requestBytes: raw.request ?? fixed(300),
    responseBytes: raw.response ?? fixed(10_000),
    close: raw.close ?? 'client',
    maxTimeNs: raw.max_time ?? Number.POSITIVE_INFINITY,
  }
}

interface Source {
  readonly options: RequestsOptions
  readonly route: HttpRoute
  /** Of every arrival; null: sizes are drawn for each from `sizes`, a stream of their own, so that arrivals do not depend on them. */
  readonly request: HttpRequest | null
  readonly sizes: RandomStream | null
  /** Of arrivals; null: they are evenly spaced. */
  readonly random: RandomStream | null
}

function newRequest({ requestBytes, responseBytes, close }: RequestsOptions, random: RandomStream | null): HttpRequest {
  const size = (d: Distribution): number => Math.max(1, Math.round(random === null ? d.mean : draw(d, random)))
  return sizedRequest(size(requestBytes), size(responseBytes), close === 'server')
}

export class RequestSources implements Stateful, RequestListener {
  readonly stateFields = ['count', 'beganAt', 'latest', 'running']
  private count: number[] = []
  /** ns; load time (load-profile.ts) if there is a profile. */
  private beganAt: number[] = []
  /** Last arrival, ns after the beginning, with fractions. */
  private latest: number[] = []
  private running: boolean[] = []
  private readonly sources: Source[] = []
  private readonly env: HttpEnvironment
  private readonly listener: number
  private readonly eventKind: number

  constructor(env: HttpEnvironment) {
    this.env = env
    this.listener = env.curl.addListener(this)
    this.eventKind = env.engine.addKind(source => this.arrive(source))
  }

  add(options: RequestsOptions, context: SourceContext): TrafficSource {
    const varies = options.requestBytes.shape !== 'fixed' || options.responseBytes.shape !== 'fixed'
    const request = varies ? null : newRequest(options, null)
    const sizes = varies ? context.random(`${context.name} sizes`) : null
    const random = options.poisson ? context.random(context.name) : null
    const row = this.sources.push({ options, route: new HttpRoute(this.env, options, context), request, sizes, random }) - 1
    this.count.push(0)
    this.beganAt.push(0)
    this.latest.push(0)
    this.running.push(false)
    return {
      start: () => {
        this.running[row] = true
        this.count[row] = 0
        this.latest[row] = 0
        this.beganAt[row] = options.profile === undefined ? this.env.engine.now : loadAt(options.profile, this.env.engine.now)
        this.schedule(row)
      },
      stop: () => {
        this.running[row] = false
      },
    }
  }

  answered(): void {
    // Whoever `close` says closes; there is nothing more to ask.
  }

  ended(): void {
    // The loop is open: what becomes of a request does not change the next.
  }

  private schedule(row: number): void {
    const { options, random } = this.sources[row]
    this.latest[row] = nextArrival(options.rate, this.latest[row], this.count[row], random)
    const at = this.beganAt[row] + this.latest[row]
    this.env.engine.schedule(Math.round(options.profile === undefined ? at : timeOfLoad(options.profile, at)), this.eventKind, row)
  }

  private arrive(row: number): void {
    if (!this.running[row]) return
    const { options, route, sizes } = this.sources[row]
    const request = this.sources[row].request ?? newRequest(options, sizes)
    const n = this.count[row]++
    this.schedule(row)
    this.env.curl.open(route.session(n, this.listener, row), request, !request.serverCloses, options.maxTimeNs)
  }
}
