/**
 * A list of things that a client does at given instants: what the recordings did to the real thing. Connections by id,
 * requests and echo lines on them, their ends, datagrams, and single crafted TCP packets. Not a keyword of scenario
 * files: conform/ makes it.
 *
 * An outcome is written for every request, line and connection: when it began, what came back, from whom. A tool's
 * time limit ends a request but not the connection's life; an answer after it is noted as late, as the tools do.
 * Tested in test/traffic/script.test.ts.
 */
import type { Stateful } from '../base/tables.ts'
import { type EchoAnswer, type EchoLine, HTTP_RESPONSE, type HttpResponse } from '../daemons/httpd/index.ts'
import {
  FIRST_INTERFACE_MAC,
  IPV4_HEADER_BYTES,
  PACKET_TCP,
  PACKET_UDP,
  TCP_ACK,
  TCP_HEADER_BYTES,
  UDP_HEADER_BYTES,
} from '../net/index.ts'
import type { CloseReason, Tcp, TcpApplication } from '../protocols/tcp/index.ts'
import type { ScriptAction, ScriptFate, ScriptOptions, ScriptOutcome } from './script-types.ts'
import type { SourceContext, TrafficEnvironment, TrafficSource } from './source.ts'

/** A request or line that waits for its answer. */
interface Waiting {
  readonly id: string
  readonly sinceNs: number
  readonly bytesWanted: number
  timedOut: boolean
  status: number
  server: number
  /** Of the answer, headers and all; Infinity until its header came. */
  expected: number
  header: number
  received: number
  lastDataNs: number | null
}

interface Session {
  readonly number: number
  readonly source: number
  readonly connect: number
  connection: number
  connectedNs: number | null
  synRetransmits: number
  readonly waiting: Waiting[]
  /** Actions that wait for the handshake. */
  readonly later: number[]
  /** To be done when nothing is waited for any more. */
  closes: 'fin' | 'rst' | null
}

/** Sequence numbers of crafted packets, as the recordings' tool writes them. */
const RAW_SEQUENCE = 1000
const RAW_ACKNOWLEDGEMENT = 1
const RAW_WINDOW = 64_240
const RAW_HOP_LIMIT = 64

export interface ScriptEnvironment extends TrafficEnvironment {
  readonly tcp: Tcp
}

export class ScriptSources implements Stateful, TcpApplication {
  readonly stateFields = ['sessions', 'byId', 'outcomes', 'limits']
  outcomes: ScriptOutcome[] = []
  private sessions: Session[] = []
  private byId = new Map<string, number>()
  /** Session and request of each time limit. */
  private limits: (readonly [session: number, id: string])[] = []
  private readonly sources: { readonly options: ScriptOptions; readonly context: SourceContext }[] = []
  /** Action n of all sources: [source, action]. */
  private readonly actions: (readonly [source: number, action: ScriptAction])[] = []
  private readonly env: ScriptEnvironment
  private readonly application: number
  private readonly actKind: number
  private readonly limitKind: number

  constructor(env: ScriptEnvironment) {
    this.env = env
    this.application = env.tcp.register(this)
    this.actKind = env.engine.addKind(n => this.act(n))
    this.limitKind = env.engine.addKind(n => this.limitReached(n))
  }

  add(options: ScriptOptions, context: SourceContext): TrafficSource {
    const source = this.sources.push({ options, context }) - 1
    const first = this.actions.length
    for (const action of options.actions) this.actions.push([source, action])
    return {
      start: () => {
        const { engine } = this.env
        options.actions.forEach((action, i) => {
          engine.schedule(engine.now + action.atNs, this.actKind, first + i)
        })
      },
      stop: () => undefined,
    }
  }

  private act(n: number): void {
    const [source, action] = this.actions[n]
    if (action.kind === 'connect') this.connect(n, source, action)
    else if (action.kind === 'raw') this.raw(source, action)
    else if (action.kind === 'udp') this.udp(source, action)
    else {
      const session = this.sessions[this.byId.get(action.id) ?? -1]
      if (session === undefined) return
      // The tool is told that it is connected before it does anything else.
      if (session.connection >= 0 && session.connectedNs === null) session.later.push(n)
      else this.onOpen(session, action)
    }
  }

  private onOpen(session: Session, action: ScriptAction): void {
    if (action.kind === 'close') this.close(session, action.how, action.afterAnswer)
    else if (action.kind === 'send') this.send(session, action)
    else if (action.kind === 'request') this.ask(session, action)
  }

