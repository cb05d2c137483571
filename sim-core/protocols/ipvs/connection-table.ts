/**
 * The connection table of one director: a row of typed arrays an entry, chained in a hash of (protocol, client, port).
 *
 * As in the kernel, virtual address and port take no part in the hash, so replies of NAT servers find their connection
 * in the same chains; and a new entry goes to the head of its chain, because for one tick an entry that is being
 * replaced and its successor have the same key. Row 0 is "none". Rows grow by an eighth, so that the table stays
 * below 100 bytes an entry (benchmark W6) at any size; a chain holds one entry on average, so a look-up costs the same in a
 * table of ten and of a hundred thousand. Twin: test/protocols/ipvs/connection-table.test.ts.
 *
 * Columns are public for the packet path; whoever writes keys or timers does it through add, remove and ExpiryWheel.
 */
import { type Stateful, widen } from '../../base/tables.ts'

export const FORWARD_MASQ = 0
export const FORWARD_TUNNEL = 2
export const FORWARD_ROUTE = 3
/** The two lowest bits of `flags` say how packets reach the server. */
export const FORWARD_MASK = 3
/** A persistence template: leads a client's next connections to the same server. */
export const FLAG_TEMPLATE = 4
/** Counted in InActConn, not in ActiveConn. */
export const FLAG_INACTIVE = 8
/** No packet from server to client has been seen. */
export const FLAG_NO_OUTPUT = 16
/** Made by a packet of a one-packet service: never in the hash, gone when the packet is. */
export const FLAG_ONE_PACKET = 32
/** Learnt from the sync daemon. */
export const FLAG_SYNC = 64
/** A template that led a connection to ESTABLISHED. */
export const FLAG_ASSURED = 128

const COLUMNS = [
  ...['client', 'virtual', 'ports', 'server', 'next', 'dest', 'control', 'inPackets'],
  ...['expires', 'timeout', 'fires', 'slot', 'slotNext', 'slotPrevious', 'serverPort', 'protocol', 'state', 'flags', 'oldState'],
] as const

const CAPACITY = 64

export class ConnectionTable implements Stateful {
  readonly stateFields = [...COLUMNS, 'heads', 'count', 'rows', 'freeRow', 'enqueued', 'syncEnds']
  /** Address rows. Of a template: the client's network and the virtual address, or the mark of a firewall-mark service. */
  client = new Int32Array(CAPACITY)
  virtual = new Int32Array(CAPACITY)
  /** client port << 16 | virtual port */
  ports = new Int32Array(CAPACITY)
  /** Address row of the server; its port is `serverPort`. */
  server = new Int32Array(CAPACITY)
  serverPort = new Uint16Array(CAPACITY)
  protocol = new Uint8Array(CAPACITY)
  state = new Uint8Array(CAPACITY)
  flags = new Uint8Array(CAPACITY)
  /** State of the last sync message about it. */
  oldState = new Uint8Array(CAPACITY)
  /** Row of the destination, 0 = none (learnt by sync, not configured here). */
  dest = new Int32Array(CAPACITY)
  /** Of a connection: row of its template, 0 = none. Of a template: how many connections it controls. */
  control = new Int32Array(CAPACITY)
  inPackets = new Int32Array(CAPACITY)
  /** Timer, all in jiffies: what was asked for, the entry's timeout, when the wheel runs it, and the slot that it waits in. */
  expires = new Int32Array(CAPACITY)
  timeout = new Int32Array(CAPACITY)
  fires = new Int32Array(CAPACITY)
  slot = new Int32Array(CAPACITY)
  slotNext = new Int32Array(CAPACITY)
  slotPrevious = new Int32Array(CAPACITY)
  /** Order in which timers entered their bucket; kept only once there are templates (expiry-wheel.ts). */
  enqueued = new Float64Array(0)
  /** sync_endtime of the kernel, kept only while a master sync daemon runs. */
  syncEnds = new Int32Array(0)
  count = 0
  private next = new Int32Array(CAPACITY)
  private heads = new Int32Array(CAPACITY)
  private rows = 1
  private freeRow = 0

  /** The entry of a packet from the client; 0 = none. A template (client port 0) is not found unless asked for with port 0. */
  find(protocol: number, client: number, clientPort: number, virtual: number, virtualPort: number): number {
    const ports = (clientPort << 16) | virtualPort
    let c = this.heads[this.bucket(protocol, client, clientPort)]
    while (c !== 0) {
      if (this.ports[c] === ports && this.client[c] === client && this.virtual[c] === virtual && this.protocol[c] === protocol) return c
      c = this.next[c]
    }
    return 0
  }

