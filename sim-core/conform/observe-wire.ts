/**
 * Frames of a run as the recordings have them: seen where they enter the switch at the far end of their sender's cable,
 * before anything there drops them. Adverts, gratuitous ARPs, probes of checkers, sync datagrams; TCP and ICMP as the
 * recorder filtered them (packet-filter.ts); the datagrams of a load are counted (load-meter.ts).
 */
import { formatIpv4, isMulticast } from '../base/address.ts'
import type { Simulation } from '../compile/index.ts'
import {
  type ArpMessage,
  type IcmpMessage,
  type LinkTap,
  PACKET_ARP,
  PACKET_ICMP,
  PACKET_TCP,
  PACKET_UDP,
  PACKET_VRRP,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from '../net/index.ts'
import { type SyncDatagram, type SyncRecord, TCP_STATE_NAMES } from '../protocols/ipvs/index.ts'
import type { VrrpAdvert } from '../protocols/vrrp/index.ts'
import type { CaseFile } from './case-file.ts'
import { CLIENTS_LAN } from './case-hosts.ts'
import type { Seen } from './compare/timed.ts'
import { LoadMeter } from './load-meter.ts'
import type { Observed, ObservedOf } from './observed.ts'
import { PacketFilter } from './packet-filter.ts'

const NS = 1e9
const LETTERS: readonly (readonly [number, string])[] = [
  [TCP_SYN, 'S'],
  [TCP_FIN, 'F'],
  [TCP_RST, 'R'],
  [TCP_PSH, 'P'],
  [TCP_ACK, 'A'],
]
/** Happenings that are looked through for the cause of a frame. */
const CAUSES_BACK = 20

export class WireObserver implements LinkTap {
  readonly seen: Seen[] = []
  readonly load = new LoadMeter()
  private readonly simulation: Simulation
  private readonly filter: PacketFilter
  private readonly directors: ReadonlySet<number>
  private readonly serverAddresses: ReadonlySet<string>
  private readonly probesBegun = new Map<string, number>()
  private readonly servers: ReadonlySet<number>

  constructor(recorded: CaseFile, simulation: Simulation) {
    this.simulation = simulation
    this.filter = new PacketFilter(recorded)
    const { hosts } = simulation.model
    this.directors = new Set(simulation.directors.hosts)
    this.servers = new Set(hosts.flatMap((h, host) => (h.serves.length > 0 ? [host] : [])))
    this.serverAddresses = new Set([...this.servers].flatMap(host => hosts[host].interfaces.map(i => formatIpv4(i.address ?? 0))))
  }

  sent(link: number, p: number, _startNs: number, arrivalNs: number): void {
    const { network } = this.simulation
    if (link >= network.trunkLinks) return
    const nic = link >> 1
    const { packets } = network
    const kind = packets.kind[p]
    if ((link & 1) === 1) {
      if (kind === PACKET_UDP && packets.traffic[p] >= 0 && this.servers.has(network.nics[nic].host))
        this.load.arrives(this.addressOf(packets.dst[p]), packets.sentAt[p] / NS, arrivalNs / NS)
      return
    }
    const t = arrivalNs / NS
    if (kind === PACKET_VRRP) this.advert(nic, packets.body[p] as VrrpAdvert, t)
    else if (kind === PACKET_ARP) this.arp(nic, packets.body[p] as ArpMessage, t)
    else if (kind === PACKET_TCP) this.segment(nic, p, t)
    else if (kind === PACKET_ICMP) this.icmp(nic, p, t)
    else if (kind === PACKET_UDP) this.datagram(nic, p, t)
  }

  lost(): void {
    // A frame that never left is not on the wire.
  }

  private advert(nic: number, advert: VrrpAdvert, t: number): void {
    this.add(nic, 'advert', {
      kind: 'advert',
      t,
      host: this.hostOf(nic),
      src: formatIpv4(advert.srcIp),
      version: advert.version,
      vrid: advert.vrid,
      prio: advert.priority,
      advIntS: advert.advertIntCs / 100,
      vips: advert.vips.map(formatIpv4),
      dst: isMulticast(advert.dst) ? undefined : formatIpv4(advert.dst),
      if: this.simulation.network.nics[nic].name,
    })
  }

  private arp(nic: number, arp: ArpMessage, t: number): void {
    if (arp.sender !== arp.target) return
    this.add(nic, 'garp', {
      kind: 'garp',
      t,
      host: this.hostOf(nic),
      ip: this.addressOf(arp.sender),
      if: this.simulation.network.nics[nic].name,
    })
  }

  private segment(nic: number, p: number, t: number): void {
    const { packets } = this.simulation.network
    const bits = packets.flags[p]
    const src = `${this.addressOf(packets.src[p])}:${packets.srcPort[p]}`
    const dst = `${this.addressOf(packets.dst[p])}:${packets.dstPort[p]}`
    const flags = LETTERS.flatMap(([bit, letter]) => ((bits & bit) === 0 ? [] : [letter])).join('')
    const line: ObservedOf<'packet'> = {
      kind: 'packet',
      t,
      from: this.hostOf(nic),
      proto: 'TCP',
      src,
      dst,
      flags,
      len: packets.payloadBytes[p],
    }
    if (this.isCaptured(nic) && this.filter.takes(line, packets.seq[p])) this.seen.push(line)
    if (bits === TCP_SYN && this.directors.has(this.simulation.network.nics[nic].host)) this.probe(nic, p, t, src, dst)
  }

  /** A checker's SYN: from the director's own address to a real server's own. Sent again, it is no new probe. */
  private probe(nic: number, p: number, t: number, src: string, dst: string): void {
    const { packets, nics } = this.simulation.network
    if (packets.src[p] !== this.simulation.network.addresses.find(nics[nic].address ?? -1)) return
    if (!this.serverAddresses.has(dst.split(':')[0])) return
    const key = `${src} ${dst}`
    if (this.probesBegun.get(key) === packets.seq[p]) return
    this.probesBegun.set(key, packets.seq[p])
    this.seen.push({ kind: 'probe', t, host: this.hostOf(nic), rs: dst })
  }

  private icmp(nic: number, p: number, t: number): void {
    const { packets } = this.simulation.network
    const body = packets.body[p] as IcmpMessage | null
    if (body === null) return
    const [src, dst] = [this.addressOf(packets.src[p]), this.addressOf(packets.dst[p])]
    const line: ObservedOf<'packet'> = {
      kind: 'packet',
      t,
      from: this.hostOf(nic),
      proto: 'ICMP',
      src,
      dst,
      type: body.type,
      code: body.code,
    }
    if (this.isCaptured(nic) && this.filter.takes(line, 0)) this.seen.push(line)
  }

  /** The recorder stood at the clients' switch. */
  private isCaptured(nic: number): boolean {
    const { model, network } = this.simulation
    return model.lans[network.lanOfNic[nic]].name === CLIENTS_LAN
  }

  private datagram(nic: number, p: number, t: number): void {
    const { packets } = this.simulation.network
    const body = packets.body[p] as SyncDatagram | null
    if (body !== null && body.kind === 'ipvs-sync') this.seen.push(syncLine(body, this.hostOf(nic), t))
    else if (packets.traffic[p] >= 0 && !this.directors.has(this.simulation.network.nics[nic].host))
      this.load.sends(this.addressOf(packets.dst[p]), packets.sentAt[p] / NS)
  }

  /** With the cause of the last happening of that kind, which is what made the frame. */
  private add(nic: number, kind: 'advert' | 'garp', observed: Observed): void {
    const { happenings } = this.simulation
    const host = this.hostOf(nic)
    for (let i = happenings.length - 1; i >= 0 && i > happenings.length - CAUSES_BACK; i--) {
      const h = happenings[i]
      if (h.kind === kind && h.host === host) {
        this.seen.push({ ...observed, rule: h.cause?.rule })
        return
      }
    }
    this.seen.push(observed)
  }

  private hostOf(nic: number): string {
    const { network } = this.simulation
    return network.stack.hostNames[network.nics[nic].host]
  }

  private addressOf(row: number): string {
    return this.simulation.network.addresses.text(row)
  }
}

function syncLine(d: SyncDatagram, host: string, t: number): ObservedOf<'sync'> {
  const record = (r: SyncRecord) => ({
    proto: r.protocol === PACKET_UDP ? 'UDP' : r.protocol === PACKET_TCP ? 'TCP' : 'IP',
    state: r.protocol === PACKET_UDP ? 'UDP' : TCP_STATE_NAMES[r.state],
    timeout_s: r.timeoutS,
    client: `${formatIpv4(r.client)}:${r.clientPort}`,
    vip: `${formatIpv4(r.virtual)}:${r.virtualPort}`,
    rs: `${formatIpv4(r.server)}:${r.serverPort}`,
  })
  return { kind: 'sync', t, host, syncid: d.syncId, bytes: d.bytes, n: d.records.length, version: d.version, conns: d.records.map(record) }
}
