/**
 * Scripts like packetdrill's: what a peer sends, what our host must send and when, what the application does.
 *
 * A line is a time in seconds, one sign and its text; `#` begins a comment:
 *   0.1 < P. 1:1001(1000) ack 1 win 65535 <mss 1460 sack ts>   the peer's segment arrives
 *   0.1 > . 1:1(0) ack 1001 sack 2001-3001                     our segment leaves, at exactly that time
 *   0.1 ! write 1000                                           connect, listen, write N, close, shutdown, abort, keepalive
 *   0.1 ? state ESTABLISHED                                    also cwnd, ssthresh, rto (ms), open (rows in use), timewait, told
 * Sequence numbers are relative to each side's SYN (the peer's begin at `peerIss`). Every segment that our host sends must
 * be in the script, in that order. The peer echoes the timestamp of our latest segment unless the line says `ecr SECONDS`.
 */
import { expect } from 'vitest'
import { JiffyClock } from '../../../sim-core/base/timer-wheel.ts'
import { Engine } from '../../../sim-core/engine/index.ts'
import {
  AddressBook,
  type PacketHandler,
  PACKET_TCP,
  Packets,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from '../../../sim-core/net/index.ts'
import { Tcp, type TcpNetwork, type TcpSettings } from '../../../sim-core/protocols/tcp/index.ts'
import { flagText } from './wire.ts'

export interface ScriptOptions {
  readonly hz?: number
  readonly settings?: Partial<TcpSettings>
  readonly peerIss?: number
}

const LETTERS: Readonly<Record<string, number>> = { S: TCP_SYN, F: TCP_FIN, R: TCP_RST, P: TCP_PSH, '.': TCP_ACK }
const OUR_PORT = 8080
const PEER_PORT = 5000

interface Line {
  readonly atNs: number
  readonly sign: string
  readonly text: string
}

class Play {
  readonly engine = new Engine()
  readonly packets = new Packets()
  readonly addresses = new AddressBook()
  readonly tcp: Tcp
  readonly sent: string[] = []
  readonly told: string[] = []
  /** Why it sent RST. */
  readonly resets: string[] = []
  readonly us = this.addresses.intern(0x0a000001)
  readonly peer = this.addresses.intern(0x0a000002)
  connection = -1
  private readonly application: number
  private readonly peerIss: number
  private ourIss: number | undefined
  private latestSentAt = 0
  private deliver: PacketHandler = () => undefined

  constructor(o: ScriptOptions) {
    this.peerIss = o.peerIss ?? 0
    const network: TcpNetwork = {
      hostCount: 1,
      packets: this.packets,
      addresses: this.addresses,
      isLocal: (_host, address) => address === this.us,
      sourceFor: () => this.us,
      confirm: () => undefined,
      onDeliver: (kind, handler) => {
        if (kind === PACKET_TCP) this.deliver = handler
      },
      drop: (_host, p) => this.packets.free(p),
      send: (_host, p) => this.note(p),
    }
    this.tcp = new Tcp({
      engine: this.engine,
      network,
      clock: new JiffyClock(o.hz ?? 1000, 0),
      mtuBytes: () => 1500,
      resets: (_host, reason) => this.resets.push(reason),
    })
    this.tcp.configure(0, o.settings ?? {})
    this.application = this.tcp.register({
      onConnected: c => {
        this.connection = c
        this.told.push('connected')
      },
      onData: (_c, bytes) => this.told.push(`data ${bytes}`),
      onMessage: (_c, m) => this.told.push(`message ${(m as { name: string }).name}`),
      onPeerClosed: () => this.told.push('peer closed'),
      onClosed: (_c, reason) => this.told.push(reason),
    })
  }

  private note(p: number): void {
    const k = this.packets
    const flags = k.flags[p]
    if ((flags & TCP_SYN) !== 0) this.ourIss ??= k.seq[p]
    const seq = (flags & TCP_RST) !== 0 && this.ourIss === undefined ? k.seq[p] : (k.seq[p] - (this.ourIss ?? 0)) | 0
    const ack = (flags & TCP_ACK) !== 0 ? ` ack ${(k.ack[p] - this.peerIss) | 0}` : ''
    const body = k.body[p] as { blocks?: readonly number[]; sack?: { blocks: readonly number[] } } | null
    const blocks = body?.blocks ?? body?.sack?.blocks ?? []
    const pairs = blocks
      .filter((_, i) => i % 2 === 0)
      .map((from, i) => `${(from - this.peerIss) | 0}-${(blocks[i * 2 + 1] - this.peerIss) | 0}`)
    const sack = pairs.length > 0 ? ` sack ${pairs.join(',')}` : ''
    this.sent.push(
      `${(this.engine.now / 1e9).toFixed(6)} > ${flagText(flags)} ${seq}:${seq + k.payloadBytes[p]}(${k.payloadBytes[p]})${ack}${sack}`,
    )
    this.latestSentAt = k.sentAt[p]
    k.free(p)
  }

  /** `S. 0:0(0) ack 1 win 65535 <mss 1460 sack ts> sack 1-2 ecr 0.1` */
  inject(text: string): void {
    const m =
      /^([SFRP.-]+) (-?\d+):-?\d+\((\d+)\)(?: ack (-?\d+))?(?: win (\d+))?(?: <([^>]*)>)?(?: sack ([\d,-]+))?(?: ecr ([\d.]+))?$/.exec(text)
    if (m === null) throw new Error(`not a segment: ${text}`)
    const k = this.packets
    const p = k.alloc(PACKET_TCP, this.engine.now, 0, -1)
    k.src[p] = this.peer
    k.dst[p] = this.us
    k.srcPort[p] = PEER_PORT
    k.dstPort[p] = OUR_PORT
    k.flags[p] = [...m[1]].reduce((bits, letter) => bits | (LETTERS[letter] ?? 0), 0)
    k.seq[p] = (Number(m[2]) + this.peerIss) | 0
    k.payloadBytes[p] = Number(m[3])
    k.ack[p] = m[4] === undefined ? 0 : (Number(m[4]) + (this.ourIss ?? 0)) | 0
    k.window[p] = Number(m[5] ?? 65535)
    k.echo[p] = m[8] === undefined ? this.latestSentAt : Math.round(Number(m[8]) * 1e9)
    k.ipBytes[p] = 40 + Number(m[3])
    if (m[6] !== undefined)
      k.body[p] = { kind: 1, mss: Number(/mss (\d+)/.exec(m[6])?.[1] ?? 536), sack: /sack/.test(m[6]), timestamps: /ts/.test(m[6]) }
    if (m[7] !== undefined) {
      const blocks = m[7].split(',').flatMap(b => b.split('-').map(n => (Number(n) + (this.ourIss ?? 0)) | 0))
      const duplicate = ((blocks[1] - k.ack[p]) | 0) <= 0
      k.body[p] = { kind: 3, blocks, duplicate }
    }
    this.deliver(0, p)
  }

  act(text: string): void {
    const [verb, argument] = text.split(' ')
    const { tcp } = this
    if (verb === 'listen') tcp.listen(0, OUR_PORT, this.application)
    else if (verb === 'connect')
      this.connection = tcp.connect(0, { remote: this.peer, remotePort: PEER_PORT, localPort: OUR_PORT, application: this.application })
    else if (verb === 'hang') tcp.setListening(0, OUR_PORT, 'hang')
    else if (verb === 'write') tcp.write(this.connection, Number(argument))
    else if (verb === 'close') tcp.close(this.connection)
    else if (verb === 'shutdown') tcp.shutdown(this.connection)
    else if (verb === 'abort') tcp.abort(this.connection)
    else if (verb === 'keepalive') tcp.keepalive(this.connection, true)
    else throw new Error(`no such action: ${verb}`)
  }

  look(what: string): string {
    const { rows, timeWait } = this.tcp
    const c = this.connection
    if (what === 'state') return this.tcp.stateOf(c)
    if (what === 'open') return String(rows.used)
    if (what === 'timewait') return String(timeWait.used)
    if (what === 'resets') return this.resets.join('; ')
    if (what === 'told') return this.told.join('; ')
    if (what === 'rto') return String(Math.round((rows.rtoJiffies[c] * 1000) / this.tcp.clock.hz))
    return String((rows as unknown as Record<string, Int32Array>)[what][c])
  }
}

const parse = (script: string): Line[] =>
  script
    .split('\n')
    .map(l => l.replace(/#.*$/, '').trim())
    .filter(l => l !== '')
    .map(l => {
      const m = /^([\d.]+)\s+([<>!?])\s+(.*?)$/.exec(l)
      if (m === null) throw new Error(`not a line of a script: ${l}`)
      return { atNs: Math.round(Number(m[1]) * 1e9), sign: m[2], text: m[3].replace(/\s+/g, ' ') }
    })

/** Plays the script and compares everything that our host sent, and every question's answer, with it. */
export function play(script: string, options: ScriptOptions = {}): Play {
  const lines = parse(script)
  const stage = new Play(options)
  const answers: string[] = []
  const kind = stage.engine.addKind(i => {
    const { sign, text } = lines[i]
    if (sign === '<') stage.inject(text)
    else if (sign === '!') stage.act(text)
    else if (sign === '?') answers.push(`${text.split(' ')[0]} ${stage.look(text.split(' ')[0])}`)
  })
  lines.forEach((l, i) => {
    if (l.sign !== '>') stage.engine.schedule(l.atNs, kind, i)
  })
  stage.engine.run(Math.max(...lines.map(l => l.atNs)) + 1)
  const expected = lines.filter(l => l.sign === '>').map(l => `${(l.atNs / 1e9).toFixed(6)} > ${l.text}`)
  expect(stage.sent).toEqual(expected)
  expect(answers).toEqual(lines.filter(l => l.sign === '?').map(l => l.text))
  return stage
}
