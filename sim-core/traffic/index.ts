/** What clients do: the registry of traffic kinds. A new kind is a file of its own, a line in each of the lists here. */
import type { Stateful } from '../base/tables.ts'
import { type BulkOptions, BulkSources, bulkOptions, bulkSchema } from './bulk.ts'
import { type CurlOptions, CurlSources, curlOptions, curlSchema } from './curl.ts'
import type { HttpEnvironment } from './http-source.ts'
import { type RequestsOptions, RequestSources, requestsOptions, requestsSchema } from './requests.ts'
import { ScriptSources } from './script.ts'
import type { ScriptOptions } from './script-types.ts'
import { type SessionsOptions, SessionSources, sessionsOptions, sessionsSchema } from './sessions.ts'
import type { SourceContext, TrafficSource } from './source.ts'
import { type UdpOptions, UdpSources, udpOptions, udpSchema } from './udp.ts'

export { expectedArrivals, type RateProfile } from './arrivals.ts'
export type { BulkOptions } from './bulk.ts'
export type { CurlOptions } from './curl.ts'
export type { HttpEnvironment } from './http-source.ts'
export { type LoadProfile, loadAt, loadProfileField, timeOfLoad } from './load-profile.ts'
export type { RequestsOptions } from './requests.ts'
export type * from './script-types.ts'
export type { SessionsOptions } from './sessions.ts'
export * from './source.ts'
export { ARRIVALS, type Arrivals, flowsOf, intervalNs, type UdpFlows, type UdpOptions, UdpSources } from './udp.ts'

/** `script` is made by conform/ and has no keyword. */
export type TrafficOptions = UdpOptions | CurlOptions | RequestsOptions | SessionsOptions | BulkOptions | ScriptOptions

/** Key in a scenario's traffic source → schema of its options, and the options made of them. */
export const TRAFFIC_KINDS = {
  udp: { schema: udpSchema, options: udpOptions },
  curl: { schema: curlSchema, options: curlOptions },
  requests: { schema: requestsSchema, options: requestsOptions },
  sessions: { schema: sessionsSchema, options: sessionsOptions },
  bulk: { schema: bulkSchema, options: bulkOptions },
} as const

/** The sources of a run, of every kind. */
export class TrafficSources {
  readonly stateful: readonly Stateful[]
  private readonly udp: UdpSources
  private readonly curl: CurlSources
  private readonly requests: RequestSources
  private readonly sessions: SessionSources
  private readonly bulk: BulkSources
  readonly script: ScriptSources

  constructor(env: HttpEnvironment) {
    this.udp = new UdpSources(env)
    this.curl = new CurlSources(env)
    this.requests = new RequestSources(env)
    this.bulk = new BulkSources(env)
    this.sessions = new SessionSources(env)
    this.script = new ScriptSources(env)
    this.stateful = [this.udp, this.curl, this.requests, this.bulk, this.sessions, this.script]
  }

  add(options: TrafficOptions, context: SourceContext): TrafficSource {
    if (options.kind === 'udp') return this.udp.add(options, context)
    if (options.kind === 'curl') return this.curl.add(options, context)
    if (options.kind === 'requests') return this.requests.add(options, context)
    if (options.kind === 'sessions') return this.sessions.add(options, context)
    if (options.kind === 'script') return this.script.add(options, context)
    return this.bulk.add(options, context)
  }
}
