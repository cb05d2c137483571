/**
 * A packet without an entry: whether it may open a connection, with which server, and by which template.
 *
 * The order of questions is that of ip_vs_schedule and ip_vs_sched_persist (net/netfilter/ipvs/ip_vs_core.c, 6.1).
 */
import { maskOf } from '../../base/address.ts'
import { PACKET_TCP, PACKET_UDP, TCP_RST, TCP_SYN } from '../../net/index.ts'
import { FLAG_ONE_PACKET, FLAG_TEMPLATE } from './connection-table.ts'
import { DEST_AVAILABLE } from './destinations.ts'
import type { Director } from './director.ts'
import { NOBODY, schedulerNamed } from './schedulers/index.ts'
import type { Service } from './services.ts'

/** FTP control connections: their templates cover every port. */
const FTP_PORT = 21
/** Where an invalid template hides, so that no packet finds it until its timer ends. */
const INVALID_PORT = 65535

export const NOT_OURS = 0
export const REFUSE = -1
export const DROP = -2

/** Marks that the host's firewall puts on packets by destination. */
export interface MarkRule {
  readonly mark: number
  readonly address: number
  readonly prefixLength: number
}

/** The entry made for packet `p`, or what else is to be done with it: NOT_OURS, REFUSE, DROP. */
export function openConnection(d: Director, p: number, service: Service): number {
  const { packets } = d.env
  if (service.persistenceJiffies > 0) return openPersistent(d, p, service)
  if (service.mark === 0 && packets.dstPort[p] !== service.port) return REFUSE // port 0 works for persistent services only
  const dest = choose(d, service, p)
  if (dest === NOBODY) return REFUSE
  const c = connect(d, p, service, dest, d.dests.port[dest] || packets.dstPort[p])
  d.story.opened(c, service, dest, 0)
  return c
}

/** The service that packet `p` may be scheduled by; undefined: it is none of ours. */
export function serviceOf(d: Director, p: number): Service | undefined {
  const { packets } = d.env
  const kind = packets.kind[p]
  if (kind === PACKET_TCP) {
    const flags = packets.flags[p]
    if ((flags & TCP_RST) !== 0 || ((flags & TCP_SYN) === 0 && d.settings.sloppy_tcp === 0)) return undefined
  }
  return d.services.find(kind, packets.dst[p], packets.dstPort[p], packets.mark[p] || markOf(d, packets.dst[p]))
}

/** Whether the service at an address and port makes a choice for every packet (`--ops`). */
export const schedulesEachPacket = (d: Director, protocol: number, address: number, port: number): boolean =>
  d.services.find(protocol, address, port, markOf(d, address))?.onePacket === true

function markOf(d: Director, destination: number): number {
  if (d.marks.length === 0) return 0
  const value = d.env.addresses.value[destination]
  return d.marks.find(m => ((m.address ^ value) & maskOf(m.prefixLength)) === 0)?.mark ?? 0
}

function choose(d: Director, service: Service, p: number): number {
  const { packets, addresses } = d.env
  const { request } = d
  request.client = addresses.value[packets.src[p]]
  request.clientPort = packets.srcPort[p]
  request.virtual = addresses.value[packets.dst[p]]
  request.now = d.jiffy()
  return schedulerNamed(service.scheduler)?.schedule(service, d.context, request) ?? NOBODY
}

function connect(d: Director, p: number, service: Service, dest: number, serverPort: number): number {
  const { packets } = d.env
  const protocol = packets.kind[p]
  const c = d.entries.create(
    {
      protocol,
      client: packets.src[p],
      clientPort: packets.srcPort[p],
      virtual: packets.dst[p],
      virtualPort: packets.dstPort[p],
      server: d.dests.address[dest],
      serverPort,
    },
    dest,
    service.onePacket && protocol === PACKET_UDP ? FLAG_ONE_PACKET : 0,
  )
  d.dests.counters.connections[dest]++
  return c
}

/** The client's network leads to the server of its template; the first connection makes one. */
function openPersistent(d: Director, p: number, service: Service): number {
  const { packets, addresses } = d.env
  const { dests } = d
  const port = packets.dstPort[p]
  const samePort = port === service.port
  const marked = !samePort && service.mark !== 0
  const protocol = marked ? 0 : packets.kind[p]
  const network = addresses.intern((addresses.value[packets.src[p]] & service.netmask) >>> 0)
  const virtual = marked ? service.address : packets.dst[p]
  const virtualPort = samePort && service.port !== FTP_PORT ? port : 0

  let template = d.table.find(protocol, network, 0, virtual, virtualPort)
  if (template !== 0 && !templateValid(d, template)) {
    if (virtualPort !== INVALID_PORT) d.table.changePorts(template, 0, INVALID_PORT, INVALID_PORT)
    template = 0
  }
  const known = template
  let dest = template === 0 ? choose(d, service, p) : d.table.dest[template]
  if (dest === NOBODY) return REFUSE
  if (template === 0) {
    const serverPort = samePort && service.port !== FTP_PORT ? dests.port[dest] : 0
    const key = { protocol, client: network, clientPort: 0, virtual, virtualPort, server: dests.address[dest], serverPort }
    template = d.entries.create(key, dest, FLAG_TEMPLATE)
    d.table.timeout[template] = service.persistenceJiffies
    d.story.templateMade(template, service, dest)
  }
  dest = d.table.dest[template]
  const c = connect(d, p, service, dest, samePort && dests.port[dest] !== 0 ? dests.port[dest] : port)
  d.story.opened(c, service, dest, known)
  d.entries.control(c, template)
  d.entries.release(template, d.jiffy())
  return c
}

function templateValid(d: Director, template: number): boolean {
  const dest = d.table.dest[template]
  if (dest === 0 || (d.dests.flags[dest] & DEST_AVAILABLE) === 0) return false
  return d.settings.expire_quiescent_template === 0 || d.dests.weight[dest] !== 0
}
