/**
 * IPVS on one host: what happens to a packet for a local address, and to a server's reply passing by.
 *
 * The order of steps is the kernel's (ip_vs_in_hook of Linux 6.1): find the connection; a SYN may replace an old one;
 * a server that is gone; schedule; count; state; forward; sync; restart the timer. What IPVS does not want goes on to
 * the host's own TCP, which answers what it does not know with RST: that is how connections break after a failover.
 * Hot path: `input`, 40 ns a UDP packet of a known connection (bench W1, W6). Recordings: test/protocols/ipvs/replay.
 */
import { JiffyClock } from '../../base/timer-wheel.ts'
import {
  DROP_IPVS_CONNTRACK,
  DROP_IPVS_DEAD_DESTINATION,
  DROP_IPVS_NO_DESTINATION,
  DROP_IPVS_RATE,
  DROP_NO_ROUTE,
  DROP_TOO_LARGE,
  DROP_TTL,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_PORT_UNREACHABLE,
  ICMP_UNREACHABLE,
  IPV4_HEADER_BYTES,
  PACKET_ICMP,
  PACKET_TCP,
  PACKET_UDP,
  TCP_RST,
  TCP_SYN,
} from '../../net/index.ts'
import type { Packets } from '../../net/index.ts'
import {
  type ConnectionTable,
  FLAG_NO_OUTPUT,
  FLAG_ONE_PACKET,
  FLAG_SYNC,
  FORWARD_MASK,
  FORWARD_MASQ,
  FORWARD_ROUTE,
  FORWARD_TUNNEL,
} from './connection-table.ts'
import { Defences } from './defences.ts'
import { DEST_AVAILABLE, Destinations } from './destinations.ts'
import { Entries } from './entries.ts'
import type { DirectorOptions, IpvsEnvironment, IpvsOutput, KernelRelease } from './environment.ts'
import { entryListener, EntryStory } from './entry-story.ts'
import { Explanations } from './explanations.ts'
import { errorFromServer, errorToServer } from './related-errors.ts'
import { mayRefuse, type RefusalBucket } from './refusal-limit.ts'
import { type MarkRule, NOT_OURS, openConnection, REFUSE, serviceOf } from './scheduling.ts'
import type { ScheduleRequest, SchedulingContext } from './schedulers/index.ts'
import { Services } from './services.ts'
import { defaultSettings, type Settings, type TimeoutSeconds } from './settings.ts'
import { SyncDaemons } from './sync-daemons.ts'
import { DIRECTION_INPUT, DIRECTION_OUTPUT, TCP_CLOSE, TCP_FIN_WAIT, TCP_TIME_WAIT, UDP_TIMEOUT_S } from './tcp-states.ts'
import { encapsulate } from './tunnel.ts'

const UNREACHABLE = { type: ICMP_UNREACHABLE, code: ICMP_PORT_UNREACHABLE } as const

export class Director {
  readonly host: number
  readonly name: string
  readonly kernel: KernelRelease
  readonly env: IpvsEnvironment
  readonly clock: JiffyClock
  readonly dests: Destinations
  readonly services = new Services()
  readonly entries: Entries
  /** Shortcuts of the packet path. */
  readonly table: ConnectionTable
  private readonly packets: Packets
  private readonly output: IpvsOutput
  readonly context: SchedulingContext
  readonly sync: SyncDaemons
  readonly defences: Defences
  readonly explanations: Explanations
  readonly story: EntryStory
  settings: Settings = defaultSettings()
  udpTimeout: number
  /** Before keepalived set its lvs_timeouts; null: it has set none. */
  timeoutsBefore: TimeoutSeconds | null = null
  /** Removed destinations that connections may still point at. */
  trash: number[] = []
  marks: readonly MarkRule[] = []
  refusals = new Map<number, RefusalBucket>()
  /** Reused for every choice of a server. */
  readonly request: ScheduleRequest = { client: 0, clientPort: 0, virtual: 0, now: 0 }
  /** Packets up to this size fit everywhere: no route has a smaller MTU. */
  private readonly smallestMtuBytes: number
  private tickStart = 0
  private tickEnd = 0
  private tick = 0

