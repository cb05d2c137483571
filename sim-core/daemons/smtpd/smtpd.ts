/**
 * A mail server as far as SMTP_CHECK looks: banner, HELO, QUIT (RFC 5321 §4.3). It speaks first.
 */
import type { Stateful } from '../../base/tables.ts'
import type { Tcp, TcpApplication } from '../../protocols/tcp/index.ts'

export const SMTP_LINE = 'smtp-line'
export const SMTP_PORTS: readonly number[] = [25, 587]

/** A command of the client (status 0) or the server's answer to it. */
export interface SmtpLine {
  readonly type: typeof SMTP_LINE
  readonly answers: 'banner' | 'helo' | 'quit'
  readonly status: number
}

const STATUS: Readonly<Record<SmtpLine['answers'], number>> = { banner: 220, helo: 250, quit: 221 }
/** "250 mail.example.net" and the like. */
const ANSWER_BYTES = 24

export class Smtpd implements Stateful, TcpApplication {
  readonly stateFields = ['ports']
  /** Ports by host. */
  private ports: number[][]
  private readonly tcp: Tcp
  private readonly application: number

  constructor(tcp: Tcp, hostCount: number) {
    this.tcp = tcp
    this.ports = Array.from({ length: hostCount }, () => [])
    this.application = tcp.register(this)
  }

  listen(host: number, port: number): void {
    if (!this.ports[host].includes(port)) this.ports[host].push(port)
    this.tcp.listen(host, port, this.application)
  }

  control(host: number, what: string, port: number | undefined): void {
    if (what !== 'hang' && what !== 'refuse' && what !== 'unhang' && what !== 'listen') return
    for (const p of this.ports[host])
      if (port === undefined || p === port) this.tcp.setListening(host, p, what === 'unhang' ? 'listen' : what)
  }

  crashHost(host: number): void {
    for (const port of this.ports[host]) this.tcp.unlisten(host, port)
    this.ports[host] = []
  }

  onConnected(c: number): void {
    this.say(c, 'banner')
  }

  onData(): void {
    // Commands come as messages.
  }

  onMessage(c: number, message: object): void {
    const line = message as SmtpLine
    if (line.type !== SMTP_LINE || line.status !== 0) return
    this.say(c, line.answers)
    if (line.answers === 'quit') this.tcp.close(c)
  }

  onPeerClosed(c: number): void {
    this.tcp.close(c)
  }

  onClosed(): void {
    // Nothing is kept for a connection.
  }

  private say(c: number, answers: SmtpLine['answers']): void {
    this.tcp.write(c, ANSWER_BYTES, { type: SMTP_LINE, answers, status: STATUS[answers] } satisfies SmtpLine)
  }
}
