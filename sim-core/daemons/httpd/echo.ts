/** The lab's echo server (port 7000): a line in, a line of eight bytes with the server's name out. */
import type { Stateful } from '../../base/tables.ts'
import type { Tcp, TcpApplication } from '../../protocols/tcp/index.ts'

export const ECHO_PORT = 7000
const ANSWER_BYTES = 8

export interface EchoLine {
  readonly type: 'echo-line'
  readonly n: number
}

export interface EchoAnswer {
  readonly type: 'echo-answer'
  readonly n: number
  /** Host that answers, and the MAC number of who handed it the line. */
  readonly server: number
  readonly via: number
}

export class EchoServer implements Stateful, TcpApplication {
  readonly stateFields = ['hosts']
  /** By listener: the host. */
  private hosts: number[] = []
  private readonly tcp: Tcp
  private readonly application: number

  constructor(tcp: Tcp) {
    this.tcp = tcp
    this.application = tcp.register(this)
  }

  listen(host: number, port = ECHO_PORT): void {
    this.tcp.listen(host, port, this.application, this.hosts.push(host) - 1)
  }

  /** Verbs of the recordings that concern a port that is listened on; others mean nothing here. */
  control(host: number, verb: string, port: number): void {
    if (verb === 'hang' || verb === 'refuse') this.tcp.setListening(host, port, verb)
    else if (verb === 'unhang' || verb === 'listen') this.tcp.setListening(host, port, 'listen')
  }

  onConnected(): void {
    // The client speaks first.
  }

  onData(): void {
    // Lines are answered as messages.
  }

  onMessage(c: number, message: object): void {
    const line = message as EchoLine
    if (line.type !== 'echo-line') return
    const answer: EchoAnswer = { type: 'echo-answer', n: line.n, server: this.hosts[this.tcp.ownerOf(c)], via: this.tcp.rows.peerMac[c] }
    this.tcp.write(c, ANSWER_BYTES, answer)
  }

  onPeerClosed(c: number): void {
    this.tcp.close(c)
  }

  onClosed(): void {
    // Nothing is kept for a connection.
  }
}