  constructor(options: DirectorOptions, env: IpvsEnvironment, wake: (jiffy: number) => void) {
    this.host = options.host
    this.name = env.hostNames[options.host]
    this.kernel = options.kernel ?? '6.x'
    this.env = env
    this.clock = new JiffyClock(options.hz, options.jiffiesAtT0)
    this.dests = new Destinations(env.addresses)
    this.explanations = new Explanations(this)
    this.story = new EntryStory(this)
    const listener = entryListener(this, wake)
    this.entries = new Entries(this.dests, this.clock, listener, this.kernel)
    this.table = this.entries.table
    this.smallestMtuBytes = options.smallestMtuBytes ?? Number.POSITIVE_INFINITY
    this.packets = env.packets
    this.output = env.output
    this.udpTimeout = UDP_TIMEOUT_S * options.hz
    this.context = { dests: this.dests, hz: options.hz, random: env.random(`ipvs/${this.name}/twos`) }
    this.sync = new SyncDaemons(this)
    this.defences = new Defences(this)
  }

  /** Something that `input` asks about is no longer as it was. */
  changed(): void {
    this.env.flows?.changed(this.host)
  }

  /** The clock was set: the jiffy is looked up anew. */
  forgetTick(): void {
    this.tickEnd = 0
  }

  /** The jiffy that it is now. */
  jiffy(): number {
    const now = this.env.engine.now
    if (now >= this.tickEnd || now < this.tickStart) {
      this.tick = this.clock.jiffyAt(now)
      this.tickStart = this.clock.timeOf(this.tick)
      this.tickEnd = this.tickStart + this.clock.tickNs
    }
    return this.tick
  }

  // ---- packets

  /** LOCAL_IN. True: the packet was taken. */
  input(p: number): boolean {
    const { packets } = this
    const kind = packets.kind[p]
    if (kind !== PACKET_UDP && kind !== PACKET_TCP) return kind === PACKET_ICMP && errorToServer(this, p)
    if (this.settings.backup_only !== 0 && this.sync.isBackup) return false
    const { table } = this
    let c = table.find(kind, packets.src[p], packets.srcPort[p], packets.dst[p], packets.dstPort[p])
    if (c !== 0) {
      if ((table.flags[c] & FLAG_SYNC) !== 0) this.explanations.carriedOn(c)
      const dest = table.dest[c]
      const gone = dest !== 0 && (this.dests.flags[dest] & DEST_AVAILABLE) === 0
      const anew = kind === PACKET_TCP && (packets.flags[p] & TCP_SYN) !== 0 && this.reschedules(c)
      if (gone || anew) {
        if (!this.replace(c, p, anew)) return true
        c = 0
      }
    }
    if (c === 0) {
      c = this.open(p)
      if (c === NOT_OURS) return false
      if (c < 0) return true
    }
    if (packets.flow[p] !== 0 && this.isPlain(c, p)) this.env.flows?.remember(this.host, p, c)
    this.accept(c, p, kind)
    return true
  }

  /** Nothing about the next UDP packet of this size and entry has to be asked: it goes to the server as it is. */
  private isPlain(c: number, p: number): boolean {
    const direct = (this.table.flags[c] & (FORWARD_MASK | FLAG_SYNC | FLAG_ONE_PACKET)) === FORWARD_ROUTE
    return direct && this.packets.ipBytes[p] <= this.smallestMtuBytes
  }

  /** Another UDP packet of entry `c`: `accept` and `transmit` without what `isPlain` answered. */
  again(p: number, c: number): void {
    const { table, packets } = this
    const { counters } = this.dests
    const dest = table.dest[c]
    counters.inPackets[dest]++
    counters.inBytes[dest] += packets.ipBytes[p]
    table.timeout[c] = this.udpTimeout
    const packetNumber = ++table.inPackets[c]
    if (this.sync.isMaster) this.sync.offer(c, packetNumber)
    this.entries.wheel.arm(c, this.jiffy(), this.udpTimeout)
    if (packets.ttl[p] <= 1) {
      this.output.drop(this.host, p, DROP_TTL)
      return
    }
    packets.ttl[p]--
    this.output.sendVia(this.host, p, table.server[c])
  }

