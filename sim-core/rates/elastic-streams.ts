/**
 * Streams over TCP: they share what inelastic traffic leaves of the links, max-min fair between connections, and are
 * behind while they get less than they ask for.
 *
 * Of TCP itself there is the outcome, not the way to it: no slow start of the aggregate, no drops of its own (a full link
 * carries its rate). Connections survive a change of director if both run
 * the sync daemon.
 */
import type { Segments } from '../metrics/index.ts'
import type { Director } from '../protocols/ipvs/index.ts'
import { overSegments } from './columns.ts'
import type { Fabric } from './fabric.ts'
import type { Loads } from './loads.ts'
import { maxMinShares } from './max-min.ts'
import { type Held, isTcp, type Reach, type TcpStream, arrivals, claimOf, lastingNs, restingNs, room } from './tcp-stream.ts'
import { rampSteps, type Stream } from './streams.ts'
import type { TableGrowth } from './table-growth.ts'
import type { SourceRates, TrafficAccounts } from './traffic-accounts.ts'
import { inDelaySteps } from './tree.ts'
import { WaitingRequests } from './waiting-requests.ts'

/** Shares stay this far below a full link, so that nobody takes it for overloaded. */
const HEADROOM = 1e-6
/** Where UDP fills a link its queue drops from everybody, and TCP sends again: so much of the link it gets all the same. */
const INSISTENCE = 0.1
const FULL = 1 - 1e-6
/** Connections; less is nobody. */
const NOBODY = 1e-6

export class ElasticStreams {
  readonly pps: Float64Array
  readonly bps: Float64Array
  /** Wire bits a second that new connections ask of a full link and do not get. */
  readonly unmetBps: Float64Array
  readonly streams: readonly TcpStream[]
  private readonly growth: TableGrowth
  private readonly segments: Segments
  /** Where requests are booked whose fate is known later than they were sent. */
  private readonly accounts: () => TrafficAccounts
  private readonly synced: (from: Director, to: Director) => boolean

  constructor(wiring: {
    fabric: Fabric
    streams: readonly Stream[]
    segments: Segments
    growth: TableGrowth
    accounts: () => TrafficAccounts
    /** Whether the sync daemons of two directors tell each other of their connections. */
    synced: (from: Director, to: Director) => boolean
  }) {
    this.pps = new Float64Array(wiring.fabric.options.length)
    this.bps = new Float64Array(wiring.fabric.options.length)
    this.unmetBps = new Float64Array(wiring.fabric.options.length)
    this.streams = wiring.streams.filter(isTcp)
    this.growth = wiring.growth
    this.segments = wiring.segments
    this.accounts = wiring.accounts
    this.synced = wiring.synced
  }

  start(s: TcpStream): void {
    if (s.options.kind === 'bulk' && s.loop !== undefined) {
      s.backlog = s.loop.members
      this.book(s).sent(this.segmentAt(s.beganNs), s.loop.members)
    }
  }

  /** Where its connections go from now on. */
  follow(s: TcpStream, reach: Reach, nowNs: number): void {
    const stays = s.settled.some(t => reach.table.some(n => n.director === t.director))
    if (s.reach.answered > 0 && s.settled.length > 0 && !stays) this.hold(s, nowNs)
    if (reach.table.length > 0) {
      if (s.held !== undefined) this.letGo(s, s.held, stays || this.synced(s.settled[0].director, reach.table[0].director))
      s.settled = reach.table
    }
    if (reach.answered > 0 && s.waiting.any) this.tryAgain(s, s.waiting, reach.answered / (reach.answered + reach.unheard), nowNs)
    for (const [server, waiting] of s.bound) if (waiting.any && leads(reach, server)) this.tryAgain(s, waiting, 1, nowNs)
    s.reach = reach
  }

  /** The way ends: what is under way waits for what comes. */
  private hold(s: TcpStream, nowNs: number): void {
    const underWay = this.growth.abandon(s.index, s.settled, s.backlog, nowNs)
    s.held = { underWay, behind: s.backlog, atNs: nowNs }
    s.backlog = 0
  }

  /** The same director again, or one that was told: they go on. Another one knows nothing of them and resets them. */
  private letGo(s: TcpStream, { underWay, behind, atNs }: Held, known: boolean): void {
    s.held = undefined
    const count = underWay.reduce((sum, u) => sum + u.count, behind)
    if (known) {
      this.growth.resume(s.index)
      s.backlog += count
      return
    }
    const book = this.book(s)
    const { kind } = s.options
    if (kind === 'bulk') book.lost(this.segmentAt(s.beganNs), count)
    else if (kind === 'sessions') {
      // Each sends one more request, which is reset.
      book.sent(this.segmentAt(atNs), count)
      book.lost(this.segmentAt(atNs), count)
    } else {
      for (const u of underWay)
        overSegments(this.segments, this.segmentAt(u.fromNs), u.fromNs, u.toNs, (segment, dt) =>
          book.lost(segment, (u.count * dt) / (u.toNs - u.fromNs)),
        )
      book.lost(this.segmentAt(atNs), behind)
    }
  }

