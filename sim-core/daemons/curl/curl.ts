/**
 * Clients that make HTTP requests: one connection a request (curl), or several in turn over one.
 *
 * A request begins with the SYN (or, on an open connection, with its first byte) and is answered when the last byte of
 * the answer is there. `maxTimeNs` is curl's --max-time: the socket is closed and the request has failed. Sources (traffic/)
 * say what to ask and when; they are told when a session is finished. Sessions are recycled objects: a request
 * costs no closure. Tested in test/daemons/curl.test.ts, times against recordings i01, e02, s12.
 */
import type { Stateful } from '../../base/tables.ts'
import type { Engine } from '../../engine/index.ts'
import type { CloseReason, Tcp, TcpApplication } from '../../protocols/tcp/index.ts'
import { HTTP_RESPONSE, type HttpRequest, type HttpResponse } from '../httpd/index.ts'
import {
  END_CLOSED_EARLY,
  END_MAX_TIME,
  END_NO_PORT,
  END_NOTHING,
  END_RST_BY_STRANGER,
  FATE_OK,
  FATE_OPEN,
  FATE_REFUSED,
  FATE_RESET,
  FATE_TIMED_OUT,
  RequestLog,
} from './request-log.ts'
import { endOf, newSession, type Session } from './session.ts'

/** Counts requests, by the accounting segment in which they were sent. */
export interface RequestMeter {
  requestSent(traffic: number, segment: number): void
  requestAnswered(traffic: number, segment: number, elapsedNs: number): void
  requestFailed(traffic: number, segment: number): void
}

/** A kind of source: told of each of its requests. */
export interface RequestListener {
  /** The answer is complete and the session's connection still open: `again`, `close` or leave it. */
  answered(owner: number, session: number): void
  /** The session is over and its connection closed; `ok`: its last request was answered. */
  ended(owner: number, ok: boolean): void
}

export interface SessionOptions {
  readonly host: number
  /** Rows of the address book; `local` undefined: the host's address towards `remote`. */
  readonly local?: number
  readonly localPort?: number
  readonly remote: number
  readonly remotePort: number
  readonly traffic: number
  /** From `addListener`. */
  readonly listener: number
  /** The source's own number for the session. */
  readonly owner: number
}

export interface CurlWiring {
  readonly engine: Engine
  readonly tcp: Tcp
  readonly meter: RequestMeter
  /** Host of a MAC number; −1: none (a group, a virtual router). */
  readonly hostOfMac: (mac: number) => number
  /** True for hosts with IPVS tables. */
  readonly isDirector: (host: number) => boolean
}

export class Curl implements Stateful, TcpApplication {
  readonly stateFields = ['log', 'sessions', 'free', 'numbers']
  log = new RequestLog()
  private sessions: Session[] = []
  private free: number[] = []
  /** Requests of each traffic source so far. */
  private numbers: number[] = []
  private readonly wiring: CurlWiring
  private readonly engine: Engine
  private readonly tcp: Tcp
  private readonly application: number
  private readonly timerKind: number
  private readonly listeners: RequestListener[] = []

  constructor(wiring: CurlWiring) {
    this.wiring = wiring
    this.engine = wiring.engine
    this.tcp = wiring.tcp
    this.application = wiring.tcp.register(this)
    this.timerKind = wiring.engine.timers.addKind(session => this.maxTimePassed(session))
  }

  /** Registered once a kind of source, in a fixed order. */
  addListener(listener: RequestListener): number {
    return this.listeners.push(listener) - 1
  }

  /** Opens a connection and sends the request on it. `closes`: the client closes when it has the answer. */
  open(o: SessionOptions, request: HttpRequest, closes: boolean, maxTimeNs: number): void {
    const session = this.free.pop() ?? this.sessions.push(newSession()) - 1
    const s = this.sessions[session]
    s.owner = o.owner
    s.listener = o.listener
    s.traffic = o.traffic
    s.first = true
    s.live = true
    s.retransmitsBefore = -1
    s.connection = -1
    this.begin(s, request, closes, o.remote)
    s.connection = this.tcp.connect(o.host, {
      local: o.local,
      localPort: o.localPort,
      remote: o.remote,
      remotePort: o.remotePort,
      application: this.application,
      owner: session,
      traffic: o.traffic,
    })
    if (s.connection < 0) {
      this.record(s, FATE_REFUSED, END_NO_PORT)
      this.release(session, false)
    } else this.armDeadline(session, maxTimeNs)
  }

  /** Another request on a session whose connection was left open. */
  again(session: number, request: HttpRequest, closes: boolean, maxTimeNs: number): void {
    const s = this.sessions[session]
    s.first = false
    s.retransmitsBefore = this.tcp.rows.totalRetrans[s.connection]
    this.begin(s, request, closes, this.tcp.rows.remote[s.connection])
    this.tcp.write(s.connection, request.bytes, request)
    this.armDeadline(session, maxTimeNs)
  }

  /** The client closes a connection that it had kept open; `ended` is not called. */
  close(session: number): void {
    const { connection } = this.sessions[session]
    this.give(session)
    this.tcp.close(connection)
  }

