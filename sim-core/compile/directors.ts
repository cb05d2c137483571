/**
 * IPVS on the hosts that may become directors: those with keepalived, with ipvsadm rules, or with an ipvsadm event.
 * Loads their rules at the start and after a boot, as a host's own start-up does.
 */
import type { RandomStreams } from '../base/random.ts'
import type { Instant } from '../base/units.ts'
import type { IpvsRule } from '../config/ipvsadm/index.ts'
import {
  DROP_NOT_LOCAL,
  DROP_SILENT,
  FORWARD,
  MAC_SYNC,
  type Network,
  NO_TRAFFIC,
  PACKET_IPIP,
  PACKET_UDP,
  sendIcmpError,
} from '../net/index.ts'
import { decapsulate, Ipvs, type IpvsEnvironment, SYNC_GROUP, SYNC_PORT } from '../protocols/ipvs/index.ts'
import type { Model } from '../scenario/index.ts'
import { because, type Happening } from '../trace/contract.ts'

const IP_AND_UDP_BYTES = 28
const SYNC_TTL = 1

export class Directors {
  readonly ipvs: Ipvs
  /** Hosts that may have IPVS tables, ascending. */
  readonly hosts: readonly number[]
  private readonly model: Model
  private readonly network: Network
  private readonly report: (h: Happening) => void

  /** `instead`: parts of IPVS's surroundings that are not the network's own (flow level). */
  constructor(
    model: Model,
    network: Network,
    random: RandomStreams,
    report: (h: Happening) => void,
    instead: Partial<IpvsEnvironment> = {},
  ) {
    this.model = model
    this.network = network
    this.report = report
    const { engine, packets, addresses, stack } = network
    this.hosts = model.hosts.flatMap((h, host) => (mayDirect(model, h.name) ? [host] : []))
    this.ipvs = new Ipvs(
      {
        engine,
        packets,
        addresses,
        output: stack,
        hostNames: stack.hostNames,
        icmpError: (host, source, message, p) => sendIcmpError(engine, stack, host, source, message, p),
        sendSync: (host, interfaceName, datagram, payloadBytes) => this.sendSync(host, interfaceName, datagram, payloadBytes),
        syncMember: (host, interfaceName, member) => {
          const nic = network.nicNamed(host, interfaceName)
          if (nic >= 0) network.setMember([nic], MAC_SYNC, member)
        },
        flows: {
          remember: (host, p, entry) => stack.remember(host, p, FORWARD, entry),
          changed: host => stack.cache.changed(host),
        },
        random: name => random.stream(name),
        report,
        ...instead,
      },
      this.hosts.map(host => ({
        host,
        hz: model.hz,
        kernel: model.kernelRelease,
        jiffiesAtT0: model.jiffiesAtStart,
        smallestMtuBytes: Math.min(...model.hosts[host].interfaces.map(i => i.link.mtuBytes)),
      })),
    )
    const silent = Uint8Array.from(model.hosts, h => (h.silent === true ? 1 : 0))
    // A real server behind a tunnel (tunl0): the inner packet is for its own VIP, or for nobody.
    stack.onDeliver(PACKET_IPIP, (host, p) => {
      decapsulate(packets, p)
      if (stack.isLocal(host, packets.dst[p])) stack.deliverLocally(host, p)
      else stack.drop(host, p, DROP_NOT_LOCAL)
    })
    stack.setLocalInHook((host, p) => {
      if (silent[host] === 0) return this.ipvs.input(host, p)
      stack.drop(host, p, DROP_SILENT)
      return true
    })
    stack.setFlowHandlers({ forward: (host, p, entry) => this.ipvs.again(host, p, entry) })
    stack.setForwardHook((host, p) => this.ipvs.reply(host, p))
    silent.forEach((yes, host) => {
      stack.hasHook[host] = yes
    })
    for (const host of this.hosts) {
      stack.hasHook[host] = 1
      this.restore(host)
    }
  }

  /** What ipvsadm is told on a host; what it answers goes into the story. */
  load(host: number, rules: readonly IpvsRule[]): void {
    for (const rule of rules) {
      const { file, line } = rule.at
      const inputs = { command: rule.kind, file, line }
      // One sentence for all lines of a file, so that the story says it once; which line it was is in the data.
      const answer = this.ipvs.command(host, rule, because('ipvs-command', `ipvsadm: ${file}`, inputs))
      if (answer === undefined) continue
      this.report({
        t: this.network.engine.now as Instant,
        host: this.network.stack.hostNames[host],
        kind: 'note',
        what: `ipvsadm: ${answer}`,
        cause: because('ipvs-command-refused', `${file}:${line}: ${rule.kind}`, { ...inputs, answer }),
        fields: {},
      })
    }
  }

  /** The host lost power. */
  forget(host: number): void {
    if (this.ipvs.isDirector(host)) this.ipvs.reset(host)
  }

  /** The host starts: settings and rules of its files. */
  restore(host: number): void {
    if (!this.ipvs.isDirector(host)) return
    if (this.network.engine.now > 0) this.ipvs.reset(host) // a boot: the kernel's jiffies begin anew
    const h = this.model.hosts[host]
    for (const [key, value] of Object.entries(h.sysctl)) this.ipvs.sysctl(host, key, value)
    if (h.marks !== undefined) this.ipvs.setMarks(host, h.marks)
    this.load(host, h.ipvs)
  }

  private sendSync(host: number, interfaceName: string, datagram: object, payloadBytes: number): void {
    const { packets, addresses, engine, stack } = this.network
    const nic = this.network.nicNamed(host, interfaceName)
    if (nic < 0) return
    const p = packets.alloc(PACKET_UDP, engine.now, engine.segment, NO_TRAFFIC)
    packets.src[p] = addresses.intern(this.network.nics[nic].address ?? 0)
    packets.dst[p] = addresses.intern(SYNC_GROUP)
    packets.srcPort[p] = SYNC_PORT
    packets.dstPort[p] = SYNC_PORT
    packets.ttl[p] = SYNC_TTL
    packets.ipBytes[p] = payloadBytes + IP_AND_UDP_BYTES
    packets.payloadBytes[p] = payloadBytes
    packets.body[p] = datagram
    stack.sendFrame(nic, p, MAC_SYNC)
  }
}

function mayDirect(model: Model, name: string): boolean {
  const host = model.hosts.find(h => h.name === name)
  if (host === undefined) return false
  return (
    host.keepalived !== undefined ||
    host.ipvs.length > 0 ||
    model.events.some(e => e.target === name && (e.ipvs !== undefined || e.keepalived !== undefined))
  )
}
