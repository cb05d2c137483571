/**
 * HTTP sessions: a connection, several requests over it with time to think between them, then it is closed.
 *
 * `users`: a closed loop; each user begins a session, and the next one a think time after the last answer (or failure).
 * `rate`: an open loop; sessions begin at that rate, whatever becomes of those before. Sizes and times are drawn from the
 * source's own stream in the order of events.
 */
import * as z from 'zod'
import type { RandomStream } from '../base/random.ts'
import type { Stateful } from '../base/tables.ts'
import { fields } from '../config/index.ts'
import type { RequestListener } from '../daemons/curl/index.ts'
import { type HttpRequest, sizedRequest } from '../daemons/httpd/index.ts'
import { nextArrival, type RateProfile, rateProfileField } from './arrivals.ts'
import { CLOSERS } from './curl.ts'
import { type Distribution, draw, fixed, sizes, times } from './distribution.ts'
import { type HttpEnvironment, HttpRoute } from './http-source.ts'
import type { SourceContext, TrafficRoute, TrafficSource } from './source.ts'

export const sessionsSchema = z
  .strictObject({
    users: fields.count('how many, each with one session at a time', 1, 1_000_000).optional(),
    rate: rateProfileField('new sessions, whatever becomes of those before').optional(),
    requests: fields.count('requests of a session; 10 unless given', 1, 1_000_000).optional(),
    think: times('time between an answer and the next request; none unless given').optional(),
    request: sizes('of a request, headers included; 300B unless given').optional(),
    response: sizes('of an answer, headers included; 10kB unless given').optional(),
    close: fields.oneOf(CLOSERS, 'who closes the connection after the last answer; client unless given').optional(),
    max_time: fields.duration('a request that lasts longer has failed').optional(),
  })
  .refine(o => (o.users === undefined) !== (o.rate === undefined), {
    error: 'sessions begin by users in a closed loop or at a rate in an open one; one of the two must be given',
    params: { code: 'loop', remedy: 'write either users: 20 or rate: 10/s' },
  })
  .meta({ description: 'HTTP sessions of several requests, by users in a closed loop or at a rate' })

export interface SessionsOptions extends TrafficRoute {
  readonly kind: 'sessions'
  /** 0: an open loop at `rate`. */
  readonly users: number
  readonly rate: RateProfile | null
  readonly requests: number
  readonly thinkNs: Distribution
  readonly requestBytes: Distribution
  readonly responseBytes: Distribution
  readonly close: 'client' | 'server'
  readonly maxTimeNs: number
}

export function sessionsOptions(raw: z.output<typeof sessionsSchema>, route: TrafficRoute): SessionsOptions {
  return {
    kind: 'sessions',
    ...route,
    users: raw.users ?? 0,
    rate: raw.rate ?? null,
    requests: raw.requests ?? 10,
    thinkNs: raw.think ?? fixed(0),
    requestBytes: raw.request ?? fixed(300),
    responseBytes: raw.response ?? fixed(10_000),
    close: raw.close ?? 'client',
    maxTimeNs: raw.max_time ?? Number.POSITIVE_INFINITY,
  }
}

interface Source {
  readonly options: SessionsOptions
  readonly route: HttpRoute
  readonly random: RandomStream
}

/** A session, or the user between two. Recycled in an open loop. */
interface Visit {
  readonly source: number
  /** curl's session while the connection is open; −1 otherwise. */
  session: number
  /** Requests begun. */
  begun: number
}

export class SessionSources implements Stateful, RequestListener {
  readonly stateFields = ['visits', 'free', 'opened', 'arrivals', 'beganAt', 'latest', 'running']
  private visits: Visit[] = []
  private free: number[][] = []
  /** Sessions begun by each source; arrivals of an open loop; times as in requests.ts. */
  private opened: number[] = []
  private arrivals: number[] = []
  private beganAt: number[] = []
  private latest: number[] = []
  private running: boolean[] = []
  private readonly sources: Source[] = []
  private readonly env: HttpEnvironment
  private readonly listener: number
  private readonly arrivalKind: number
  private readonly stepKind: number

  constructor(env: HttpEnvironment) {
    this.env = env
    this.listener = env.curl.addListener(this)
    this.arrivalKind = env.engine.addKind(source => this.arrive(source))
    this.stepKind = env.engine.addKind(visit => this.step(visit))
  }

  add(options: SessionsOptions, context: SourceContext): TrafficSource {
    const source =
      this.sources.push({ options, route: new HttpRoute(this.env, options, context), random: context.random(context.name) }) - 1
    this.free.push([])
    this.opened.push(0)
    this.arrivals.push(0)
    this.beganAt.push(0)
    this.latest.push(0)
    this.running.push(false)
    return {
      start: () => this.start(source),
      stop: () => {
        this.running[source] = false
      },
    }
  }

  private start(source: number): void {
    const { options, random } = this.sources[source]
    const { engine } = this.env
    this.running[source] = true
    this.beganAt[source] = engine.now
    this.latest[source] = 0
    this.arrivals[source] = 0
    if (options.rate !== null) this.schedule(source)
    // Users do not all begin at once: each has thought for a while.
    for (let user = 0; user < options.users; user++)
      engine.schedule(engine.now + Math.round(draw(options.thinkNs, random)), this.stepKind, this.newVisit(source))
  }

  private schedule(source: number): void {
    const { options, random } = this.sources[source]
    if (options.rate === null) return
    this.latest[source] = nextArrival(options.rate, this.latest[source], this.arrivals[source]++, random)
    this.env.engine.schedule(Math.round(this.beganAt[source] + this.latest[source]), this.arrivalKind, source)
  }

  private arrive(source: number): void {
    if (!this.running[source]) return
    this.schedule(source)
    this.step(this.newVisit(source))
  }

  private newVisit(source: number): number {
    return this.free[source].pop() ?? this.visits.push({ source, session: -1, begun: 0 }) - 1
  }

  /** The next request of a visit, on its open connection or on a new one. */
  private step(visit: number): void {
    const v = this.visits[visit]
    const { options, route } = this.sources[v.source]
    if (!this.running[v.source] && v.session < 0) return
    v.begun++
    const last = v.begun >= options.requests
    const request = this.newRequest(v.source, last && options.close === 'server')
    const closes = last && options.close === 'client'
    const { curl } = this.env
    if (v.session >= 0) curl.again(v.session, request, closes, options.maxTimeNs)
    else curl.open(route.session(this.opened[v.source]++, this.listener, visit), request, closes, options.maxTimeNs)
  }

  private newRequest(source: number, serverCloses: boolean): HttpRequest {
    const { options, random } = this.sources[source]
    const bytes = Math.max(1, Math.round(draw(options.requestBytes, random)))
    return sizedRequest(bytes, Math.max(1, Math.round(draw(options.responseBytes, random))), serverCloses)
  }

  answered(visit: number, session: number): void {
    const v = this.visits[visit]
    const { options, random } = this.sources[v.source]
    v.session = session
    this.env.engine.schedule(this.env.engine.now + Math.round(draw(options.thinkNs, random)), this.stepKind, visit)
  }

  ended(visit: number, ok: boolean): void {
    const v = this.visits[visit]
    const { options, random } = this.sources[v.source]
    // The server may close while the user thinks; then the pending step begins a new connection by itself.
    const thinking = v.session >= 0 && v.begun < options.requests && ok
    v.session = -1
    if (thinking) return
    v.begun = 0
    if (options.rate !== null) this.free[v.source].push(visit)
    else this.env.engine.schedule(this.env.engine.now + Math.max(1, Math.round(draw(options.thinkNs, random))), this.stepKind, visit)
  }
}
