/**
 * The life of a connection entry: made and bound to a server, counted as active or inactive, expired, deleted.
 *
 * Rules: net/netfilter/ipvs/ip_vs_conn.c and ip_vs_proto_tcp.c of Linux 6.1. A connection of a persistent service points
 * to its template (`control`), and a template whose time is up while it still controls connections waits
 * another 60 s, which stays its timeout from then on (recording p01).
 */
import type { JiffyClock } from '../../base/timer-wheel.ts'
import { TCP_FIN } from '../../net/index.ts'
import {
  ConnectionTable,
  FLAG_ASSURED,
  FLAG_INACTIVE,
  FLAG_NO_OUTPUT,
  FLAG_ONE_PACKET,
  FLAG_SYNC,
  FLAG_TEMPLATE,
  FORWARD_MASK,
  FORWARD_MASQ,
} from './connection-table.ts'
import { DEST_OVERLOADED, type Destinations } from './destinations.ts'
import type { KernelRelease } from './environment.ts'
import { ExpiryWheel } from './expiry-wheel.ts'
import {
  DIRECTION_INPUT_ONLY,
  DIRECTION_OUTPUT,
  nextState,
  TCP_ACTIVE,
  TCP_ACTIVE_OLD,
  TCP_ESTABLISHED,
  TCP_TABLE,
  TCP_TABLE_DOS,
  type TcpTable,
  tcpTimeoutsOf,
} from './tcp-states.ts'

/** A new entry's timeout until its first packet has been through the state table. */
const FIRST_TIMEOUT_S = 3
const UNUSED_TEMPLATE_S = 60

export interface EntryListener {
  /** Asks for `runTimers` at the beginning of a jiffy. */
  wake(jiffy: number): void
  /** A template's timer ran out while it controls connections. */
  templateKept(c: number): void
  /** A connection became inactive by the client's FIN. */
  becameInactive(c: number): void
  /** A server has reached its upper threshold. */
  overloaded(dest: number): void
  /** A packet with these TCP flags changed its state. */
  changed(c: number, before: number, after: number, direction: number, tcpFlags: number): void
  /** Its timer ran out, or it is ended: it goes now. */
  expired(c: number): void
  /** An entry is gone; its row may become another's. */
  removed(): void
}

export interface NewEntry {
  readonly protocol: number
  readonly client: number
  readonly clientPort: number
  readonly virtual: number
  readonly virtualPort: number
  readonly server: number
  readonly serverPort: number
}

export class Entries {
  readonly table = new ConnectionTable()
  readonly wheel: ExpiryWheel
  readonly dests: Destinations
  readonly tcpTimeouts: Int32Array
  private tcpTable: TcpTable = TCP_TABLE
  private readonly activeStates: readonly boolean[]
  private readonly assuresTemplates: boolean
  private readonly hz: number
  private readonly listener: EntryListener

  constructor(dests: Destinations, clock: JiffyClock, listener: EntryListener, kernel: KernelRelease = '6.x') {
    this.activeStates = kernel === '4.4' ? TCP_ACTIVE_OLD : TCP_ACTIVE
    this.assuresTemplates = kernel !== '4.4'
    this.dests = dests
    this.hz = clock.hz
    this.listener = listener
    this.tcpTimeouts = tcpTimeoutsOf(clock.hz)
    const actions = { wake: (jiffy: number) => listener.wake(jiffy), expire: (c: number, jiffy: number) => this.expire(c, jiffy) }
    this.wheel = new ExpiryWheel(this.table, clock, actions, kernel === '4.4')
  }

  defend(on: boolean): void {
    this.tcpTable = on ? TCP_TABLE_DOS : TCP_TABLE
  }

  /** A new entry of `dest` (0 = none), with `flags` from those of connection-table.ts. Its timer is not armed yet. */
  create(key: NewEntry, dest: number, flags: number): number {
    const { table } = this
    if ((flags & FLAG_TEMPLATE) !== 0) table.keep('enqueued')
    const c = table.add(key.protocol, key.client, key.clientPort, key.virtual, key.virtualPort, flags)
    table.server[c] = key.server
    table.serverPort[c] = key.serverPort
    table.timeout[c] = FIRST_TIMEOUT_S * this.hz
    table.dest[c] = 0
    if (table.syncEnds.length > 0) table.syncEnds[c] = 0
    if (dest !== 0) this.bind(c, dest)
    return c
  }

  /** Points an entry to its destination and counts it there; one learnt by sync keeps its own activity. */
  bind(c: number, dest: number): void {
    const { table, dests } = this
    const forward = dests.forward[dest]
    let flags = table.flags[c] & ~(FORWARD_MASK | FLAG_NO_OUTPUT)
    flags |= forward === FORWARD_MASQ ? 0 : forward | FLAG_NO_OUTPUT
    if ((flags & FLAG_SYNC) === 0 || (flags & FLAG_TEMPLATE) !== 0) flags |= FLAG_INACTIVE
    table.flags[c] = flags
    table.dest[c] = dest
    if ((flags & FLAG_TEMPLATE) !== 0) dests.persistent[dest]++
    else if ((flags & FLAG_INACTIVE) !== 0) dests.inactive[dest]++
    else dests.active[dest]++
    const upper = dests.upper[dest]
    if (upper === 0 || dests.active[dest] + dests.inactive[dest] < upper || (dests.flags[dest] & DEST_OVERLOADED) !== 0) return
    dests.flags[dest] |= DEST_OVERLOADED
    this.listener.overloaded(dest)
  }

