/**
 * keepalived's checks on the wire: real connections from the director's own stack to the real server, and what came of
 * each as one sentence for the checker.
 *
 * keepalived closes its sockets lingering (SO_LINGER 5 s): a check has ended only when the server has acknowledged
 * the FIN, so a TCP_CHECK lasts two round trips and an HTTP_GET three (recordings h01, h02). Of TLS one round trip with
 * the sizes of a usual handshake is simulated. UDP and ICMP are in datagram-probes.ts.
 */
import type { Stateful } from '../base/tables.ts'
import { SECOND_NS } from '../base/units.ts'
import { HTTP_REQUEST, HTTP_RESPONSE, type HttpRequest, type HttpResponse, TLS_HELLO } from '../daemons/httpd/index.ts'
import type { ProbeOrder, ProbeOutcome } from '../daemons/keepalived/index.ts'
import { SMTP_LINE, type SmtpLine } from '../daemons/smtpd/index.ts'
import type { Network } from '../net/index.ts'
import type { CloseReason, Tcp, TcpApplication } from '../protocols/tcp/index.ts'
import { secondsText } from '../protocols/vrrp/index.ts'
import type { Udp } from '../protocols/udp/index.ts'
import { DatagramProbes } from './datagram-probes.ts'

export interface ProbeWiring {
  readonly network: Network
  readonly tcp: Tcp
  readonly udp: Udp
  readonly answered: (host: number, checker: number, outcome: ProbeOutcome) => void
}

type NetworkOrder = Exclude<ProbeOrder, { kind: 'script' }>
type Step = 'handshake' | 'answer' | 'closing' | 'over'

interface Probe {
  step: Step
  host: number
  checker: number
  order: NetworkOrder
  connection: number
  timer: number
  /** What will be reported when the socket is closed. */
  outcome: ProbeOutcome | null
}

const LINGER_NS = 5 * SECOND_NS
/** A ClientHello with the usual extensions. */
const TLS_HELLO_BYTES = 517

const REFUSALS: Readonly<Record<CloseReason, string>> = {
  reset: 'the server reset the connection',
  timeout: 'no answer',
  refused: 'connection refused (RST)',
  'port unreachable': 'port unreachable (ICMP)',
  unreachable: 'host unreachable (ICMP)',
  'host down': 'the host is down',
}

/** Request line, User-Agent and Host, as keepalived sends them. */
function requestOf(order: Extract<ProbeOrder, { kind: 'http' }>): HttpRequest {
  const text = `GET ${order.path} HTTP/${order.version}\r\nUser-Agent: KeepAliveClient\r\nHost: ${order.host}\r\n\r\n`
  return { type: HTTP_REQUEST, method: 'GET', bytes: text.length, bodyBytes: 3, bare: false, serverCloses: true, paceBytesPerS: 0 }
}

export class CheckerProbes implements Stateful, TcpApplication {
  readonly stateFields = ['probes', 'free']
  private probes: Probe[] = []
  private free: number[] = []
  readonly datagrams: DatagramProbes
  private readonly wiring: ProbeWiring
  private readonly tcp: Tcp
  private readonly application: number
  private readonly timerKind: number

  constructor(wiring: ProbeWiring) {
    this.wiring = wiring
    this.tcp = wiring.tcp
    this.application = wiring.tcp.register(this)
    this.timerKind = wiring.network.engine.timers.addKind(i => this.timePassed(i))
    this.datagrams = new DatagramProbes(wiring.network, wiring.udp, (i, outcome) => this.finish(i, outcome))
  }

  start(host: number, checker: number, order: ProbeOrder): void {
    if (order.kind === 'script') return
    const i = this.free.pop() ?? this.probes.push(newProbe(order)) - 1
    const probe = this.probes[i]
    Object.assign(probe, { step: 'handshake', host, checker, order, connection: -1, outcome: null })
    probe.timer = this.wiring.network.engine.timers.create(this.timerKind, i)
    this.arm(probe, order.timeoutNs)
    if (order.kind === 'udp' || order.kind === 'ping') {
      probe.step = 'answer'
      if (!this.datagrams.send(i, host, order)) this.finish(i, { ok: false, what: 'no route to the server' })
    } else this.connect(i, probe, order)
  }

  /** The process of a host is gone: the kernel closes its sockets. */
  cancel(host: number): void {
    this.probes.forEach((probe, i) => {
      if (probe.host !== host || probe.step === 'over') return
      const { connection, step } = probe
      this.release(i)
      if (connection >= 0 && step !== 'closing') this.tcp.close(connection)
    })
  }

  private connect(i: number, probe: Probe, order: NetworkOrder): void {
    const { addresses } = this.wiring.network
    probe.connection = this.tcp.connect(probe.host, {
      ...(order.bindIp === null ? {} : { local: addresses.intern(order.bindIp) }),
      ...(order.bindPort === null ? {} : { localPort: order.bindPort }),
      remote: addresses.intern(order.ip),
      remotePort: order.port,
      application: this.application,
      owner: i,
    })
    if (probe.connection < 0) this.finish(i, { ok: false, what: 'no route to the server' })
  }

