/** One row of the trace as an object with words: for the inspector, lists and exports; not for drawing. */
import { formatIpv4 } from '../base/address.ts'
import { hopOf, MARK_RETRANSMISSION, NO_TRAFFIC_COLUMN, type PacketColumns } from './columns.ts'
import { LOOKS, type Look, lookOf } from './frame.ts'
import type { Trace } from './trace.ts'

export interface PacketView {
  readonly serial: number
  readonly hop: number
  /** Link index; −1 for a loss inside a host. */
  readonly link: number
  readonly from: string
  readonly to: string
  readonly startNs: number
  readonly arrivalNs: number
  readonly waitNs: number
  readonly look: Look
  readonly kind: string
  readonly flags: string
  readonly src: string
  readonly dst: string
  readonly srcPort: number
  readonly dstPort: number
  readonly srcMac: string
  readonly dstMac: string
  readonly ttl: number
  readonly ipBytes: number
  readonly payloadBytes: number
  readonly seq: number
  readonly ack: number
  readonly info: number
  readonly retransmission: boolean
  readonly traffic?: string
  /** Why it ended here, and the rule of trace/causes behind it. */
  readonly lost?: string
  readonly lostBy?: string
}

const KINDS = ['', 'ARP', 'VRRP', 'UDP', 'TCP', 'ICMP', 'IPIP']
const FLAGS: readonly (readonly [number, string])[] = [
  [2, 'SYN'],
  [16, 'ACK'],
  [8, 'PSH'],
  [1, 'FIN'],
  [4, 'RST'],
]

export function packetView(trace: Trace, place: number, row: number, lost = false): PacketView {
  const { columns: c, row: i } = (lost ? trace.losses : trace.flights)[place].at(row)
  const { header } = trace
  const link = place < header.links.length ? header.links[place] : undefined
  const host = link === undefined ? header.hosts[place - header.links.length] : ''
  const mac = (n: number): string => header.macs[n]?.name ?? ''
  return {
    serial: c.serial[i],
    hop: hopOf(c, i),
    link: link === undefined ? -1 : place,
    from: link?.from ?? host,
    to: link?.to ?? host,
    startNs: c.start[i],
    arrivalNs: c.arrival[i],
    waitNs: c.waitNs[i],
    look: LOOKS[lookOf(c, i)],
    kind: KINDS[c.kind[i]] ?? '',
    flags: c.kind[i] === 4 ? flagsText(c.flags[i]) : '',
    src: formatIpv4(c.src[i]),
    dst: formatIpv4(c.dst[i]),
    srcPort: c.srcPort[i],
    dstPort: c.dstPort[i],
    srcMac: mac(c.srcMac[i]),
    dstMac: mac(c.dstMac[i]),
    ttl: c.ttl[i],
    ipBytes: c.ipBytes[i],
    payloadBytes: c.payloadBytes[i],
    seq: c.seq[i],
    ack: c.ack[i],
    info: c.info[i],
    retransmission: (c.marks[i] & MARK_RETRANSMISSION) !== 0,
    ...(c.traffic[i] === NO_TRAFFIC_COLUMN ? {} : { traffic: header.traffic[c.traffic[i]] }),
    ...(lost ? { lost: header.dropReasons[c.reason[i]] ?? 'lost', lostBy: header.dropRules?.[c.reason[i]] ?? '' } : {}),
  }
}

export const flagsText = (flags: number): string =>
  FLAGS.filter(([bit]) => (flags & bit) !== 0)
    .map(([, name]) => name)
    .join(' ')

/** Every row in [fromNs, toNs) that `wanted` accepts, all places, in order of time; at most `limit`. */
export function packetsIn(
  trace: Trace,
  fromNs: number,
  toNs: number,
  limit: number,
  wanted: (c: PacketColumns, row: number) => boolean,
): PacketView[] {
  const found: { place: number; row: number; lost: boolean; at: number }[] = []
  for (const lost of [false, true])
    (lost ? trace.losses : trace.flights).forEach((list, place) => {
      let n = 0
      list.each(list.countUntil(fromNs, false), list.countUntil(toNs, false), 'all', (c, i, row) => {
        if (n < limit && wanted(c, i)) {
          n++
          found.push({ place, row, lost, at: c.start[i] })
        }
      })
    })
  found.sort((a, b) => a.at - b.at || Number(a.lost) - Number(b.lost) || a.place - b.place || a.row - b.row)
  return found.slice(0, limit).map(f => packetView(trace, f.place, f.row, f.lost))
}
