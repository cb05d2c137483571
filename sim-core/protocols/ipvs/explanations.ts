/** What the story says about IPVS, with the rule and its arithmetic. Never per packet: the first of a kind, or of a run. */
import { asSeconds, type Instant } from '../../base/units.ts'
import type { Cause, FieldValue, HappeningKind } from '../../trace/contract.ts'
import { PACKET_TCP, TCP_RST } from '../../net/index.ts'
import { FLAG_NO_OUTPUT } from './connection-table.ts'
import type { Director } from './director.ts'
import { DEST_OVERLOADED } from './destinations.ts'
import { serverText, serviceText } from './listing.ts'
import type { Service } from './services.ts'
import { TCP_FIN_WAIT } from './tcp-states.ts'

export class Explanations {
  private readonly d: Director

  constructor(director: Director) {
    this.d = director
  }

  say(kind: HappeningKind, what: string, fields: Readonly<Record<string, FieldValue>>, cause?: Cause): void {
    const { env, name } = this.d
    env.report({ t: env.engine.now as Instant, host: name, kind, what, fields, ...(cause === undefined ? {} : { cause }) })
  }

  /** The first connection of a service that closes: why it stays in the table, and for how long. */
  becameInactive(c: number, _flags: number): void {
    const { d } = this
    const { table, dests } = d
    const service = d.services.byId(dests.service[table.dest[c]])
    if (service === undefined || service.explained || (table.flags[c] & FLAG_NO_OUTPUT) === 0) return
    service.explained = true
    const timeout = d.entries.tcpTimeouts[TCP_FIN_WAIT]
    const goneAt = asSeconds(d.entries.wheel.firesAt(d.jiffy(), timeout) as Instant)
    const client = `${d.env.addresses.text(table.client[c])}:${table.ports[c] >>> 16}`
    this.say(
      'note',
      `first InActConn of ${serviceText(d, service)}: ${client}`,
      { service: serviceText(d, service), client },
      {
        rule: 'ipvs-input-only-fin',
        text:
          `the server's FIN went straight to the client; the director saw only the client's FIN: FIN_WAIT, ${timeout / d.clock.hz} s after the last packet, ` +
          `and the kernel's timer wheel at HZ ${d.clock.hz} removes it at ${goneAt.toFixed(3)} s if none follows`,
        source: 'ip_vs_proto_tcp.c, INPUT_ONLY; recording i01',
      },
    )
  }

  /** The first of a run of new connections for which no server could be chosen. */
  refused(service: Service, p: number): void {
    if (service.refusing) return
    service.refusing = true
    const { d } = this
    const { packets, addresses } = d.env
    const client = `${addresses.text(packets.src[p])}:${packets.srcPort[p]}`
    this.say(
      'refused',
      `${serviceText(d, service)} refuses ${client}: no real server is available`,
      { service: serviceText(d, service), client },
      {
        rule: 'ipvs-no-destination',
        text: `${this.whyNobody(service)}; the client gets ICMP port unreachable (a burst of 6, then 1 a second)`,
        source: 'ip_vs_leave; recording s12',
      },
    )
  }

  /** The first packet for a connection that is known from another director's daemon. */
  carriedOn(c: number): void {
    const { d } = this
    const { table, dests } = d
    const service = d.services.byId(dests.service[table.dest[c]])
    if (service === undefined || service.carriesOn) return
    service.carriesOn = true
    const client = `${d.env.addresses.text(table.client[c])}:${table.ports[c] >>> 16}`
    this.say(
      'sync',
      `${serviceText(d, service)} goes on with ${client} at ${serverText(d, table.dest[c])}`,
      { service: serviceText(d, service), client },
      {
        rule: 'ipvs-synced-connection',
        text: 'the connection was opened at another director, whose sync daemon had told of it: its third packet and each fiftieth after it, at most 3.1 s later',
        source: 'ip_vs_proc_conn; recordings y02, e06',
      },
    )
  }

  /** The first of a run of packets that no connection knows: the host's own TCP answers them. */
  leftToHost(p: number): void {
    const { d } = this
    const { packets, addresses } = d.env
    if (packets.kind[p] !== PACKET_TCP || (packets.flags[p] & TCP_RST) !== 0) return
    const service = d.services.find(PACKET_TCP, packets.dst[p], packets.dstPort[p], packets.mark[p])
    if (service === undefined || service.passing) return
    service.passing = true
    const client = `${addresses.text(packets.src[p])}:${packets.srcPort[p]}`
    this.say(
      'reset',
      `${serviceText(d, service)} does not know ${client}: RST`,
      { service: serviceText(d, service), client },
      {
        rule: 'ipvs-unknown-connection',
        text: 'no entry, and the packet is no SYN (sloppy_tcp 0): IPVS leaves it to the TCP of the director, which owns the VIP and answers RST',
        source: 'tcp_conn_schedule; recordings y03, p08a',
      },
    )
  }

  /** The first packet for a server that was removed while its connection lives. */
  deadServer(c: number): void {
    const { d } = this
    const dest = d.table.dest[c]
    if (d.dests.told[dest] !== 0) return
    d.dests.told[dest] = 1
    this.say(
      'drop',
      `packets for removed server ${serverText(d, dest)} are dropped`,
      { server: serverText(d, dest) },
      {
        rule: 'ipvs-dead-destination',
        text:
          d.settings.expire_nodest_conn === 0
            ? 'expire_nodest_conn 0: the connection stays, unanswered, until its timer ends or the server is added again'
            : 'expire_nodest_conn of kernels before 5.9: the connection ends with its next packet, and that packet is lost',
        source: 'ip_vs_in; recording p03a',
      },
    )
  }

  conntrack(c: number): void {
    const { d } = this
    const client = `${d.env.addresses.text(d.table.client[c])}:${d.table.ports[c] >>> 16}`
    this.say(
      'drop',
      `SYN of ${client} dropped: its port was used before`,
      { client },
      {
        rule: 'ipvs-conntrack-drop',
        text: 'conntrack 1: the old conntrack cannot be turned to another server, so it is ended and the SYN dropped; the client sends it again after 1 s',
        source: 'ip_vs_conn_uses_old_conntrack',
      },
    )
  }

  private whyNobody(service: Service): string {
    const { dests } = this.d
    const total = service.servers.length
    if (total === 0) return 'the service has no real servers'
    const quiesced = service.servers.filter(s => dests.weight[s] === 0).length
    const full = service.servers.filter(s => (dests.flags[s] & DEST_OVERLOADED) !== 0).length
    return `of ${total} real servers ${quiesced} have weight 0, ${full} are over their threshold; scheduler ${service.scheduler} chose none`
  }

  serversChanged(what: string, service: Service, fields: Readonly<Record<string, FieldValue>>): void {
    this.say('service', what, { service: serviceText(this.d, service), ...fields })
  }
}