  // ---- TcpApplication

  onConnected(c: number): void {
    const probe = this.probes[this.tcp.ownerOf(c)]
    const { order } = probe
    probe.step = 'answer'
    this.arm(probe, order.timeoutNs)
    if (order.kind === 'connect') this.conclude(probe, { ok: true, what: 'the server accepts connections' })
    else if (order.kind === 'http' && order.tls) this.tcp.write(c, TLS_HELLO_BYTES, { type: TLS_HELLO })
    else if (order.kind === 'http') this.request(c, order)
  }

  onData(c: number): void {
    const probe = this.probes[this.tcp.ownerOf(c)]
    this.arm(probe, probe.order.timeoutNs)
  }

  onMessage(c: number, message: object): void {
    const probe = this.probes[this.tcp.ownerOf(c)]
    const { order } = probe
    const { type } = message as { type: string }
    if (type === TLS_HELLO && order.kind === 'http') this.request(c, order)
    else if (type === HTTP_RESPONSE) {
      const { status } = message as HttpResponse
      probe.outcome = { ok: true, what: `the server answers with status ${status}`, status }
    } else if (type === SMTP_LINE && order.kind === 'smtp') this.converse(c, probe, message as SmtpLine, order.helo)
  }

  onPeerClosed(c: number): void {
    const probe = this.probes[this.tcp.ownerOf(c)]
    this.conclude(probe, probe.outcome ?? { ok: false, what: 'the server closed without an answer' })
  }

  onClosed(c: number, reason: CloseReason): void {
    const i = this.tcp.ownerOf(c)
    if (reason === 'host down') this.release(i)
    else this.finish(i, { ok: false, what: REFUSALS[reason] })
  }

  onLingered(owner: number): void {
    const probe = this.probes[owner]
    if (probe.step === 'closing' && probe.outcome !== null) this.finish(owner, probe.outcome)
  }

  private request(c: number, order: Extract<ProbeOrder, { kind: 'http' }>): void {
    const request = requestOf(order)
    this.tcp.write(c, request.bytes, request)
  }

  /** Banner → HELO, its answer → QUIT, its answer → done. */
  private converse(c: number, probe: Probe, line: SmtpLine, helo: string): void {
    const wanted = { banner: 220, helo: 250, quit: 221 }[line.answers]
    if (line.status !== wanted) this.conclude(probe, { ok: false, what: `the answer to ${line.answers} is ${line.status}` })
    else if (line.answers === 'quit') this.conclude(probe, { ok: true, what: 'the server speaks SMTP' })
    else {
      const next = line.answers === 'banner' ? 'helo' : 'quit'
      const text = next === 'helo' ? `HELO ${helo}\r\n` : 'QUIT\r\n'
      this.tcp.write(c, text.length, { type: SMTP_LINE, answers: next, status: 0 } satisfies SmtpLine)
    }
  }

  /** The result is known; the socket is closed before it is reported. */
  private conclude(probe: Probe, outcome: ProbeOutcome): void {
    probe.step = 'closing'
    probe.outcome = outcome
    this.arm(probe, LINGER_NS)
    this.tcp.closeLingering(probe.connection)
  }

  private timePassed(i: number): void {
    const probe = this.probes[i]
    const { order, step } = probe
    const silence: ProbeOutcome = { ok: false, what: `no answer within connect_timeout ${secondsText(order.timeoutNs)}` }
    if (step === 'handshake') {
      const { connection } = probe
      probe.connection = -1
      if (connection >= 0) this.tcp.close(connection)
      this.finish(i, silence)
    } else if (step === 'answer' && probe.connection >= 0) this.conclude(probe, silence)
    else if (step === 'answer') {
      const unasked = order.kind === 'udp' && !order.reply
      this.finish(i, unasked ? { ok: true, what: 'no ICMP error came back' } : silence)
    } else if (probe.outcome !== null) this.finish(i, probe.outcome)
  }

  private arm(probe: Probe, afterNs: number): void {
    const { timers, now } = this.wiring.network.engine
    timers.arm(probe.timer, now + afterNs)
  }

  private finish(i: number, outcome: ProbeOutcome): void {
    const { host, checker } = this.probes[i]
    this.release(i)
    this.wiring.answered(host, checker, outcome)
  }

  private release(i: number): void {
    const probe = this.probes[i]
    if (probe.step === 'over') return
    probe.step = 'over'
    probe.connection = -1
    this.datagrams.forget(i)
    this.wiring.network.engine.timers.release(probe.timer)
    this.free.push(i)
  }
}

const newProbe = (order: NetworkOrder): Probe => ({ step: 'over', host: -1, checker: -1, order, connection: -1, timer: -1, outcome: null })
