/**
 * Web servers on real servers, like the lab's nginx: HEAD and GET with `?size=`, `?close=server`, `?pace=`, keep-alive.
 *
 * One instance serves all hosts; a service is a host and a port. A connection without a request for 65 s is closed
 * (nginx keepalive_timeout; `idleS`). What the recordings do to a real server is `control`: hang, unhang, refuse,
 * listen, 503, 200, rst. Tested in test/daemons/httpd.test.ts; times against recordings i01, i02, e05, e06.
 */
import { ExpiryRing } from '../../base/expiry-ring.ts'
import type { Stateful } from '../../base/tables.ts'
import { SECOND_NS } from '../../base/units.ts'
import type { Engine } from '../../engine/index.ts'
import type { CloseReason, Tcp, TcpApplication } from '../../protocols/tcp/index.ts'
import { HTTP_REQUEST, HTTP_RESPONSE, type HttpRequest, type HttpResponse, headerBytes, TLS_HELLO } from './messages.ts'

export interface HttpdOptions {
  /** An idle connection is closed after this long; Infinity: never (the lab's test server). */
  readonly idleS: number
}

export const NGINX: HttpdOptions = { idleS: 65 }

export const HTTPD_VERBS = ['hang', 'unhang', 'refuse', 'listen', '503', '200', 'rst'] as const
export type HttpdVerb = (typeof HTTPD_VERBS)[number]

interface Service {
  readonly host: number
  readonly port: number
  status: number
  /** Resets every connection as soon as it is open. */
  resets: boolean
  running: boolean
}

/** What a connection is doing beyond waiting. */
interface Transfer {
  /** Body bytes still to be written, and how many each tenth of a second. */
  left: number
  readonly chunk: number
  closes: boolean
}

/** ServerHello, a usual certificate chain, Finished. */
const TLS_FLIGHT_BYTES = 3_000

const PACE_NS = SECOND_NS / 10

export class Httpd implements Stateful, TcpApplication {
  readonly stateFields = ['services', 'byEndpoint', 'transfers', 'timers', 'idle', 'beganAt', 'idleSince', 'answered']
  private services: Service[] = []
  /** host × 65536 + port → index in services. */
  private byEndpoint = new Map<number, number>()
  /** Paced answers, by connection. */
  private transfers = new Map<number, Transfer>()
  /** Engine timer of a connection with a paced answer, or with a second idle period; −1 or absent: none. */
  private timers: number[] = []
  /** First idle periods, which are all equally long; by connection: when it began (−1: over), and when it was last used. */
  private idle = new ExpiryRing()
  private beganAt: number[] = []
  private idleSince: number[] = []
  /** Requests answered, by host. */
  answered: number[]
  private readonly engine: Engine
  private readonly tcp: Tcp
  private readonly idleNs: number
  private readonly application: number
  private readonly timerKind: number
  private readonly idleKind: number

  constructor(wiring: { engine: Engine; tcp: Tcp; hostCount: number }, options: HttpdOptions = NGINX) {
    this.engine = wiring.engine
    this.tcp = wiring.tcp
    this.idleNs = options.idleS * SECOND_NS
    this.answered = new Array(wiring.hostCount).fill(0)
    this.application = wiring.tcp.register(this)
    this.timerKind = wiring.engine.timers.addKind(c => this.timeout(c))
    this.idleKind = wiring.engine.addKind(() => this.lookForIdle())
  }

  /** Starts a server (again, as it was configured at first: answering 200). */
  listen(host: number, port: number): void {
    const key = host * 65_536 + port
    let index = this.byEndpoint.get(key)
    if (index === undefined) {
      index = this.services.push({ host, port, status: 200, resets: false, running: true }) - 1
      this.byEndpoint.set(key, index)
    }
    Object.assign(this.services[index], { status: 200, resets: false, running: true })
    this.tcp.listen(host, port, this.application, index)
  }

  /** Something happens to the servers of a host; with `port` to that one only. */
  control(host: number, verb: HttpdVerb, port?: number): void {
    for (const s of this.services) if (s.host === host && s.running && (port === undefined || s.port === port)) this.act(s, verb)
  }

  private act(s: Service, verb: HttpdVerb): void {
    if (verb === 'hang' || verb === 'refuse') this.tcp.setListening(s.host, s.port, verb)
    else if (verb === 'unhang' || verb === 'listen') this.tcp.setListening(s.host, s.port, 'listen')
    else if (verb === 'rst') s.resets = true
    else {
      s.status = Number(verb)
      s.resets = false
    }
  }

  /** The host lost power: its servers run again only after `listen`. Connections were told by TCP. */
  crashHost(host: number): void {
    for (const s of this.services) {
      if (s.host !== host || !s.running) continue
      s.running = false
      this.tcp.unlisten(s.host, s.port)
    }
  }

  // ---- TcpApplication

