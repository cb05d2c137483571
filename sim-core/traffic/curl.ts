/**
 * A loop of `curl` commands: one request after the other, each on a connection of its own.
 *
 * Without more, the next begins when the one before is over. With `pause` it waits that long first (`curl; sleep 0.1`). With
 * `interval` one begins every so often, whether or not those before are answered (the lab's probes). Endpoints
 * take turns.
 */
import * as z from 'zod'
import { formatIpv4 } from '../base/address.ts'
import type { Stateful } from '../base/tables.ts'
import { fields } from '../config/index.ts'
import type { RequestListener } from '../daemons/curl/index.ts'
import { curlRequest, type HttpRequest } from '../daemons/httpd/index.ts'
import { type HttpEnvironment, HttpRoute } from './http-source.ts'
import type { SourceContext, TrafficRoute, TrafficSource } from './source.ts'

export const METHODS = ['HEAD', 'GET'] as const
export const CLOSERS = ['client', 'server'] as const

export const curlSchema = z
  .strictObject({
    count: fields.count('how many requests; until it stops unless given', 1, 100_000_000).optional(),
    interval: fields.duration('one begins every so often, answered or not').optional(),
    pause: fields.duration('waiting time after each').optional(),
    method: fields.oneOf(METHODS, 'HEAD (`curl -I`) unless given').optional(),
    path: z
      .string({ error: 'is no path' })
      .regex(/^\/\S*$/, { error: 'is no path: it begins with / and has no spaces' })
      .meta({ description: '`/?size=400000&pace=20000`: body bytes, and how many a second' })
      .optional(),
    close: fields.oneOf(CLOSERS, 'who closes the connection; client unless given').optional(),
    max_time: fields.duration('--max-time: a request that lasts longer has failed').optional(),
    source_port: fields.count('source port of the first request; those after it follow', 1024, 65_535).optional(),
  })
  .refine(o => o.interval === undefined || o.pause === undefined, {
    error: '`interval` and `pause` exclude each other',
    path: ['pause'],
  })
  .meta({ description: 'a loop of curl commands' })

export interface CurlOptions extends TrafficRoute {
  readonly kind: 'curl'
  /** Infinity: until it stops. */
  readonly count: number
  /** 0: not at fixed times. */
  readonly intervalNs: number
  readonly pauseNs: number
  readonly method: 'HEAD' | 'GET'
  readonly path: string
  readonly close: 'client' | 'server'
  readonly maxTimeNs: number
  /** 0: ephemeral ports. */
  readonly sourcePort: number
}

export function curlOptions(raw: z.output<typeof curlSchema>, route: TrafficRoute): CurlOptions {
  return {
    kind: 'curl',
    ...route,
    count: raw.count ?? Number.POSITIVE_INFINITY,
    intervalNs: raw.interval ?? 0,
    pauseNs: raw.pause ?? 0,
    method: raw.method ?? 'HEAD',
    path: raw.path ?? '/',
    close: raw.close ?? 'client',
    maxTimeNs: raw.max_time ?? Number.POSITIVE_INFINITY,
    sourcePort: raw.source_port ?? 0,
  }
}

interface Loop {
  readonly options: CurlOptions
  readonly route: HttpRoute
  /** One an endpoint. */
  readonly requests: readonly HttpRequest[]
}

/** All curl loops of a run. */
export class CurlSources implements Stateful, RequestListener {
  readonly stateFields = ['started', 'running', 'beganAt']
  /** Requests begun by each loop. */
  private started: number[] = []
  private running: boolean[] = []
  private beganAt: number[] = []
  private readonly loops: Loop[] = []
  private readonly env: HttpEnvironment
  private readonly listener: number
  private readonly eventKind: number

  constructor(env: HttpEnvironment) {
    this.env = env
    this.listener = env.curl.addListener(this)
    this.eventKind = env.engine.addKind(loop => this.next(loop))
  }

  add(options: CurlOptions, context: SourceContext): TrafficSource {
    const requests = options.to.map(e => {
      const request = curlRequest(options.method, formatIpv4(e.address), options.path)
      return { ...request, serverCloses: request.serverCloses || options.close === 'server' }
    })
    const loop = this.loops.push({ options, route: new HttpRoute(this.env, options, context, options.sourcePort), requests }) - 1
    this.started.push(0)
    this.running.push(false)
    this.beganAt.push(0)
    return {
      start: () => {
        this.running[loop] = true
        this.started[loop] = 0
        this.beganAt[loop] = this.env.engine.now
        this.env.engine.schedule(this.env.engine.now, this.eventKind, loop)
      },
      stop: () => {
        this.running[loop] = false
      },
    }
  }

  /** RequestListener: curl closes after each answer, so this is not called. */
  answered(): void {
    // The connection is closed by whoever `close` says.
  }

  ended(loop: number): void {
    const { intervalNs, pauseNs } = this.loops[loop].options
    if (intervalNs === 0) this.env.engine.schedule(this.env.engine.now + pauseNs, this.eventKind, loop)
  }

  private next(loop: number): void {
    const { options, route, requests } = this.loops[loop]
    const n = this.started[loop]
    if (!this.running[loop] || n >= options.count) return
    this.started[loop]++
    if (options.intervalNs > 0) this.env.engine.schedule(this.beganAt[loop] + (n + 1) * options.intervalNs, this.eventKind, loop)
    const request = requests[n % requests.length]
    this.env.curl.open(route.session(n, this.listener, loop), request, !request.serverCloses, options.maxTimeNs)
  }
}