  private unbind(c: number): void {
    const { table, dests } = this
    const dest = table.dest[c]
    if (dest === 0) return
    const flags = table.flags[c]
    if ((flags & FLAG_TEMPLATE) !== 0) dests.persistent[dest]--
    else if ((flags & FLAG_INACTIVE) !== 0) dests.inactive[dest]--
    else dests.active[dest]--
    if ((dests.flags[dest] & DEST_OVERLOADED) === 0) return
    const total = dests.active[dest] + dests.inactive[dest]
    const lower = dests.lower[dest]
    const upper = dests.upper[dest]
    const clear = lower !== 0 ? total < lower : upper === 0 || total * 4 < upper * 3
    if (clear) dests.flags[dest] &= ~DEST_OVERLOADED
  }

  /** A TCP packet's flags change the state, the counters and the timeout. */
  tcpPacket(c: number, direction: number, tcpFlags: number): void {
    const { table } = this
    let d = direction
    if ((table.flags[c] & FLAG_NO_OUTPUT) !== 0) {
      if (direction === DIRECTION_OUTPUT) table.flags[c] &= ~FLAG_NO_OUTPUT
      else d = DIRECTION_INPUT_ONLY
    }
    const state = nextState(this.tcpTable, d, tcpFlags, table.state[c])
    if (state !== table.state[c]) {
      if (table.dest[c] !== 0) this.countState(c, state, tcpFlags)
      if (state === TCP_ESTABLISHED) this.assureTemplate(c)
      const before = table.state[c]
      table.state[c] = state
      this.listener.changed(c, before, state, d, tcpFlags)
    }
    table.timeout[c] = this.tcpTimeouts[state]
  }

  private countState(c: number, state: number, tcpFlags: number): void {
    const { table, dests } = this
    const dest = table.dest[c]
    const inactive = (table.flags[c] & FLAG_INACTIVE) !== 0
    if (!inactive && !this.activeStates[state]) {
      dests.active[dest]--
      dests.inactive[dest]++
      table.flags[c] |= FLAG_INACTIVE
      if ((tcpFlags & TCP_FIN) !== 0) this.listener.becameInactive(c)
    } else if (inactive && this.activeStates[state]) {
      dests.active[dest]++
      dests.inactive[dest]--
      table.flags[c] &= ~FLAG_INACTIVE
    }
  }

  /** The sync daemon says whether a connection counts as active. */
  setActivity(c: number, inactive: boolean): void {
    const { table, dests } = this
    if ((table.flags[c] & FLAG_TEMPLATE) !== 0 || ((table.flags[c] & FLAG_INACTIVE) !== 0) === inactive) return
    table.flags[c] ^= FLAG_INACTIVE
    const dest = table.dest[c]
    if (dest === 0) return
    dests.active[dest] += inactive ? -1 : 1
    dests.inactive[dest] += inactive ? 1 : -1
  }

  /** The template of connection `c` has led to something. */
  assureTemplate(c: number): void {
    if (!this.assuresTemplates) return
    const template = this.table.control[c]
    if (template !== 0 && (this.table.flags[c] & FLAG_TEMPLATE) === 0) this.table.flags[template] |= FLAG_ASSURED
  }

  control(c: number, template: number): void {
    this.table.control[c] = template
    this.table.control[template]++
  }

  /** The timer restarts at the end of every packet; an entry made for one packet goes instead. */
  release(c: number, now: number): void {
    const { table } = this
    if ((table.flags[c] & FLAG_ONE_PACKET) !== 0) this.expire(c, now)
    else this.wheel.arm(c, now, table.timeout[c])
  }

  /** Its timer will run at the next tick. */
  expireNow(c: number, now: number): void {
    if (this.wheel.isArmed(c) && this.table.expires[c] > now) this.wheel.arm(c, now, 0)
  }

  /** Gone at once, with a template that nothing needs any more. */
  delete(c: number, now: number): void {
    if (!this.wheel.isArmed(c)) return
    this.wheel.cancel(c)
    if ((this.table.flags[c] & FLAG_TEMPLATE) === 0 && this.table.control[c] !== 0) this.table.timeout[c] = 0
    this.expire(c, now)
  }

  private expire(c: number, now: number): void {
    const { table } = this
    const isTemplate = (table.flags[c] & FLAG_TEMPLATE) !== 0
    if (isTemplate && table.control[c] > 0) {
      table.timeout[c] = UNUSED_TEMPLATE_S * this.hz
      this.listener.templateKept(c)
      this.wheel.arm(c, now + 1, table.timeout[c] - 1)
      return
    }
    this.listener.expired(c)
    this.wheel.cancel(c)
    this.unbind(c)
    const template = isTemplate ? 0 : table.control[c]
    const dropped = table.timeout[c] === 0
    table.remove(c)
    this.listener.removed()
    if (template === 0) return
    table.control[template]--
    if (dropped && table.control[template] === 0 && (table.flags[template] & FLAG_ASSURED) === 0) this.delete(template, now)
  }
}