  private begin(s: Session, request: HttpRequest, closes: boolean, vip: number): void {
    const { now, segment } = this.engine
    const number = (this.numbers[s.traffic] ?? 0) + 1
    this.numbers[s.traffic] = number
    s.row = this.log.add(s.traffic, number, vip, now)
    s.segment = segment
    s.request = request
    s.closes = closes
    s.received = 0
    s.expected = Number.POSITIVE_INFINITY
    this.wiring.meter.requestSent(s.traffic, segment)
  }

  private armDeadline(session: number, afterNs: number): void {
    if (afterNs === Number.POSITIVE_INFINITY) return
    const { timers } = this.engine
    const s = this.sessions[session]
    if (s.timer < 0) s.timer = timers.create(this.timerKind, session)
    timers.arm(s.timer, this.engine.now + afterNs)
  }

  // ---- TcpApplication

  onConnected(c: number): void {
    const s = this.sessions[this.tcp.ownerOf(c)]
    const request = s.request as HttpRequest
    s.retransmitsBefore = this.tcp.rows.totalRetrans[c]
    this.log.connectNs[s.row] = this.engine.now - this.log.sentAt[s.row]
    // A request without end never arrives whole: nobody answers it.
    this.tcp.write(c, request.bytes, request.bytes === Number.POSITIVE_INFINITY ? null : request)
  }

  onData(c: number, bytes: number): void {
    const session = this.tcp.ownerOf(c)
    const s = this.sessions[session]
    s.received += bytes
    if (s.received >= s.expected) this.complete(session, s)
  }

  onMessage(c: number, message: object): void {
    const response = message as HttpResponse
    if (response.type !== HTTP_RESPONSE) return
    const session = this.tcp.ownerOf(c)
    const s = this.sessions[session]
    const via = this.wiring.hostOfMac(response.via)
    if (via >= 0 && this.wiring.isDirector(via)) this.log.director[s.row] = via
    this.log.server[s.row] = response.server
    this.log.status[s.row] = response.status
    s.expected = response.headerBytes + response.bodyBytes
    if (s.received >= s.expected) this.complete(session, s)
  }

  onPeerClosed(c: number): void {
    const session = this.tcp.ownerOf(c)
    const s = this.sessions[session]
    const ok = s.request === null
    if (!ok) this.record(s, FATE_RESET, END_CLOSED_EARLY)
    this.tcp.close(c)
    this.release(session, ok)
  }

  onClosed(c: number, reason: CloseReason): void {
    const session = this.tcp.ownerOf(c)
    const s = this.sessions[session]
    const ok = s.request === null
    if (!ok) {
      let stranger = false
      const by = this.wiring.hostOfMac(this.tcp.rows.peerMac[c])
      if (by >= 0 && reason !== 'timeout' && reason !== 'host down') {
        if (this.wiring.isDirector(by)) {
          stranger = reason === 'reset' && this.log.director[s.row] >= 0 && this.log.director[s.row] !== by
          this.log.director[s.row] = by
        } else this.log.server[s.row] = by
      }
      const [fate, end] = endOf(reason)
      this.record(s, fate, stranger ? END_RST_BY_STRANGER : end)
    }
    this.release(session, ok)
  }

  private complete(session: number, s: Session): void {
    const request = s.request
    if (request === null) return
    this.record(s, FATE_OK, END_NOTHING)
    if (s.closes) {
      this.tcp.close(s.connection)
      this.release(session, true)
    } else if (!request.serverCloses) this.listeners[s.listener].answered(s.owner, session)
  }

  private maxTimePassed(session: number): void {
    const s = this.sessions[session]
    if (!s.live || s.request === null) return
    this.record(s, FATE_TIMED_OUT, END_MAX_TIME)
    this.tcp.close(s.connection)
    this.release(session, false)
  }

  /** The request is over: its row is filled in for good. */
  private record(s: Session, fate: number, end: number): void {
    const { log } = this
    const { rows } = this.tcp
    const q = s.row
    s.request = null
    if (log.fate[q] !== FATE_OPEN) return
    log.fate[q] = fate
    log.end[q] = end
    log.elapsedNs[q] = this.engine.now - log.sentAt[q]
    if (s.connection >= 0) {
      if (s.first) log.synRetransmits[q] = rows.synRetransmits[s.connection]
      if (s.retransmitsBefore >= 0) log.retransmits[q] = Math.min(65_535, rows.totalRetrans[s.connection] - s.retransmitsBefore)
    }
    if (s.timer >= 0) this.engine.timers.cancel(s.timer)
    if (fate === FATE_OK) this.wiring.meter.requestAnswered(s.traffic, s.segment, log.elapsedNs[q])
    else this.wiring.meter.requestFailed(s.traffic, s.segment)
  }

  /** The session is over: the source may begin another. */
  private release(session: number, ok: boolean): void {
    const { listener, owner } = this.sessions[session]
    this.give(session)
    this.listeners[listener].ended(owner, ok)
  }

  private give(session: number): void {
    const s = this.sessions[session]
    if (s.timer >= 0) this.engine.timers.release(s.timer)
    s.timer = -1
    s.live = false
    s.connection = -1
    s.request = null
    this.free.push(session)
  }
}