  /** SYNs that are sent again find the way open: as many connections more, for about as long as the outage was. */
  private tryAgain(s: TcpStream, waiting: WaitingRequests, share: number, nowNs: number): void {
    const { count, withinNs } = waiting.answered(nowNs, share, this.book(s))
    s.again = (1e9 * count) / s.load.requests / withinNs
    s.againUntilNs = nowNs + withinNs
  }

  // ---- rates

  /** Connections that begin a second from now on, at most until `until`. */
  demand(now: number, until: number): void {
    this.pps.fill(0)
    this.bps.fill(0)
    this.unmetBps.fill(0)
    for (const s of this.streams) {
      if (now >= s.againUntilNs) s.again = 0
      s.begun = arrivals(s, now, Math.max(now + 1, Math.min(until, this.nextRamp(s, now))))
    }
  }

  /** Finds what each gets of what is left; true: `pps` and `bps` say what that puts on the links. */
  share(loads: Loads): boolean {
    const active = this.streams.filter(s => s.begun + s.again > 0 || s.backlog > 0)
    if (active.length === 0) {
      for (const s of this.streams) s.finished = s.tooLate = 0
      return false
    }
    const free = loads.capacityBps.map((capacity, l) => Math.max(capacity * INSISTENCE, capacity * (1 - HEADROOM) - loads.bps[l]))
    const claims = active.map(claimOf)
    const rates = maxMinShares(claims, free)
    for (const s of this.streams) s.finished = s.tooLate = 0
    active.forEach((s, i) => {
      s.finished = rates[i]
      this.limit(s)
      const { links, costs, packets } = s.reach
      for (let k = 0; k < links.length; k++) {
        this.bps[links[k]] += s.finished * costs[k]
        this.pps[links[k]] += s.finished * packets[k]
      }
    })
    for (const s of active) this.addUnmet(s, free)
    return true
  }

  /** Who asks at a rate and does not get it offers its links more than they carry. */
  private addUnmet(s: TcpStream, free: Float64Array): void {
    const missing = s.begun * s.reach.answered - s.finished
    if (s.loop !== undefined || missing <= 0) return
    const { links, costs } = s.reach
    for (let k = 0; k < links.length; k++) if (this.bps[links[k]] >= free[links[k]] * FULL) this.unmetBps[links[k]] += missing * costs[k]
  }

  /** When no more can be behind, users wait instead, or time is up for some. */
  private limit(s: TcpStream): void {
    const surplus = s.begun * s.reach.answered + s.again - s.finished
    if (surplus <= 0 || s.backlog < room(s, s.finished) - NOBODY) return
    if (s.loop === undefined) s.tooLate = surplus
    else s.begun = s.finished / Math.max(NOBODY, s.reach.answered)
  }

  private surplus(s: TcpStream): number {
    return s.begun * s.reach.answered + s.again - s.tooLate - s.finished
  }

