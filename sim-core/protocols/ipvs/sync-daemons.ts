/**
 * The connection sync daemons of one director: the master tells, in batches, the backup learns.
 *
 * The master's thread looks once a second (by the timer wheel: 1.04 s at HZ 100) and sends what has been waiting for two
 * seconds; a message that is full goes out three ticks after it filled. So a backup knows nothing of the youngest
 * two to three seconds, nor of what was opened before it joined. Entries that it learnt expire by its own timers.
 */
import type { Stateful } from '../../base/tables.ts'
import { PACKET_TCP } from '../../net/index.ts'
import { FLAG_ASSURED, FLAG_INACTIVE, FLAG_ONE_PACKET, FLAG_TEMPLATE, FORWARD_MASK, FORWARD_MASQ } from './connection-table.ts'
import type { Director } from './director.ts'
import {
  flagsOfRecord,
  MESSAGE_HEADER_BYTES,
  MESSAGE_HEADER_BYTES_V0,
  RECORD_BYTES,
  RECORD_BYTES_V0,
  type SyncDatagram,
  type SyncRecord,
  wireFlags,
  worthTelling,
} from './sync-messages.ts'

const CHECK_S = 1
const FLUSH_S = 2
/** A full message leaves when eight wait, or after this delay (20 ms, rounded up to jiffies). */
const WAKEUP_RATE = 8
const sendDelayJiffies = (hz: number): number => Math.max(1, Math.floor((hz + 49) / 50))
const LEARNT_TEMPLATE_S = 180
/** Without `--sync-maxlen`: what fits an Ethernet frame of 1500 bytes, less 28 of IP and UDP. */
const MAXLEN_BYTES = 1472

export interface SyncDaemonOptions {
  readonly interface: string
  readonly syncId: number
  readonly maxlen?: number
}

interface Batch {
  records: SyncRecord[]
  /** Jiffy of the first record. */
  since: number
}

export type SyncTimer = 'thread' | 'wake-up'

export class SyncDaemons implements Stateful {
  readonly stateFields = ['master', 'backup', 'isMaster', 'isBackup', 'current', 'queue', 'queueDelay']
  master: SyncDaemonOptions | null = null
  backup: SyncDaemonOptions | null = null
  /** Plain fields, because every packet asks. */
  isMaster = false
  isBackup = false
  private current: Batch | null = null
  private queue: Batch[] = []
  private queueDelay = 0
  /** Set by whoever owns the timers: asks for `thread()` or `wakeUp()` after some jiffies, or never (−1). */
  arm: (timer: SyncTimer, jiffies: number) => void = () => undefined
  private readonly d: Director

  constructor(director: Director) {
    this.d = director
  }

  start(role: 'master' | 'backup', options: SyncDaemonOptions): void {
    if (role === 'backup') {
      this.backup = options
      this.isBackup = true
      this.d.env.syncMember?.(this.d.host, options.interface, true)
      return
    }
    this.d.table.keep('syncEnds')
    this.master = options
    this.isMaster = true
    this.thread()
  }

  stop(role: 'master' | 'backup'): void {
    if (role === 'backup') {
      if (this.backup !== null) this.d.env.syncMember?.(this.d.host, this.backup.interface, false)
      this.backup = null
      this.isBackup = false
      return
    }
    this.master = null
    this.isMaster = false
    this.current = null
    this.queue = []
    this.queueDelay = 0
    this.arm('thread', -1)
    this.arm('wake-up', -1)
  }

  /** A packet of entry `c` was the `packetNumber`-th; tells about it, and then about its template. */
  offer(c: number, packetNumber: number): void {
    const { table, settings, clock } = this.d
    const now = this.d.jiffy()
    const tell = worthTelling(table, c, packetNumber, now, settings, clock.hz)
    if (tell) this.append(this.recordOf(c))
    if ((table.flags[c] & FLAG_TEMPLATE) !== 0) return
    const template = table.control[c]
    if (template !== 0) this.offer(template, ++table.inPackets[template])
  }

  /** A template's time ran out while it controls connections: the backup is told its new timeout. */
  templateKept(c: number): void {
    if (this.isMaster) this.offer(c, this.d.settings.sync_threshold)
  }

  // ---- master

  private recordOf(c: number): SyncRecord {
    const { table, env, clock, settings, services, dests } = this.d
    const value = env.addresses.value
    const flags = table.flags[c]
    const isTemplate = (flags & FLAG_TEMPLATE) !== 0
    return {
      protocol: table.protocol[c],
      state: isTemplate ? Math.sign(flags & FLAG_ASSURED) : table.state[c],
      timeoutS: settings.sync_version === 0 ? 0 : Math.floor(table.timeout[c] / clock.hz),
      flags: wireFlags(flags),
      client: value[table.client[c]],
      clientPort: table.ports[c] >>> 16,
      virtual: value[table.virtual[c]],
      virtualPort: table.ports[c] & 0xffff,
      server: value[table.server[c]],
      serverPort: table.serverPort[c],
      mark: services.byId(dests.service[table.dest[c]])?.mark ?? 0,
    }
  }

  private get recordBytes(): number {
    return this.d.settings.sync_version === 0 ? RECORD_BYTES_V0 : RECORD_BYTES
  }

