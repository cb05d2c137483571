/** What the story says about IPVS, with the rule and its arithmetic. Never per packet: the first of a kind, or of a run. */
import { type Instant, SECOND_NS, secondsText } from '../../base/units.ts'
import { because, type Cause, type FieldValue, type HappeningKind } from '../../trace/contract.ts'
import { PACKET_TCP, TCP_RST } from '../../net/index.ts'
import { flagsText } from '../../trace/packet-view.ts'
import { FLAG_NO_OUTPUT } from './connection-table.ts'
import type { Director } from './director.ts'
import { DEST_OVERLOADED } from './destinations.ts'
import { serverText, serviceText } from './listing.ts'
import { REFUSALS_AT_ONCE, REFUSALS_PER_S } from './refusal-limit.ts'
import type { Service } from './services.ts'
import { TCP_FIN_WAIT } from './tcp-states.ts'

/** A batch of sync messages waits two seconds, the thread looks once a second, and both by the timer wheel (sync-daemons.ts). */
const SYNC_LAG_S = 3.1

export class Explanations {
  /** Why the command that is being carried out was given. */
  command: Cause | undefined
  private readonly d: Director

  constructor(director: Director) {
    this.d = director
  }

  say(kind: HappeningKind, what: string, fields: Readonly<Record<string, FieldValue>>, cause?: Cause): void {
    const { env, name } = this.d
    env.report({ t: env.engine.now as Instant, host: name, kind, what, fields, ...(cause === undefined ? {} : { cause }) })
  }

  /** `10.10.1.200:32768` of an entry. */
  clientOf(c: number): string {
    const { table, env } = this.d
    return `${env.addresses.text(table.client[c])}:${table.ports[c] >>> 16}`
  }

  /** The first connection of a service that closes: why it stays in the table, and for how long. */
  becameInactive(c: number): void {
    const { d } = this
    const { table, dests, clock } = d
    const service = d.services.byId(dests.service[table.dest[c]])
    if (service === undefined || service.explained || (table.flags[c] & FLAG_NO_OUTPUT) === 0) return
    service.explained = true
    const timeout = d.entries.tcpTimeouts[TCP_FIN_WAIT]
    const [named, client] = [serviceText(d, service), this.clientOf(c)]
    const now = d.env.engine.now
    const timeoutNs = (timeout / clock.hz) * SECOND_NS
    const goneNs = d.entries.wheel.firesAt(d.jiffy(), timeout)
    this.say(
      'note',
      `first InActConn of ${named}: ${client}`,
      { service: named, client },
      because(
        'ipvs-input-only-fin',
        `the server's FIN went straight to the client; the director saw only the client's FIN: FIN_WAIT, ${timeout / clock.hz} s after the last packet, ` +
          `and the kernel's timer wheel at HZ ${clock.hz} removes it at ${(goneNs / SECOND_NS).toFixed(3)} s if none follows`,
        {
          ...{ service: named, client, timeout_s: timeoutNs / SECOND_NS, hz: clock.hz, last_packet_s: now / SECOND_NS },
          ...{ gone_s: goneNs / SECOND_NS, overdue_s: (goneNs - now - timeoutNs) / SECOND_NS },
        },
        `${secondsText(now)} + ${secondsText(timeoutNs)} + ${secondsText(goneNs - now - timeoutNs)} = ${secondsText(goneNs)}`,
      ),
    )
  }

  /** The first of a run of new connections for which no server could be chosen. */
  refused(service: Service, p: number): void {
    if (service.refusing) return
    service.refusing = true
    const { d } = this
    const { packets, addresses } = d.env
    const client = `${addresses.text(packets.src[p])}:${packets.srcPort[p]}`
    const named = serviceText(d, service)
    const port = packets.dstPort[p]
    if (service.mark === 0 && service.persistenceJiffies === 0 && port !== service.port) {
      const why = `the service is for all ports (port 0), which works for persistent services only; the packet is for port ${port}`
      this.say(
        'refused',
        `${named} refuses ${client}`,
        { service: named, client },
        because('ipvs-port-zero', why, { service: named, client, port }),
      )
      return
    }
    const { servers, quiesced, overloaded, text } = this.whyNobody(service)
    this.say(
      'refused',
      `${named} refuses ${client}: no real server is available`,
      { service: named, client },
      because(
        'ipvs-no-destination',
        `${text}; the client gets ICMP port unreachable (a burst of ${REFUSALS_AT_ONCE}, then ${REFUSALS_PER_S} a second)`,
        {
          ...{ service: named, client, servers, quiesced, overloaded, scheduler: service.scheduler },
          ...{ icmp_burst: REFUSALS_AT_ONCE, icmp_rate_per_s: REFUSALS_PER_S },
        },
        `${servers} − ${quiesced} − ${overloaded} = ${servers - quiesced - overloaded}`,
      ),
    )
  }

  /** A server has as many connections as it may. */
  overloaded(dest: number): void {
    const { d } = this
    const { dests } = d
    const service = d.services.byId(dests.service[dest])
    if (service === undefined) return
    const [named, server] = [serviceText(d, service), serverText(d, dest)]
    const [active, inactive, upper] = [dests.active[dest], dests.inactive[dest], dests.upper[dest]]
    const lower = dests.lower[dest]
    const until = lower > 0 ? `fewer than ${lower} are left` : `fewer than 3/4 × ${upper} = ${(upper * 3) / 4} are left`
    this.say(
      'threshold',
      `${named}: ${server} gets no new connections`,
      { service: named, server },
      because(
        'ipvs-threshold-reached',
        `it has ${active} active + ${inactive} inactive = ${active + inactive} connections, its upper threshold is ${upper}; until ${until}`,
        { service: named, server, active, inactive, upper_threshold: upper },
        `${active} + ${inactive} ≥ ${upper}`,
      ),
    )
  }