  /** FORWARD: a packet on its way from a server to a client. Its addresses may be rewritten; true: it was refused. */
  reply(p: number): boolean {
    const { packets } = this
    const kind = packets.kind[p]
    if (kind !== PACKET_UDP && kind !== PACKET_TCP) {
      if (kind === PACKET_ICMP) errorFromServer(this, p)
      return false
    }
    const { table } = this
    const c = table.findReply(kind, packets.src[p], packets.srcPort[p], packets.dst[p], packets.dstPort[p])
    if (c === 0) return this.settings.nat_icmp_send !== 0 && this.refuseServer(p, kind)
    if ((table.flags[c] & FORWARD_MASK) === FORWARD_MASQ) {
      packets.flow[p] = 0
      packets.src[p] = table.virtual[c]
      packets.srcPort[p] = table.ports[c] & 0xffff
    }
    const { counters } = this.dests
    counters.outPackets[table.dest[c]]++
    counters.outBytes[table.dest[c]] += packets.ipBytes[p]
    if (kind === PACKET_TCP) this.entries.tcpPacket(c, DIRECTION_OUTPUT, packets.flags[p])
    else {
      table.timeout[c] = this.udpTimeout
      this.entries.assureTemplate(c)
    }
    this.entries.release(c, this.jiffy())
    return false
  }

  /** nat_icmp_send: a NAT server that answers a connection which is no longer known is told so. */
  private refuseServer(p: number, kind: number): boolean {
    const { packets, dests } = this
    if (kind === PACKET_TCP && (packets.flags[p] & TCP_RST) !== 0) return false
    const isServer = this.services.list.some(s =>
      s.servers.some(d => dests.forward[d] === FORWARD_MASQ && dests.address[d] === packets.src[p] && dests.port[d] === packets.srcPort[p]),
    )
    if (!isServer) return false
    this.env.icmpError(this.host, this.output.sourceFor(this.host, packets.src[p]), UNREACHABLE, p)
    this.output.drop(this.host, p, DROP_IPVS_NO_DESTINATION)
    return true
  }

  /** A SYN on a connection that counts as over, or whose server is quiesced, begins a new one. */
  private reschedules(c: number): boolean {
    const { settings } = this
    const { table } = this
    const dest = table.dest[c]
    const old = this.kernel === '4.4'
    if (old && settings.conn_reuse_mode === 0) return false
    if (settings.expire_nodest_conn !== 0 && dest !== 0 && this.dests.weight[dest] === 0) return true
    if (settings.conn_reuse_mode === 0 || table.control[c] !== 0) return false
    const state = table.state[c]
    if (state === TCP_TIME_WAIT || (state === TCP_CLOSE && !old)) return true
    return (settings.conn_reuse_mode & 2) !== 0 && state === TCP_FIN_WAIT && (table.flags[c] & FLAG_NO_OUTPUT) !== 0
  }

  /** The old entry of a packet that may begin a new one ends at the next tick; false: the packet was dropped. */
  private replace(c: number, p: number, anew: boolean): boolean {
    const { settings } = this
    if (!anew && settings.expire_nodest_conn === 0) {
      this.explanations.deadServer(c)
      this.output.drop(this.host, p, DROP_IPVS_DEAD_DESTINATION)
      return false
    }
    this.story.ended(c, anew ? 'replaced' : 'server gone')
    this.entries.expireNow(c, this.jiffy())
    if (!anew && this.kernel === '4.4') {
      this.explanations.deadServer(c)
      this.output.drop(this.host, p, DROP_IPVS_DEAD_DESTINATION)
      return false
    }
    if (settings.conntrack === 0 || (anew && !this.conntrackStays(c))) return true
    // The old conntrack points to the old server and cannot be changed: the client's next SYN, a second later, gets through.
    this.explanations.conntrack(c)
    this.output.drop(this.host, p, DROP_IPVS_CONNTRACK)
    return false
  }

  /**
   * Whether the connection's conntrack is still there when a SYN for it has come. A SYN opens a closed one anew: one that
   * saw both FINs (NAT) or a RST; of direct routing and tunnels it sees the client's side only, so that no FIN closes it.
   * 4.4 does not ask whether it is a new one.
   */
  private conntrackStays(c: number): boolean {
    const state = this.table.state[c]
    return this.kernel === '4.4' || (state !== TCP_TIME_WAIT && state !== TCP_CLOSE)
  }

  /** A new connection, NOT_OURS, or negative when the packet was dropped or refused. */
  private open(p: number): number {
    const service = serviceOf(this, p)
    if (service === undefined) {
      this.explanations.leftToHost(p)
      return NOT_OURS
    }
    if (this.defences.dropsPacket()) {
      this.output.drop(this.host, p, DROP_IPVS_RATE)
      return REFUSE
    }
    const c = openConnection(this, p, service)
    if (c > 0) {
      service.refusing = false
      service.passing = false
      return c
    }
    this.explanations.refused(service, p)
    this.refuse(p)
    return REFUSE
  }