  private connect(n: number, source: number, action: Extract<ScriptAction, { kind: 'connect' }>): void {
    const { tcp, addresses } = this.env
    const { context } = this.sources[source]
    const owner = this.sessions.length
    const session: Session = {
      number: owner,
      source,
      connect: n,
      connection: -1,
      connectedNs: null,
      synRetransmits: 0,
      waiting: [],
      later: [],
      closes: null,
    }
    this.sessions.push(session)
    this.byId.set(action.id, owner)
    if (action.request !== null) session.waiting.push(waitFor(action.id, action.sinceNs, action.request.bodyBytes))
    this.limit(owner, action.id, action.sinceNs + action.limitNs)
    session.connection = tcp.connect(context.host, {
      local: addresses.intern(action.from.address),
      localPort: action.from.port,
      remote: addresses.intern(action.to.address),
      remotePort: action.to.port,
      application: this.application,
      owner,
      traffic: context.traffic,
    })
    if (session.connection < 0) this.fail(session, 'failed')
  }

  private close(session: Session, how: 'fin' | 'rst', afterAnswer: boolean): void {
    if (session.connection < 0) return
    if (afterAnswer && session.waiting.length > 0) {
      session.closes = how
      return
    }
    session.synRetransmits = this.env.tcp.rows.synRetransmits[session.connection]
    if (how === 'fin') this.env.tcp.close(session.connection)
    else this.env.tcp.abort(session.connection)
    session.connection = -1
  }

  private send(session: Session, action: Extract<ScriptAction, { kind: 'send' }>): void {
    const { engine, tcp } = this.env
    session.waiting.push(waitFor(`${action.id}#${action.n}`, engine.now, 0))
    if (session.connection < 0 || session.connectedNs === null) {
      this.fail(session, 'reset')
      return
    }
    const line: EchoLine = { type: 'echo-line', n: action.n }
    tcp.write(session.connection, action.bytes, line)
    this.limit(session.number, `${action.id}#${action.n}`, engine.now + action.limitNs)
  }

  private ask(session: Session, action: Extract<ScriptAction, { kind: 'request' }>): void {
    session.waiting.push(waitFor(action.id, action.sinceNs, action.request.bodyBytes))
    if (session.connection < 0) this.fail(session, 'reset')
    else this.env.tcp.write(session.connection, action.request.bytes, action.request)
  }

  // ---- TcpApplication

  onConnected(c: number): void {
    const session = this.sessions[this.env.tcp.ownerOf(c)]
    const [, action] = this.actions[session.connect]
    session.connectedNs = this.env.engine.now
    session.synRetransmits = this.env.tcp.rows.synRetransmits[c]
    if (action.kind === 'connect' && action.request !== null) this.env.tcp.write(c, action.request.bytes, action.request)
    for (const n of session.later.splice(0)) this.onOpen(session, this.actions[n][1])
  }

  onData(c: number, bytes: number): void {
    const session = this.sessions[this.env.tcp.ownerOf(c)]
    const [w] = session.waiting
    if (w === undefined) return
    w.received += bytes
    w.lastDataNs = this.env.engine.now
    this.settle(session)
  }

  onMessage(c: number, message: object): void {
    const session = this.sessions[this.env.tcp.ownerOf(c)]
    const [w] = session.waiting
    if (w === undefined) return
    const answer = message as HttpResponse | EchoAnswer
    w.server = answer.server
    if (answer.type === HTTP_RESPONSE) {
      w.status = answer.status
      w.header = answer.headerBytes
      w.expected = answer.headerBytes + answer.bodyBytes
      this.settle(session)
    } else {
      w.status = 200
      this.end(session, 'ok')
    }
  }

  onPeerClosed(): void {
    // Who closes last is in the script.
  }

  onClosed(c: number, reason: CloseReason): void {
    const session = this.sessions[this.env.tcp.ownerOf(c)]
    session.synRetransmits = this.env.tcp.rows.synRetransmits[c]
    session.connection = -1
    while (session.waiting.length > 0) this.end(session, fateOf(reason, session.connectedNs !== null))
  }

  private settle(session: Session): void {
    const [w] = session.waiting
    if (w.received >= w.expected) this.end(session, 'ok')
  }

  private fail(session: Session, fate: ScriptFate): void {
    while (session.waiting.length > 0) this.end(session, fate)
  }