  /** The entry of a packet from a server to `client`: with NAT it comes from the server's address, otherwise from the virtual one. */
  findReply(protocol: number, source: number, sourcePort: number, client: number, clientPort: number): number {
    let c = this.heads[this.bucket(protocol, client, clientPort)]
    for (; c !== 0; c = this.next[c]) {
      if (this.client[c] !== client || this.ports[c] >>> 16 !== clientPort || this.protocol[c] !== protocol) continue
      const masq = (this.flags[c] & FORWARD_MASK) === FORWARD_MASQ
      const address = masq ? this.server[c] : this.virtual[c]
      const port = masq ? this.serverPort[c] : this.ports[c] & 0xffff
      if (address === source && port === sourcePort) return c
    }
    return 0
  }

  /** A new entry, in the hash unless it is for one packet; counters, timer and the rest are the caller's. */
  add(protocol: number, client: number, clientPort: number, virtual: number, virtualPort: number, flags: number): number {
    let c = this.freeRow
    if (c !== 0) this.freeRow = this.next[c]
    else {
      c = this.rows++
      if (c === this.client.length) this.grow()
    }
    this.client[c] = client
    this.virtual[c] = virtual
    this.ports[c] = (clientPort << 16) | virtualPort
    this.protocol[c] = protocol
    this.flags[c] = flags
    this.state[c] = 0
    this.oldState[c] = 0
    this.control[c] = 0
    this.inPackets[c] = 0
    this.slot[c] = 0
    this.count++
    if (this.count > this.heads.length) this.rehash(this.heads.length * 2)
    if ((flags & FLAG_ONE_PACKET) === 0) this.hash(c)
    return c
  }

  /** Takes an entry out; its row may be used again at once. */
  remove(c: number): void {
    if ((this.flags[c] & FLAG_ONE_PACKET) === 0) this.unhash(c)
    this.protocol[c] = 0
    this.ports[c] = 0
    this.flags[c] = 0
    this.dest[c] = -1
    this.next[c] = this.freeRow
    this.freeRow = c
    this.count--
  }

  /** Gives an entry other ports (a template that is no longer valid hides behind port 65535). */
  changePorts(c: number, clientPort: number, virtualPort: number, serverPort: number): void {
    this.unhash(c)
    this.ports[c] = (clientPort << 16) | virtualPort
    this.serverPort[c] = serverPort
    this.hash(c)
  }

  /** Calls `visit` for every entry in row order, which depends only on what happened. */
  forEach(visit: (c: number) => void): void {
    for (let c = 1; c < this.rows; c++) if (this.dest[c] >= 0) visit(c)
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    let sum = this.heads.byteLength + this.enqueued.byteLength + this.syncEnds.byteLength
    for (const column of COLUMNS) sum += this[column as 'client'].byteLength
    return sum
  }

  /** Entries looked at until the wanted one is found, on average over all entries in the hash. */
  meanChain(): number {
    let steps = 0
    let entries = 0
    for (const head of this.heads) for (let c = head, k = 1; c !== 0; c = this.next[c], k++, entries++) steps += k
    return entries === 0 ? 0 : steps / entries
  }

  /** From now on the order of timers, or the sync end times, are kept for every row. */
  keep(column: 'enqueued' | 'syncEnds'): void {
    if (column === 'enqueued' && this.enqueued.length === 0) this.enqueued = new Float64Array(this.client.length)
    if (column === 'syncEnds' && this.syncEnds.length === 0) this.syncEnds = new Int32Array(this.client.length)
  }

  private bucket(protocol: number, client: number, clientPort: number): number {
    const h = Math.imul(client, 0x85ebca6b | 0) ^ Math.imul(clientPort + (protocol << 16), 0x9e3779b1 | 0)
    return (h ^ (h >>> 15)) & (this.heads.length - 1)
  }

  private hash(c: number): void {
    const b = this.bucket(this.protocol[c], this.client[c], this.ports[c] >>> 16)
    this.next[c] = this.heads[b]
    this.heads[b] = c
  }

  private unhash(c: number): void {
    const b = this.bucket(this.protocol[c], this.client[c], this.ports[c] >>> 16)
    let before = this.heads[b]
    if (before === c) {
      this.heads[b] = this.next[c]
      return
    }
    while (this.next[before] !== c) before = this.next[before]
    this.next[before] = this.next[c]
  }

  private rehash(size: number): void {
    const order: number[] = []
    for (const head of this.heads) {
      const chain: number[] = []
      for (let c = head; c !== 0; c = this.next[c]) chain.push(c)
      for (let i = chain.length - 1; i >= 0; i--) order.push(chain[i])
    }
    this.heads = new Int32Array(size)
    for (const c of order) this.hash(c)
  }

  private grow(): void {
    const n = this.client.length + Math.max(CAPACITY, this.client.length >> 3)
    for (const column of COLUMNS) (this as Record<string, unknown>)[column] = widen(this[column as 'client'], n)
    if (this.enqueued.length > 0) this.enqueued = widen(this.enqueued, n)
    if (this.syncEnds.length > 0) this.syncEnds = widen(this.syncEnds, n)
  }
}