  nextTurnNs(now: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const s of this.streams) {
      next = Math.min(next, this.nextRamp(s, now), s.again > 0 ? s.againUntilNs : Number.POSITIVE_INFINITY)
      if (s.left < Number.POSITIVE_INFINITY && s.begun > 0) next = Math.min(next, now + (1e9 * s.left) / s.begun)
      const surplus = this.surplus(s)
      if (surplus < 0 && s.backlog > 0 && !isEndless(s)) next = Math.min(next, now + (1e9 * s.backlog) / -surplus)
      const most = surplus > 0 ? room(s, s.finished) : Number.POSITIVE_INFINITY
      if (most < Number.POSITIVE_INFINITY && s.backlog < most) next = Math.min(next, now + (1e9 * (most - s.backlog)) / surplus)
    }
    return next
  }

  private nextRamp(s: TcpStream, now: number): number {
    const { options } = s
    if (!s.running || (options.kind !== 'requests' && options.kind !== 'sessions') || options.rate === null) return Number.POSITIVE_INFINITY
    return rampSteps(options.rate.rampNs, s.beganNs).find(t => t > now) ?? Number.POSITIVE_INFINITY
  }

  // ---- accounts

  /** `dt` ns of segment `segment` from `fromNs` on. */
  flow(segment: number, fromNs: number, dt: number): void {
    for (const s of this.streams) {
      if (s.begun + s.again === 0 && s.backlog === 0) {
        this.growth.behind(s.index, s.reach.table, 0)
        continue
      }
      s.left -= (s.begun * dt) / 1e9
      if (s.left < NOBODY) s.left = 0
      this.wait(s, segment, fromNs, dt)
      if (!isEndless(s)) {
        this.growth.begun(s.index, s.reach.table, s.finished, Math.round(restingNs(s)), fromNs, dt)
        s.backlog = Math.max(0, s.backlog + (this.surplus(s) * dt) / 1e9)
        const most = room(s, s.finished)
        if (s.backlog < NOBODY) s.backlog = 0
        else if (Math.abs(most - s.backlog) < NOBODY) s.backlog = most
      }
      this.growth.behind(s.index, s.reach.table, s.backlog)
    }
  }

  /** Requests of these `dt` ns whose SYNs nobody answers. */
  private wait(s: TcpStream, segment: number, fromNs: number, dt: number): void {
    const { reach, begun, load } = s
    const requests = (begun * load.requests * dt) / 1e9
    s.waiting.add(segment, fromNs, dt, requests * reach.unheard)
    for (const [server, share] of reach.bound) {
      const waiting = s.bound.get(server) ?? new WaitingRequests(s.maxTimeNs)
      s.bound.set(server, waiting)
      waiting.add(segment, fromNs, dt, requests * share)
    }
    if (reach.halfOpen.length > 0)
      this.growth.unanswered(s.index, reach.halfOpen, begun, reach.bound.size === 0 ? 0 : s.waiting.lastTryNs, fromNs, dt)
  }

  tell(rates: readonly SourceRates[]): void {
    for (const s of this.streams) {
      if (s.begun === 0 && s.finished === 0) continue
      const r = rates[s.traffic]
      const { load, reach } = s
      r.sent += s.begun * load.requests
      r.sentBytes += s.finished * load.up.ipBytes
      r.deliveredBytes += s.finished * load.down.ipBytes
      r.lost += s.tooLate * load.requests
      for (const { reason, share } of reach.refused) {
        const pps = s.begun * share * load.requests
        r.lost += pps
        r.drops.set(reason, (r.drops.get(reason) ?? 0) + pps)
      }
      if (s.finished === 0 || isEndless(s)) continue
      const ns = inDelaySteps(Math.max(0, lastingNs(s) - load.idleNs) / load.requests)
      r.delays.set(ns, (r.delays.get(ns) ?? 0) + s.finished * load.requests)
    }
  }

  /** Packets a second to the stream's VIP, and of those the ones that nobody answers. */
  packets(s: Stream): { sent: number; lost: number } {
    if (!isTcp(s)) return { sent: 0, lost: 0 }
    const unanswered = s.begun * (1 - s.reach.answered) + s.tooLate
    return { sent: (s.finished + unanswered) * s.load.up.packets, lost: unanswered * s.load.up.packets }
  }

  /** The run ends: what is not answered now is under way. */
  end(nowNs: number): void {
    for (const s of this.streams) {
      const book = this.book(s)
      for (const waiting of [s.waiting, ...s.bound.values()]) waiting.ended(nowNs, book)
      if (s.options.kind === 'bulk') book.open(this.segmentAt(s.beganNs), s.backlog)
      else book.open(this.segmentAt(nowNs - 1), s.backlog)
    }
  }

  private book(s: TcpStream) {
    const accounts = this.accounts()
    return {
      sent: (segment: number, n: number) => accounts.book('sent', s.traffic, segment, n),
      lost: (segment: number, n: number) => accounts.book('lost', s.traffic, segment, n),
      open: (segment: number, n: number) => accounts.book('unresolved', s.traffic, segment, n),
      late: (segment: number, n: number, delayNs: number) => accounts.late(s.traffic, segment, n, delayNs),
    }
  }

  private segmentAt(ns: number): number {
    const { boundariesNs, count } = this.segments
    let s = 0
    while (s < count - 1 && boundariesNs[s + 1] <= ns) s++
    return s
  }
}

/** Whether connections bound to a server are answered: by it, or because another director knows nothing of them. */
const leads = (reach: Reach, server: number): boolean =>
  reach.table.some(t => t.to === server) || (reach.table.length > 0 && reach.table.every(t => t.director.settings.expire_nodest_conn !== 0))

const isEndless = (s: TcpStream): boolean => s.options.kind === 'bulk' && s.options.sizeBytes === Number.POSITIVE_INFINITY