  private get headerBytes(): number {
    return this.d.settings.sync_version === 0 ? MESSAGE_HEADER_BYTES_V0 : MESSAGE_HEADER_BYTES
  }

  private append(record: SyncRecord): void {
    const room = Math.floor(((this.master?.maxlen ?? MAXLEN_BYTES) - this.headerBytes) / this.recordBytes)
    if (this.current !== null && this.current.records.length >= Math.max(1, room)) {
      this.enqueue(this.current)
      this.current = null
    }
    this.current ??= { records: [], since: this.d.jiffy() }
    this.current.records.push(record)
  }

  private enqueue(batch: Batch): void {
    if (this.queue.length === 0) this.arm('wake-up', sendDelayJiffies(this.d.clock.hz))
    this.queue.push(batch)
    if (++this.queueDelay === WAKEUP_RATE) this.thread()
  }

  /** The delayed work: wakes the thread for messages that wait. */
  wakeUp(): void {
    if (this.queue.length === 0 || this.queueDelay >= WAKEUP_RATE) return
    this.queueDelay = WAKEUP_RATE
    this.thread()
  }

  /** The thread is awake: sends what waits and what is old enough, then sleeps a second. */
  thread(): void {
    if (this.master === null) return
    for (const batch of this.queue) this.send(batch)
    this.queue = []
    this.queueDelay = 0
    if (this.current !== null && this.d.jiffy() - this.current.since >= FLUSH_S * this.d.clock.hz) {
      this.send(this.current)
      this.current = null
    }
    this.arm('thread', CHECK_S * this.d.clock.hz)
  }

  private send(batch: Batch): void {
    const master = this.master as SyncDaemonOptions
    const bytes = this.headerBytes + batch.records.length * this.recordBytes
    const datagram: SyncDatagram = {
      kind: 'ipvs-sync',
      syncId: master.syncId,
      version: this.d.settings.sync_version,
      bytes,
      records: batch.records,
    }
    this.d.env.sendSync(this.d.host, master.interface, datagram, bytes)
  }

  // ---- backup

  receive(datagram: SyncDatagram): void {
    if (this.backup === null || (this.backup.syncId !== 0 && datagram.syncId !== this.backup.syncId)) return
    for (const record of datagram.records) this.learn(record)
  }

  private learn(record: SyncRecord): void {
    const { d } = this
    const { table, entries, settings, clock, env } = d
    const flags = flagsOfRecord(record)
    const { protocol, clientPort, virtualPort, serverPort } = record
    const [client, virtual, server] = [record.client, record.virtual, record.server].map(ip => env.addresses.intern(ip))
    let c = table.find(protocol, client, clientPort, virtual, virtualPort)
    const moved = c !== 0 && (table.server[c] !== server || table.serverPort[c] !== serverPort)
    // A template that leads elsewhere here keeps its server and takes the rest of the record (ip_vs_proc_conn, Linux 6.1).
    if (moved && (flags & FLAG_TEMPLATE) === 0) {
      if ((flags & FLAG_INACTIVE) !== 0) return // the last word about a connection that was replaced
      d.story.ended(c, 'another server')
      entries.expireNow(c, d.jiffy())
      c = 0
    }
    const isNew = c === 0
    if (isNew) {
      const key = { protocol, client, clientPort, virtual, virtualPort, server, serverPort }
      c = entries.create(key, this.destOf(record, server, flags), flags & ~FLAG_ONE_PACKET)
    } else {
      entries.setActivity(c, (flags & FLAG_INACTIVE) !== 0)
      if (table.dest[c] === 0) {
        const dest = this.destOf(record, server, flags)
        if (dest !== 0) entries.bind(c, dest)
      }
    }
    table.flags[c] = (table.flags[c] & ~FLAG_ASSURED) | (flags & FLAG_ASSURED)
    table.inPackets[c] = settings.sync_threshold
    table.state[c] = (flags & FLAG_TEMPLATE) !== 0 ? 0 : record.state
    table.oldState[c] = table.state[c]
    table.timeout[c] = record.timeoutS > 0 ? record.timeoutS * clock.hz : this.timeoutOf(record, flags)
    if (isNew) d.story.learnt(c)
    entries.release(c, d.jiffy())
  }

  private timeoutOf(record: SyncRecord, flags: number): number {
    const { entries, udpTimeout, clock } = this.d
    if ((flags & FLAG_TEMPLATE) !== 0) return LEARNT_TEMPLATE_S * clock.hz
    return record.protocol === PACKET_TCP ? entries.tcpTimeouts[record.state] : udpTimeout
  }

  /** The destination configured here for a learnt connection; 0 = none, then it is used all the same, by its own address. */
  private destOf(record: SyncRecord, server: number, flags: number): number {
    const { services, dests, env } = this.d
    const service = services.find(record.protocol, env.addresses.intern(record.virtual), record.virtualPort, record.mark)
    if (service === undefined) return 0
    const port = record.mark !== 0 && (flags & FORWARD_MASK) !== FORWARD_MASQ ? 0 : record.serverPort
    const at = (wanted: number): number | undefined => service.servers.find(s => dests.address[s] === server && dests.port[s] === wanted)
    return at(port) ?? at(port === 0 ? record.serverPort : 0) ?? 0
  }
}
