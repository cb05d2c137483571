/**
 * A director on a workbench: real engine, packets and IPVS, but no network. What it sends is written down in `sent`.
 * Addresses are dotted text here.
 */
import { parseIpv4 } from '../../../sim-core/base/address.ts'
import { randomStream } from '../../../sim-core/base/random.ts'
import { parseIpvsadmCommand, parseIpvsadmRules } from '../../../sim-core/config/ipvsadm/index.ts'
import { Engine } from '../../../sim-core/engine/index.ts'
import {
  AddressBook,
  NO_TRAFFIC,
  PACKET_TCP,
  PACKET_UDP,
  Packets,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from '../../../sim-core/net/index.ts'
import type { Director } from '../../../sim-core/protocols/ipvs/director.ts'
import { type CommandResult, Ipvs, type IpvsTables, type KernelRelease, type SyncDatagram } from '../../../sim-core/protocols/ipvs/index.ts'
import type { Happening } from '../../../sim-core/trace/contract.ts'

/** What became of a packet. */
export interface Fate {
  readonly t: number
  readonly how: 'sent' | 'dropped' | 'refused' | 'sync'
  readonly host: number
  /** Next hop of a sent packet; client that is refused. */
  readonly to: string
  readonly datagram?: SyncDatagram
}

const LETTERS: Readonly<Record<string, number>> = { F: TCP_FIN, S: TCP_SYN, R: TCP_RST, P: TCP_PSH, A: TCP_ACK }

export const tcpFlags = (letters: string): number => [...letters].reduce((sum, l) => sum | LETTERS[l], 0)

export function endpoint(text: string): { ip: number; port: number } {
  const [address, port] = text.split(':')
  const ip = parseIpv4(address)
  if (ip === undefined) throw new Error(`not an address: ${text}`)
  return { ip, port: Number(port) }
}

const MTU_BYTES = 1500
const DIRECTORS = ['d1', 'd2']

export class Workbench {
  readonly engine = new Engine()
  readonly packets = new Packets()
  readonly addresses = new AddressBook()
  readonly sent: Fate[] = []
  readonly story: Happening[] = []
  readonly ipvs: Ipvs
  /** ICMP errors asked for. */
  readonly errors: object[] = []
  /** Looks at packets as they leave, and at replies after rewriting. */
  onSend: (p: number) => void = () => undefined
  onReply: (p: number) => void = () => undefined
  onSync: (host: number, datagram: SyncDatagram) => void = () => undefined

  constructor(hz = 100, jiffiesAtT0?: number, hostNames: readonly string[] = DIRECTORS, kernel?: KernelRelease) {
    const { engine, packets, addresses } = this
    const note = (host: number, how: Fate['how'], to: number): void => {
      this.sent.push({ t: engine.now, host, how, to: addresses.text(to) })
    }
    const send = (host: number, p: number, nextHop: number): void => {
      note(host, 'sent', nextHop)
      this.onSend(p)
      packets.free(p)
    }
    this.ipvs = new Ipvs(
      {
        engine,
        packets,
        addresses,
        hostNames,
        output: {
          send: (host, p) => send(host, p, packets.dst[p]),
          sendVia: send,
          drop: (host, p) => {
            note(host, 'dropped', packets.src[p])
            packets.free(p)
          },
          isLocal: () => false,
          mtuTo: () => MTU_BYTES,
          sourceFor: () => addresses.intern(0x0a00000b),
        },
        icmpError: (host, _source, message, p) => {
          this.errors.push(message)
          note(host, 'refused', packets.src[p])
        },
        sendSync: (host, _interface, datagram) => {
          this.sent.push({ t: engine.now, host, how: 'sync', to: '224.0.0.81', datagram: datagram as SyncDatagram })
          this.onSync(host, datagram as SyncDatagram)
        },
        random: name => randomStream(1, name),
        report: h => this.story.push(h),
      },
      hostNames.map((_, host) => ({
        host,
        hz,
        kernel,
        smallestMtuBytes: MTU_BYTES,
        ...(jiffiesAtT0 === undefined ? {} : { jiffiesAtT0 }),
      })),
    )
  }

  get director(): Director {
    return this.ipvs.director(0)
  }

  /** ipvsadm-save -n text. */
  load(rules: string, host = 0): void {
    const parsed = parseIpvsadmRules('rules', rules)
    if (parsed.problems.some(p => p.severity === 'error')) throw new Error(JSON.stringify(parsed.problems))
    for (const rule of parsed.rules) this.ipvs.command(host, rule)
  }

  /** One ipvsadm invocation's arguments. */
  ipvsadm(args: string, host = 0): CommandResult {
    const { rule, problems } = parseIpvsadmCommand(args)
    if (rule === undefined) throw new Error(`${args}: ${JSON.stringify(problems)}`)
    return this.ipvs.command(host, rule)
  }

  /** A packet from the client (or the server with `reply`) arrives now; true when IPVS took it. */
  packet(src: string, dst: string, flags: string | null, options: { bytes?: number; reply?: boolean; host?: number } = {}): boolean {
    const { packets, addresses, engine } = this
    const p = packets.alloc(flags === null ? PACKET_UDP : PACKET_TCP, engine.now, engine.segment, NO_TRAFFIC)
    const from = endpoint(src)
    const to = endpoint(dst)
    packets.src[p] = addresses.intern(from.ip)
    packets.srcPort[p] = from.port
    packets.dst[p] = addresses.intern(to.ip)
    packets.dstPort[p] = to.port
    packets.ipBytes[p] = options.bytes ?? 40
    packets.flags[p] = flags === null ? 0 : tcpFlags(flags)
    const taken = options.reply ? this.ipvs.reply(options.host ?? 0, p) : this.ipvs.input(options.host ?? 0, p)
    if (options.reply) this.onReply(p)
    if (!taken) packets.free(p)
    return taken
  }

  run(untilS: number): void {
    this.engine.run(Math.round(untilS * 1e9))
  }

  tables(host = 0): IpvsTables {
    return this.ipvs.tables(host)
  }

  /** Connections as `client:port state server:port`, sorted by client. */
  connections(host = 0): string[] {
    return this.tables(host).connections.map(
      c => `${c.client.address}:${c.client.port} ${c.state} ${c.destination.address}:${c.destination.port}`,
    )
  }

  /** `server active/inactive` in kernel list order, of the first service. */
  counts(service = 0): string[] {
    return this.tables().services[service].servers.map(s => `${s.address} ${s.active}/${s.inactive}`)
  }
}