  /** The oldest of what waits has its end. */
  private end(session: Session, fate: ScriptFate): void {
    const w = session.waiting.shift() as Waiting
    if (w.timedOut && fate !== 'ok') return
    this.record(session, w, fate, w.timedOut ? `${w.id}.late` : w.id)
    if (session.closes !== null && session.waiting.length === 0) this.close(session, session.closes, false)
  }

  private record(session: Session, w: Waiting, fate: ScriptFate, id: string): void {
    const [, action] = this.actions[session.connect]
    if (action.kind !== 'connect') return
    this.outcomes.push({
      id,
      client: action.from,
      to: action.to,
      sinceNs: w.sinceNs,
      connectedNs: session.connectedNs,
      endNs: this.env.engine.now,
      fate,
      status: w.status,
      server: w.server,
      synRetransmits: session.synRetransmits,
      bytes: Math.max(0, w.received - w.header),
      bytesWanted: w.bytesWanted,
      lastDataNs: w.lastDataNs,
    })
  }

  private limit(session: number, id: string, atNs: number): void {
    if (atNs === Number.POSITIVE_INFINITY) return
    this.env.engine.schedule(atNs, this.limitKind, this.limits.push([session, id]) - 1)
  }

  /** A tool's patience is over. A connection that is still being opened is given up; an open one stays. */
  private limitReached(n: number): void {
    const [owner, id] = this.limits[n]
    const session = this.sessions[owner]
    const w = session.waiting.find(waiting => waiting.id === id)
    if (w === undefined) return
    if (session.connection >= 0) session.synRetransmits = this.env.tcp.rows.synRetransmits[session.connection]
    this.record(session, w, 'timed out', id)
    w.timedOut = true
    if (session.connection < 0 || session.connectedNs !== null) return
    session.waiting.length = 0
    this.env.tcp.close(session.connection)
    session.connection = -1
  }

  // ---- single packets

  private raw(source: number, action: Extract<ScriptAction, { kind: 'raw' }>): void {
    const { stack, packets, addresses, engine } = this.env
    const { context } = this.sources[source]
    const [nic] = stack.hosts[context.host].nics
    const [viaNic] = stack.hosts[stack.hostNames.indexOf(action.via)].nics
    const p = packets.alloc(PACKET_TCP, engine.now, engine.segment, context.traffic)
    packets.src[p] = addresses.intern(action.from.address)
    packets.srcPort[p] = action.from.port
    packets.dst[p] = addresses.intern(action.to.address)
    packets.dstPort[p] = action.to.port
    packets.flags[p] = action.flags
    packets.ttl[p] = RAW_HOP_LIMIT
    packets.seq[p] = RAW_SEQUENCE
    packets.ack[p] = (action.flags & TCP_ACK) === 0 ? 0 : RAW_ACKNOWLEDGEMENT
    packets.window[p] = RAW_WINDOW
    packets.ipBytes[p] = IPV4_HEADER_BYTES + TCP_HEADER_BYTES
    packets.payloadBytes[p] = 0
    stack.sendFrame(nic, p, FIRST_INTERFACE_MAC + viaNic)
  }

  private udp(source: number, action: Extract<ScriptAction, { kind: 'udp' }>): void {
    const { stack, packets, addresses, engine, meter } = this.env
    const { context } = this.sources[source]
    const p = packets.alloc(PACKET_UDP, engine.now, engine.segment, context.traffic)
    packets.src[p] = addresses.intern(action.from.address)
    packets.srcPort[p] = action.from.port
    packets.dst[p] = addresses.intern(action.to.address)
    packets.dstPort[p] = action.to.port
    packets.ipBytes[p] = IPV4_HEADER_BYTES + UDP_HEADER_BYTES + action.bytes
    packets.payloadBytes[p] = action.bytes
    meter.packetSent(p)
    stack.send(context.host, p)
  }
}

const waitFor = (id: string, sinceNs: number, bytesWanted: number): Waiting => ({
  id,
  sinceNs,
  bytesWanted,
  timedOut: false,
  status: 0,
  server: -1,
  expected: Number.POSITIVE_INFINITY,
  header: 0,
  received: 0,
  lastDataNs: null,
})

function fateOf(reason: CloseReason, wasOpen: boolean): ScriptFate {
  if (reason === 'refused' || reason === 'port unreachable') return wasOpen ? 'reset' : 'refused'
  if (reason === 'reset') return wasOpen ? 'reset' : 'refused'
  return reason === 'timeout' ? 'timed out' : 'failed'
}
