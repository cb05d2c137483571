/**
 * Why hosts answer packets with RST or an ICMP error, as causes in the story: the first of each run for one reason at
 * one host. Only reads; a run with and without it has the same digest.
 */
import type { Stateful } from '../base/tables.ts'
import { type Instant, SECOND_NS } from '../base/units.ts'
import { ICMP_FRAGMENTATION_NEEDED, ICMP_HOST_UNREACHABLE, ICMP_PORT_UNREACHABLE, ICMP_UNREACHABLE, type Network } from '../net/index.ts'
import type { ResetListener, ResetReason } from '../protocols/tcp/index.ts'
import { because, type Cause, type CauseRule, type Happening } from '../trace/contract.ts'
import { flagsText } from '../trace/packet-view.ts'

const RUN_NS = 10 * SECOND_NS
const RUNS_MAX = 5

type IcmpReason = Extract<CauseRule, `icmp-${string}`>
interface IcmpError {
  readonly type: number
  readonly code: number
  readonly mtuBytes?: number
}

export class Replies implements Stateful {
  readonly stateFields = ['runs']
  /** By host and reason. */
  private runs = new Map<string, { lastAt: number; count: number }>()
  private readonly network: Network
  private readonly report: (h: Happening) => void

  constructor(network: Network, report: (h: Happening) => void) {
    this.network = network
    this.report = report
    network.stack.onIcmpError = (host, message, p) => this.icmp(host, message, p)
  }

  readonly reset: ResetListener = (host, reason, about) => {
    if (!this.isFirst(host, reason)) return
    const { stack, addresses } = this.network
    const name = stack.hostNames[host]
    const peer = `${addresses.text(about.remote)}:${about.remotePort}`
    const port = about.localPort
    const flags = flagsText(about.flags)
    const cause = because(reason, RESET_TEXTS[reason](`${addresses.text(about.local)}:${port}`, flags), { host: name, peer, port, flags })
    this.tell(name, `sends RST to ${peer}`, cause, peer)
  }

  private icmp(host: number, message: IcmpError, p: number): void {
    const reason = icmpReason(message)
    if (reason === undefined || !this.isFirst(host, reason)) return
    const { stack, addresses, packets } = this.network
    const name = stack.hostNames[host]
    const src = addresses.text(packets.src[p])
    const dst = addresses.text(packets.dst[p])
    const port = packets.dstPort[p]
    const inputs = { host: name, src, dst, port, icmp_type: message.type, icmp_code: message.code }
    this.tell(name, `sends ICMP ${ICMP_WORDS[reason]} to ${src}`, this.whyIcmp(reason, message, p, inputs), src)
  }

  private whyIcmp(reason: IcmpReason, message: IcmpError, p: number, inputs: IcmpInputs): Cause {
    const to = `${inputs.dst}:${inputs.port}`
    if (reason === 'icmp-port-unreachable') return because(reason, `nobody at ${inputs.host} takes the packet to ${to}`, inputs)
    if (reason === 'icmp-host-unreachable')
      return because(reason, `nobody answered ${inputs.host}'s ARP requests on the way to ${to}`, inputs)
    const packet_bytes = this.network.packets.ipBytes[p]
    const mtu_bytes = message.mtuBytes ?? 0
    return because(
      reason,
      `${packet_bytes} bytes to ${to} are more than the ${mtu_bytes} bytes that fit on the way to the server, a tunnel's header counted`,
      { ...inputs, packet_bytes, mtu_bytes },
      `${packet_bytes} > ${mtu_bytes}`,
    )
  }

  private isFirst(host: number, reason: string): boolean {
    const { now } = this.network.engine
    const key = `${host} ${reason}`
    const run = this.runs.get(key)
    if (run === undefined) {
      this.runs.set(key, { lastAt: now, count: 1 })
      return true
    }
    const isNew = now - run.lastAt > RUN_NS && run.count < RUNS_MAX
    run.lastAt = now
    if (isNew) run.count++
    return isNew
  }

  private tell(host: string, what: string, cause: Cause, to: string): void {
    this.report({ t: this.network.engine.now as Instant, host, kind: 'reply', what, cause, fields: { rule: cause.rule, to } })
  }
}

interface IcmpInputs {
  readonly host: string
  readonly src: string
  readonly dst: string
  readonly port: number
  readonly icmp_type: number
  readonly icmp_code: number
}

/** `local`: the address and port that the packet was for; `flags`: its own. */
const RESET_TEXTS: Readonly<Record<ResetReason, (local: string, flags: string) => string>> = {
  'rst-port-closed': local => `a SYN came for ${local}, where nobody listens`,
  'rst-port-refuses': local => `a SYN came for ${local}, whose socket is closed (real_server refuse)`,
  'rst-unknown-connection': (local, flags) => `a segment (${flags}) came for ${local} that belongs to no connection of this host`,
  'rst-wrong-ack': (local, flags) => `a segment (${flags}) came for ${local} that acknowledges what was never sent during the handshake`,
  'rst-data-after-close': local => `data came for ${local} after the application had closed its socket: nobody will read it`,
  'rst-time-wait': (local, flags) => `a segment (${flags}) came for ${local} that cannot belong to the connection, which is closing`,
  'rst-aborted': local => `the application at ${local} ends the connection at once (SO_LINGER 0), without a FIN`,
}

const ICMP_WORDS: Readonly<Record<IcmpReason, string>> = {
  'icmp-port-unreachable': 'port unreachable',
  'icmp-host-unreachable': 'host unreachable',
  'icmp-fragmentation-needed': 'fragmentation needed',
}

function icmpReason({ type, code }: IcmpError): IcmpReason | undefined {
  if (type !== ICMP_UNREACHABLE) return undefined
  if (code === ICMP_PORT_UNREACHABLE) return 'icmp-port-unreachable'
  if (code === ICMP_HOST_UNREACHABLE) return 'icmp-host-unreachable'
  return code === ICMP_FRAGMENTATION_NEEDED ? 'icmp-fragmentation-needed' : undefined
}
