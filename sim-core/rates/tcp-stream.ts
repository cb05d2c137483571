/**
 * One endpoint of a source that speaks TCP, as the flow level sees it: how many connections begin a second, where they go, and how
 * many are behind. A connection that gets less than it asks for lasts longer, so what is not finished yet is a backlog.
 */
import { expectedArrivals, type RateProfile } from '../traffic/index.ts'
import type { ConnectionLoad, TcpOptions } from './connection-load.ts'
import type { TableShare } from './director-connections.ts'
import type { Claim } from './max-min.ts'
import type { UnderWay } from './table-growth.ts'
import { meanRequests, type Stream } from './streams.ts'
import type { WaitingRequests } from './waiting-requests.ts'

/** What becomes of new connections now; the shares add up to 1. */
export interface Reach {
  /** Get to a server that answers. */
  readonly answered: number
  /** Are refused or reset at once, by drop reason. */
  readonly refused: readonly { readonly reason: number; readonly share: number }[]
  /** Hear nothing and try again: before a director, and by the server (address row) that one has bound them to. */
  readonly unheard: number
  readonly bound: ReadonlyMap<number, number>
  /** Links and what a whole connection costs on each, of those that are answered. */
  readonly links: Int32Array
  readonly costs: Float64Array
  readonly packets: Float64Array
  readonly roundTripNs: number
  /** Of the slowest link on the way. */
  readonly lineBps: number
  /** Entries of those that are answered (their shares add up to 1), and of those that are not. */
  readonly table: readonly TableShare[]
  readonly halfOpen: readonly TableShare[]
}

export const NOWHERE: Reach = {
  ...{ answered: 0, refused: [], unheard: 1, links: new Int32Array(0), costs: new Float64Array(0), packets: new Float64Array(0) },
  ...{ roundTripNs: 0, lineBps: Number.POSITIVE_INFINITY, bound: new Map<number, number>(), table: [], halfOpen: [] },
}

/** Users, or transfers, that take turns: no more than so many connections at a time. */
export interface Loop {
  readonly members: number
  /** Between a connection's end and the next one's beginning; Infinity: there is no next. */
  readonly pauseNs: number
}

export interface Held {
  readonly underWay: readonly UnderWay[]
  readonly behind: number
  readonly atNs: number
}

export interface TcpStream extends Stream {
  readonly options: TcpOptions
  readonly load: ConnectionLoad
  readonly maxTimeNs: number
  /** Undefined: connections begin at a rate. */
  readonly loop: Loop | undefined
  readonly waiting: WaitingRequests
  /** Those that an entry leads to a server that does not answer, by that server. */
  readonly bound: Map<number, WaitingRequests>
  reach: Reach
  /** Connections that were under way when the way ended. */
  held: Held | undefined
  /** The table shares of the last way that worked. */
  settled: readonly TableShare[]
  /** Connections that begin a second, that are finished a second, and that are given up for want of time. */
  begun: number
  finished: number
  tooLate: number
  /** Connections a second that try again after an outage, and until when. */
  again: number
  againUntilNs: number
  /** Connections that are behind. */
  backlog: number
  /** Connections of a counted source that may still begin. */
  left: number
}

export const isTcp = (s: Stream): s is TcpStream => s.options.kind !== 'udp' && s.options.kind !== 'script'

export function loopOf(options: TcpOptions): Loop | undefined {
  const share = options.to.length
  if (options.kind === 'bulk') return { members: options.flows / share, pauseNs: Number.POSITIVE_INFINITY }
  if (options.kind === 'sessions' && options.rate === null) return { members: options.users / share, pauseNs: options.thinkNs.mean }
  if (options.kind === 'curl' && options.intervalNs === 0) return { members: 1 / share, pauseNs: options.pauseNs }
  return undefined
}

export function leftOf(options: TcpOptions): number {
  if (options.kind === 'bulk') return 0
  return options.kind === 'curl' ? options.count / options.to.length : Number.POSITIVE_INFINITY
}

/** A connection's time on idle links, ns. */
export const restingNs = (s: TcpStream): number => {
  const { load, reach } = s
  const sendingNs = reach.lineBps === Number.POSITIVE_INFINITY ? 0 : (8e9 * load.dataBytes) / reach.lineBps
  return load.roundTrips * reach.roundTripNs + sendingNs + load.idleNs
}

/** A connection's time now, ns. */
export const lastingNs = (s: TcpStream): number => restingNs(s) + (s.backlog > 0 && s.finished > 0 ? (1e9 * s.backlog) / s.finished : 0)

/** Connections a second in [fromNs, toNs), while the way is open and links hold. */
export function arrivals(s: TcpStream, fromNs: number, toNs: number): number {
  const { options, loop } = s
  if (!s.running || s.left <= 0) return 0
  const share = options.to.length
  if (options.kind === 'requests') return meanRequests(options, s.beganNs, fromNs, toNs) / share
  if (options.kind === 'sessions' && options.rate !== null) return meanRate(options.rate, fromNs - s.beganNs, toNs - s.beganNs) / share
  if (options.kind === 'curl' && options.intervalNs > 0) return 1e9 / options.intervalNs / share
  if (loop === undefined || loop.pauseNs === Number.POSITIVE_INFINITY) return 0
  // Who hears nothing waits for the end of its time, and then pauses.
  const heard = s.reach.answered > 0 || s.reach.refused.length > 0 ? restingNs(s) : s.maxTimeNs
  return (1e9 * loop.members) / Math.max(1, heard + loop.pauseNs)
}

const meanRate = (rate: RateProfile, fromNs: number, toNs: number): number =>
  ((expectedArrivals(rate, toNs / 1e9) - expectedArrivals(rate, fromNs / 1e9)) * 1e9) / (toNs - fromNs)

/** No more than so many may be behind at this rate: then users wait instead of asking, or time is up. */
export function room(s: TcpStream, finished: number): number {
  if (s.loop !== undefined) return Math.max(0, s.loop.members - (finished * (restingNs(s) + s.loop.pauseNs)) / 1e9)
  return (finished * s.maxTimeNs) / 1e9
}

/** What it asks of the links. */
export function claimOf(s: TcpStream): Claim {
  const arriving = s.begun * s.reach.answered + s.again
  const wanted = s.backlog > 0 ? Number.POSITIVE_INFINITY : arriving
  const open = s.backlog + (arriving * restingNs(s)) / 1e9
  return {
    demand: s.reach.answered > 0 ? wanted : 0,
    weight: Math.max(open, 1e-6) / Math.max(1, s.load.dataBytes),
    links: s.reach.links,
    costs: s.reach.costs,
  }
}
