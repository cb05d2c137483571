/**
 * Bulk transfers: `flows` connections that move a given amount each, or go on for ever.
 *
 * Upwards the client sends and the server's last word is a small answer; downwards it asks for a body of that size.
 * Starts are spread uniformly over `within`. What counts as delivered is what travels in the transfer's direction.
 */
import * as z from 'zod'
import type { RandomStream } from '../base/random.ts'
import type { Stateful } from '../base/tables.ts'
import { fields } from '../config/index.ts'
import type { RequestListener } from '../daemons/curl/index.ts'
import { type HttpRequest, sizedRequest } from '../daemons/httpd/index.ts'
import { type HttpEnvironment, HttpRoute } from './http-source.ts'
import type { SourceContext, TrafficRoute, TrafficSource } from './source.ts'

const DIRECTIONS = ['up', 'down'] as const

export const bulkSchema = z
  .strictObject({
    size: fields.size('of each transfer; without end unless given').optional(),
    direction: fields.oneOf(DIRECTIONS, 'up: the client sends; down: the server; up unless given').optional(),
    within: fields.duration('starts are spread evenly at random over this time; all at once unless given').optional(),
  })
  .meta({ description: 'bulk transfers over TCP, one a flow' })

export interface BulkOptions extends TrafficRoute {
  readonly kind: 'bulk'
  /** Infinity: without end. */
  readonly sizeBytes: number
  readonly direction: 'up' | 'down'
  readonly withinNs: number
}

export function bulkOptions(raw: z.output<typeof bulkSchema>, route: TrafficRoute): BulkOptions {
  return {
    kind: 'bulk',
    ...route,
    sizeBytes: raw.size ?? Number.POSITIVE_INFINITY,
    direction: raw.direction ?? 'up',
    withinNs: raw.within ?? 0,
  }
}

/** What the other direction carries: a request, or an answer. */
const SMALL_BYTES = 300

interface Source {
  readonly options: BulkOptions
  readonly route: HttpRoute
  readonly request: HttpRequest
  readonly random: RandomStream
}

export class BulkSources implements Stateful, RequestListener {
  readonly stateFields = ['flowOf', 'running']
  /** Transfers to begin: which of the source's flows, by event argument. */
  private flowOf: { source: number; flow: number }[] = []
  private running: boolean[] = []
  private readonly sources: Source[] = []
  private readonly env: HttpEnvironment
  private readonly listener: number
  private readonly eventKind: number

  constructor(env: HttpEnvironment) {
    this.env = env
    this.listener = env.curl.addListener(this)
    this.eventKind = env.engine.addKind(i => this.begin(i))
  }

  add(options: BulkOptions, context: SourceContext): TrafficSource {
    const [up, down] = options.direction === 'up' ? [options.sizeBytes, SMALL_BYTES] : [SMALL_BYTES, options.sizeBytes]
    const source =
      this.sources.push({
        options,
        route: new HttpRoute(this.env, options, context),
        request: sizedRequest(up, down, false),
        random: context.random(context.name),
      }) - 1
    this.running.push(false)
    return {
      start: () => this.start(source),
      stop: () => {
        this.running[source] = false
      },
    }
  }

  answered(_source: number, session: number): void {
    this.env.curl.close(session)
  }

  ended(): void {
    // A transfer that failed is not begun again.
  }

  private start(source: number): void {
    const { options, random } = this.sources[source]
    this.running[source] = true
    for (let flow = 0; flow < options.flows; flow++) {
      const after = options.withinNs === 0 ? 0 : Math.floor(random.next() * options.withinNs)
      this.env.engine.schedule(this.env.engine.now + after, this.eventKind, this.flowOf.push({ source, flow }) - 1)
    }
  }

  private begin(i: number): void {
    const { source, flow } = this.flowOf[i]
    if (!this.running[source]) return
    const { route, request } = this.sources[source]
    this.env.curl.open(route.session(flow, this.listener, source), request, true, Number.POSITIVE_INFINITY)
  }
}
