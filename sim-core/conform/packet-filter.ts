/**
 * Which TCP and ICMP frames the recorder wrote down. Usually errors only: RST, a SYN sent again, ICMP. Cases about crafted
 * first packets have all TCP, cases about flows that survive a failover have every client and director frame with data or
 * flags. Which of the three a recording has is read off its lines.
 */
import type { CaseFile } from './case-file.ts'
import type { ObservedOf } from './observed.ts'

type Packet = ObservedOf<'packet'>
export type Captured = 'errors' | 'flows' | 'everything'

/**
 * When the capture ended. Lines that were answered although no frame of theirs is there show that it ended before the
 * recording did; else it lasted as long.
 */
export function captureEndS(recorded: CaseFile): number {
  const onWire = recorded.observed.filter(o => o.kind === 'packet' || o.kind === 'advert' || o.kind === 'sync')
  const flows = onWire.some(o => o.kind === 'packet' && (o.len ?? 0) > 0)
  const lastS = onWire.at(-1)?.t ?? 0
  const answered = recorded.observed.some(o => o.kind === 'response' && o.error === undefined && o.t > lastS + 1)
  return flows && answered ? lastS : recorded.duration_s
}

const addressOf = (endpoint: string): string => endpoint.split(':')[0]

export class PacketFilter {
  readonly captured: Captured
  /** Addresses of crafted packets that belong to no host. */
  private readonly nobodys: ReadonlySet<string>
  /** Endpoints of crafted packets: neither they nor what a director passes on unchanged was written down. */
  private readonly crafted: ReadonlySet<string>
  /** Virtual services whose flows are captured whole. */
  private readonly services: ReadonlySet<string>
  private readonly servers: ReadonlySet<string>
  private readonly synsSeen = new Map<string, number>()

  constructor(recorded: CaseFile) {
    const own = new Set(
      Object.values(recorded.hosts).flatMap(h => [h.address, ...Object.values(h.interfaces ?? {})].map(a => a.split('/')[0])),
    )
    const raws = recorded.actions.flatMap(a => (a.do === 'raw' ? [a] : []))
    this.nobodys = new Set(raws.map(a => addressOf(a.src)).filter(ip => !own.has(ip)))
    this.crafted = new Set(raws.map(a => `${a.src} ${a.dst}`))
    this.servers = new Set(Object.keys(recorded.hosts).filter(name => recorded.hosts[name].vip_on_lo !== undefined))
    const packets = recorded.observed.flatMap(o => (o.kind === 'packet' && o.proto === 'TCP' ? [o] : []))
    const withData = packets.filter(p => (p.len ?? 0) > 0 && !/[RS]/.test(p.flags ?? ''))
    this.services = new Set(withData.map(p => p.dst))
    this.captured = packets.some(p => this.nobodys.has(addressOf(p.src))) ? 'everything' : withData.length > 0 ? 'flows' : 'errors'
  }

  /** `sequence`: of a TCP segment. Remembers SYNs, so every frame must be shown, in order. */
  takes(p: Packet, sequence: number): boolean {
    if (p.proto === 'ICMP') return true
    const flags = p.flags ?? ''
    const again = this.isAgain(p, sequence)
    if (this.captured === 'everything') return true
    if (this.nobodys.has(addressOf(p.src)) || this.crafted.has(`${p.src} ${p.dst}`)) return false
    if (flags.includes('R') || again) return true
    if (this.captured !== 'flows' || this.servers.has(p.from)) return false
    return (this.services.has(p.dst) || this.services.has(p.src)) && (/[SF]/.test(flags) || (p.len ?? 0) > 0)
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
