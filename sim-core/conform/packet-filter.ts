/**
 * Which TCP and ICMP frames the recorder wrote down. Usually errors only: RST, a SYN sent again, ICMP. Cases about crafted
 * first packets have all TCP, cases about flows that survive a failover have every client and director frame with data or
 * flags. Which of the three a recording has is read off its lines.
 */
import type { CaseFile } from './case-file.ts'
import type { ObservedOf } from './observed.ts'

type Packet = ObservedOf<'packet'>
export type Captured = 'errors' | 'flows' | 'everything'

const addressOf = (endpoint: string): string => endpoint.split(':')[0]

export class PacketFilter {
  readonly captured: Captured
  /** Addresses of crafted packets that belong to no host. */
  private readonly nobodys: ReadonlySet<string>
  /** Sender and addresses of crafted packets. */
  private readonly crafted: ReadonlySet<string>
  /** Ports of the flows that are captured whole. */
  private readonly ports: ReadonlySet<string>
  private readonly servers: ReadonlySet<string>
  private readonly synsSeen = new Map<string, number>()

  constructor(recorded: CaseFile) {
    const own = new Set(Object.values(recorded.hosts).map(h => h.address.split('/')[0]))
    const raws = recorded.actions.flatMap(a => (a.do === 'raw' ? [a] : []))
    this.nobodys = new Set(raws.flatMap(a => [addressOf(a.src), addressOf(a.dst)]).filter(ip => ip.endsWith('.250') && !own.has(ip)))
    this.crafted = new Set(raws.map(a => `${a.host} ${a.src} ${a.dst}`))
    this.servers = new Set(Object.keys(recorded.hosts).filter(name => recorded.hosts[name].vip_on_lo !== undefined))
    const packets = recorded.observed.flatMap(o => (o.kind === 'packet' && o.proto === 'TCP' ? [o] : []))
    const withData = packets.filter(p => (p.len ?? 0) > 0 && !/[RS]/.test(p.flags ?? ''))
    this.ports = new Set(withData.map(p => p.dst.split(':')[1]))
    this.captured = packets.some(p => this.nobodys.has(addressOf(p.src))) ? 'everything' : withData.length > 0 ? 'flows' : 'errors'
  }

  /** `sequence`: of a TCP segment. Remembers SYNs, so every frame must be shown, in order. */
  takes(p: Packet, sequence: number): boolean {
    if (p.proto === 'ICMP') return true
    const flags = p.flags ?? ''
    const again = this.isAgain(p, sequence)
    if (this.captured === 'everything') return true
    if (this.nobodys.has(addressOf(p.src)) || this.crafted.has(`${p.from} ${p.src} ${p.dst}`)) return false
    if (flags.includes('R') || again) return true
    if (this.captured !== 'flows' || this.servers.has(p.from)) return false
    return (this.ports.has(p.dst.split(':')[1]) || this.ports.has(p.src.split(':')[1])) && (/[SF]/.test(flags) || (p.len ?? 0) > 0)
  }

  /** A SYN with the sequence number of the last one of its flow at this place. */
  private isAgain(p: Packet, sequence: number): boolean {
    const flags = p.flags ?? ''
    if (!flags.includes('S') || flags.includes('A')) return false
    const key = `${p.from} ${p.src} ${p.dst}`
    const before = this.synsSeen.get(key)
    this.synsSeen.set(key, sequence)
    return before === sequence
  }
}