  /** The first packet for a connection that is known from another director's daemon. */
  carriedOn(c: number): void {
    const { d } = this
    const { table, dests } = d
    const service = d.services.byId(dests.service[table.dest[c]])
    if (service === undefined || service.carriesOn) return
    service.carriesOn = true
    const [named, client, server] = [serviceText(d, service), this.clientOf(c), serverText(d, table.dest[c])]
    const { sync_threshold, sync_period } = d.settings
    this.say(
      'sync',
      `${named} goes on with ${client} at ${server}`,
      { service: named, client },
      because(
        'ipvs-synced-connection',
        `the connection was opened at another director, whose sync daemon had told of it: its ${ordinal(sync_threshold)} packet and each ${ordinal(sync_period)} after it, at most ${SYNC_LAG_S} s later`,
        { service: named, client, server, sync_threshold, sync_period, sync_lag_s: SYNC_LAG_S },
        `${sync_threshold} + ${sync_period} = ${sync_threshold + sync_period}`,
      ),
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
    const named = serviceText(d, service)
    this.say(
      'reset',
      `${named} does not know ${client}: RST`,
      { service: named, client },
      because(
        'ipvs-unknown-connection',
        `no entry, and the packet is no SYN (sloppy_tcp ${d.settings.sloppy_tcp}): IPVS leaves it to the TCP of the director, which owns the VIP and answers RST`,
        { service: named, client, flags: flagsText(packets.flags[p]), sloppy_tcp: d.settings.sloppy_tcp },
      ),
    )
  }

  /** The first packet for a server that was removed while its connection lives. */
  deadServer(c: number): void {
    const { d } = this
    const dest = d.table.dest[c]
    if (d.dests.told[dest] !== 0) return
    d.dests.told[dest] = 1
    const { expire_nodest_conn } = d.settings
    this.say(
      'drop',
      `packets for removed server ${serverText(d, dest)} are dropped`,
      { server: serverText(d, dest) },
      because(
        'ipvs-dead-destination',
        expire_nodest_conn === 0
          ? 'expire_nodest_conn 0: the connection stays, unanswered, until its timer ends or the server is added again'
          : 'expire_nodest_conn of kernels before 5.9: the connection ends with its next packet, and that packet is lost',
        { server: serverText(d, dest), client: this.clientOf(c), expire_nodest_conn, timeout_s: d.table.timeout[c] / d.clock.hz },
      ),
    )
  }

  conntrack(c: number): void {
    const { conntrack } = this.d.settings
    const client = this.clientOf(c)
    this.say(
      'drop',
      `SYN of ${client} dropped: its port was used before`,
      { client },
      because(
        'ipvs-conntrack-drop',
        `conntrack ${conntrack}: the old conntrack cannot be turned to another server, so it is ended and the SYN dropped; the client sends it again after 1 s`,
        { client, conntrack },
      ),
    )
  }

  private whyNobody(service: Service): { servers: number; quiesced: number; overloaded: number; text: string } {
    const { dests } = this.d
    const { length: servers } = service.servers
    const quiesced = service.servers.filter(s => dests.weight[s] === 0).length
    const overloaded = service.servers.filter(s => dests.weight[s] !== 0 && (dests.flags[s] & DEST_OVERLOADED) !== 0).length
    const text =
      servers === 0
        ? 'the service has no real servers'
        : `of ${servers} real ${servers === 1 ? 'server' : 'servers'} ${quiesced} have weight 0, ${overloaded} are over their threshold; scheduler ${service.scheduler} chose none`
    return { servers, quiesced, overloaded, text }
  }

  serversChanged(what: string, service: Service, fields: Readonly<Record<string, FieldValue>>): void {
    this.say('service', what, { service: serviceText(this.d, service), ...fields }, this.command)
  }

  /** A server was taken out: by whom, and what becomes of its connections. */
  serverRemoved(service: Service, dest: number): void {
    const { d, command } = this
    const [active, inactive] = [d.dests.active[dest], d.dests.inactive[dest]]
    const connections = active + inactive
    const { expire_nodest_conn } = d.settings
    const ended = d.kernel === '4.4' ? 'end when their next packet comes' : 'are ended'
    const fate = expire_nodest_conn !== 0 ? ended : 'get no answer until they expire or it comes back'
    const left = `its ${connections} connections ${fate} (expire_nodest_conn ${expire_nodest_conn})`
    const fields = { service: serviceText(d, service), server: serverText(d, dest), connections }
    const cause = because(
      'ipvs-dest-removed',
      command === undefined ? left : connections === 0 ? command.text : `${command.text}; ${left}`,
      { ...command?.inputs, ...fields, active, inactive, expire_nodest_conn },
      `${active} + ${inactive} = ${connections}`,
    )
    this.say('service', `${fields.service}: server ${fields.server} removed`, fields, cause)
  }

  /** A sync daemon begins or ends. */
  daemon(role: 'master' | 'backup', began: boolean, options: { readonly interface: string; readonly syncId: number }): void {
    const what = `sync daemon ${began ? 'starts' : 'stops'} as ${role} on ${options.interface}, syncid ${options.syncId}`
    this.say('daemon', what, { role, began, interface: options.interface, sync_id: options.syncId }, this.command)
  }
}

const ORDINALS: Readonly<Record<number, string>> = { 1: 'first', 2: 'second', 3: 'third', 50: 'fiftieth' }
const ordinal = (n: number): string => ORDINALS[n] ?? `${n}th`
