/**
 * ICMP errors about packets of connections (a router's "fragmentation needed" is what matters): those about a server's packet
 * come back to the virtual address and are passed on to the server; with NAT, those from a server are rewritten too.
 */
import { type IcmpMessage, PACKET_TCP, PACKET_UDP } from '../../net/index.ts'
import { FORWARD_MASK, FORWARD_MASQ } from './connection-table.ts'
import { DEST_AVAILABLE } from './destinations.ts'
import type { Director } from './director.ts'

const isError = (body: object | null): body is IcmpMessage => body !== null && 'about' in body

/** LOCAL_IN: an error about a packet from the virtual address to a client. True: passed on to the server. */
export function errorToServer(d: Director, p: number): boolean {
  const { packets } = d.env
  const { table, dests } = d
  const body = packets.body[p]
  if (!isError(body)) return false
  const { about } = body
  if (about.kind !== PACKET_TCP && about.kind !== PACKET_UDP) return false
  const c = table.find(about.kind, about.dst, about.dstPort, about.src, about.srcPort)
  const dest = table.dest[c]
  if (c === 0 || (dest !== 0 && (dests.flags[dest] & DEST_AVAILABLE) === 0)) return false
  const forward = table.flags[c] & FORWARD_MASK
  dests.counters.inPackets[dest]++
  dests.counters.inBytes[dest] += packets.ipBytes[p]
  if (forward === FORWARD_MASQ) packets.body[p] = { ...body, about: { ...about, src: table.server[c], srcPort: table.serverPort[c] } }
  d.transmit(p, forward, table.server[c], packets.dstPort[p])
  return true
}

/** FORWARD: an error from a NAT server, or about a packet on its way to one, speaks of the virtual address again. */
export function errorFromServer(d: Director, p: number): void {
  const { packets } = d.env
  const { table } = d
  const body = packets.body[p]
  if (!isError(body)) return
  const { about } = body
  const c = table.findReply(about.kind, about.dst, about.dstPort, about.src, about.srcPort)
  if (c === 0 || (table.flags[c] & FORWARD_MASK) !== FORWARD_MASQ) return
  if (packets.src[p] === table.server[c]) packets.src[p] = table.virtual[c]
  packets.body[p] = { ...body, about: { ...about, dst: table.virtual[c], dstPort: table.ports[c] & 0xffff } }
}