  /** ICMP port unreachable from the virtual address, if the client has not had too many of late. */
  private refuse(p: number): void {
    const { packets, output } = this
    if (mayRefuse(this.refusals, packets.src[p], this.jiffy(), this.clock.hz)) this.env.icmpError(this.host, packets.dst[p], UNREACHABLE, p)
    output.drop(this.host, p, DROP_IPVS_NO_DESTINATION)
  }

  /** Counts, follows the state, sends the packet on and restarts the timer. */
  private accept(c: number, p: number, kind: number): void {
    const { table } = this
    const { counters } = this.dests
    const dest = table.dest[c]
    counters.inPackets[dest]++
    counters.inBytes[dest] += this.packets.ipBytes[p]
    if (kind === PACKET_TCP) this.entries.tcpPacket(c, DIRECTION_INPUT, this.packets.flags[p])
    else table.timeout[c] = this.udpTimeout
    const packetNumber = (table.flags[c] & FLAG_ONE_PACKET) !== 0 ? this.settings.sync_threshold : ++table.inPackets[c]
    const server = table.server[c]
    const serverPort = table.serverPort[c]
    const forward = table.flags[c] & FORWARD_MASK
    if (this.sync.isMaster) this.sync.offer(c, packetNumber)
    this.entries.release(c, this.jiffy())
    this.transmit(p, forward, server, serverPort)
  }

  /** Sends a packet (counted already) to a server by the connection's method. */
  transmit(p: number, forward: number, server: number, serverPort: number): void {
    const { packets, output } = this
    if (packets.ttl[p] <= 1) {
      output.drop(this.host, p, DROP_TTL)
      return
    }
    const bytes = packets.ipBytes[p] + (forward === FORWARD_TUNNEL ? IPV4_HEADER_BYTES : 0)
    if (bytes > this.smallestMtuBytes && this.tooLarge(p, forward, server)) return
    packets.ttl[p]--
    if (forward === FORWARD_TUNNEL && !output.isLocal(this.host, server)) {
      const source = output.sourceFor(this.host, server)
      if (source < 0) {
        output.drop(this.host, p, DROP_NO_ROUTE)
        return
      }
      encapsulate(packets, p, source, server)
    } else if (forward === FORWARD_MASQ) {
      packets.flow[p] = 0
      packets.natVip[p] = packets.dst[p]
      packets.dst[p] = server
      packets.dstPort[p] = serverPort
    }
    output.sendVia(this.host, p, server)
  }

  /** More than fits the way to the server, tunnel header included: the client is told and the packet dropped. */
  private tooLarge(p: number, forward: number, server: number): boolean {
    const { packets, output } = this
    const mtu = output.mtuTo?.(this.host, server) ?? Number.POSITIVE_INFINITY
    const tunnel = forward === FORWARD_TUNNEL
    const room = tunnel ? mtu - IPV4_HEADER_BYTES : mtu
    if (packets.ipBytes[p] <= room || (tunnel && this.settings.pmtu_disc === 0)) return false
    const message = { type: ICMP_UNREACHABLE, code: ICMP_FRAGMENTATION_NEEDED, mtuBytes: room }
    if (packets.kind[p] !== PACKET_ICMP) this.env.icmpError(this.host, packets.dst[p], message, p)
    output.drop(this.host, p, DROP_TOO_LARGE)
    return true
  }

  // ---- timers and snapshots

  /** The timers of the jiffy that begins now. */
  runTimers(): void {
    this.entries.wheel.run(this.jiffy())
  }

  /** A service's totals are the sums over all servers it ever had; packets count at the server only. */
  sumCounters(): void {
    const { counters, list } = this.services
    for (const service of list) counters.resetTotals(service.id)
    for (let dest = 1; dest < this.dests.rows; dest++) counters.add(this.dests.service[dest], this.dests.counters, dest)
  }

  /** Seconds left as ipvsadm shows them: whole ones, 0 while the timer is overdue. */
  secondsLeft(c: number): number {
    return Math.floor(Math.max(0, this.table.expires[c] - this.jiffy()) / this.clock.hz)
  }

  /** ns at which the entry's timer, as it is now, will run. */
  goneAt(c: number): number {
    return this.clock.timeOf(this.table.fires[c])
  }
}