  onConnected(c: number): void {
    if (this.services[this.tcp.ownerOf(c)].resets) this.tcp.abort(c)
    else this.beginIdle(c)
  }

  onData(c: number): void {
    this.idleSince[c] = this.engine.now
  }

  onMessage(c: number, message: object): void {
    const request = message as HttpRequest
    if (request.type === HTTP_REQUEST) this.respond(c, request)
    else if ((message as { type: string }).type === TLS_HELLO) this.tcp.write(c, TLS_FLIGHT_BYTES, message)
  }

  onPeerClosed(c: number): void {
    const t = this.transfers.get(c)
    // A server that sleeps between two chunks, or after the last, sees the end only when it wakes (e06).
    if (t !== undefined) t.closes = true
    else this.closeAfterAnswer(c)
  }

  onClosed(c: number, _reason: CloseReason): void {
    this.forget(c)
  }

  private respond(c: number, request: HttpRequest): void {
    const { tcp } = this
    const s = this.services[tcp.ownerOf(c)]
    const body = s.status === 200 ? request.bodyBytes : 0
    const header = request.bare ? 0 : headerBytes(s.status, body, request.serverCloses)
    const sent = request.method === 'HEAD' ? 0 : body
    const response: HttpResponse = {
      type: HTTP_RESPONSE,
      status: s.status,
      headerBytes: header,
      bodyBytes: sent,
      server: s.host,
      via: tcp.rows.peerMac[c],
    }
    this.answered[s.host]++
    if (request.paceBytesPerS > 0 && sent > 0) {
      const chunk = Math.max(1, Math.floor((request.paceBytesPerS * PACE_NS) / SECOND_NS))
      this.transfers.set(c, { left: sent, chunk, closes: request.serverCloses })
      // The header leaves apart, as the lab's server sent it: recording e06's first flow counts that packet, its fourth does not.
      tcp.write(c, header, response)
      this.writeChunk(c)
      return
    }
    // The message rides at the header's end, or with the first byte of an answer without one.
    tcp.write(c, header + sent, response, Math.max(1, header))
    if (request.serverCloses) this.closeAfterAnswer(c)
    else this.idleSince[c] = this.engine.now
  }

  private writeChunk(c: number): void {
    const t = this.transfers.get(c) as Transfer
    const bytes = Math.min(t.chunk, t.left)
    t.left -= bytes
    this.tcp.write(c, bytes)
    this.arm(c, PACE_NS)
  }

  private endTransfer(c: number, t: Transfer): void {
    this.transfers.delete(c)
    if (t.closes) this.closeAfterAnswer(c)
    else if (this.idleNs !== Number.POSITIVE_INFINITY) {
      this.idleSince[c] = this.engine.now
      this.arm(c, this.idleNs)
    }
  }

  private closeAfterAnswer(c: number): void {
    this.forget(c)
    this.tcp.close(c)
  }

  private timeout(c: number): void {
    const t = this.transfers.get(c)
    if (t === undefined) this.checkIdle(c)
    else if (t.left > 0) this.writeChunk(c)
    else this.endTransfer(c, t)
  }

  /** A connection begins: most are over before its first idle period could be, so that needs no timer. */
  private beginIdle(c: number): void {
    if (this.idleNs === Number.POSITIVE_INFINITY) return
    const { now } = this.engine
    while (this.beganAt.length <= c) {
      this.beganAt.push(-1)
      this.idleSince.push(0)
    }
    this.beganAt[c] = this.idleSince[c] = now
    if (this.idle.begin(c, now + this.idleNs)) this.engine.schedule(now + this.idleNs, this.idleKind, 0)
  }

  private lookForIdle(): void {
    const { now } = this.engine
    while (this.idle.next <= now) {
      const at = this.idle.next
      const c = this.idle.shift()
      // A later connection in the same row has a place of its own further back.
      if (this.beganAt[c] + this.idleNs === at) this.checkIdle(c)
    }
    if (this.idle.next !== Number.POSITIVE_INFINITY) this.engine.schedule(this.idle.next, this.idleKind, 0)
  }

  private checkIdle(c: number): void {
    if (this.transfers.has(c)) return
    const left = this.idleSince[c] + this.idleNs - this.engine.now
    if (left <= 0) this.closeAfterAnswer(c)
    else this.arm(c, left)
  }

  private arm(c: number, afterNs: number): void {
    const { timers } = this.engine
    while (this.timers.length <= c) this.timers.push(-1)
    if (this.timers[c] < 0) this.timers[c] = timers.create(this.timerKind, c)
    timers.arm(this.timers[c], this.engine.now + afterNs)
  }

  private forget(c: number): void {
    if (this.transfers.size > 0) this.transfers.delete(c)
    if (c < this.beganAt.length) this.beganAt[c] = -1
    const timer = this.timers[c] ?? -1
    if (timer < 0) return
    this.engine.timers.release(timer)
    this.timers[c] = -1
  }
}
