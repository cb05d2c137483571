/**
 * The life of single entries, told step by step with the rule behind each: of every service the first few connections of
 * a director are followed from the choice of their server to the end of their timer. All others behave alike.
 */
import { SECOND_NS, secondsText } from '../../base/units.ts'
import { because, type Cause } from '../../trace/contract.ts'
import { flagsText } from '../../trace/packet-view.ts'
import { FLAG_INACTIVE, FLAG_ONE_PACKET } from './connection-table.ts'
import type { Director } from './director.ts'
import type { EntryListener } from './entries.ts'
import { serverText, serviceText, stateName } from './listing.ts'
import { schedulerNamed } from './schedulers/index.ts'
import type { Service } from './services.ts'
import { DEFENCE_ALWAYS } from './settings.ts'
import { DIRECTION_NAMES, TCP_STATE_NAMES } from './tcp-states.ts'

/** Entries that are followed: of a service (a template, its first connection and its next), and of a director at once. */
const FOLLOWED_OF_SERVICE = 3
const FOLLOWED_MAX = 200
/** Changes of one entry that are told; keep-alive sessions have no more. */
const STEPS_MAX = 16

export class EntryStory {
  readonly stateFields = ['followed', 'seen']
  /** Rows that are followed: steps told so far. */
  followed = new Map<number, number>()
  /** By service id: connections that were followed. */
  private seen = new Map<number, number>()
  private readonly d: Director

  constructor(director: Director) {
    this.d = director
  }

  /** A new connection got its server from the scheduler, or from a template (row, 0: none). */
  opened(c: number, service: Service, dest: number, template: number): void {
    if (!this.begins(c, service)) return
    const { dests } = this.d
    const server = serverText(this.d, dest)
    const what = `entry of ${this.d.explanations.clientOf(c)} → ${server}`
    if (template !== 0) {
      const persistence_s = service.persistenceJiffies / this.d.clock.hz
      const why = `a persistence template leads this client to ${server} for ${persistence_s} s after its last new connection`
      this.tell(c, what, because('entry-from-template', why, { ...this.who(c), server, persistence_s }))
      return
    }
    // Counted already: the new one is inactive until its first packet has been through the table of states.
    const [weight, active, inactive] = [dests.weight[dest], dests.active[dest], dests.inactive[dest] - 1]
    const [rule] = (schedulerNamed(service.scheduler)?.rule ?? '').split(';')
    const why = `${service.scheduler} takes ${rule}: ${server} (weight ${weight}, ${active} active, ${inactive} inactive)`
    const { scheduler } = service
    this.tell(c, what, because('entry-scheduled', why, { ...this.who(c), server, scheduler, weight, active, inactive }))
  }

  /** The first connection of a client network to a persistent service made a template. */
  templateMade(c: number, service: Service, dest: number): void {
    if (!this.begins(c, service)) return
    const server = serverText(this.d, dest)
    const persistence_s = service.persistenceJiffies / this.d.clock.hz
    const why = `persistent service: the client’s network goes to ${server} until ${persistence_s} s have passed since its last new connection`
    this.tell(
      c,
      `template of ${this.d.explanations.clientOf(c)} → ${server}`,
      because('template-made', why, { ...this.who(c), server, persistence_s }),
    )
  }

  /** Another director's sync daemon told of a connection. */
  learnt(c: number): void {
    const { d } = this
    const dest = d.table.dest[c]
    const service = d.services.byId(d.dests.service[dest])
    if (dest === 0 || service === undefined || !this.begins(c, service)) return
    const server = serverText(d, dest)
    const state = stateName(d, c)
    const timeout_s = d.table.timeout[c] / d.clock.hz
    const why = `another director’s sync daemon told of it; it expires here after ${timeout_s} s without news`
    const cause = because('entry-synced', why, { ...this.who(c), server, state, timeout_s })
    this.tell(c, `entry of ${d.explanations.clientOf(c)} → ${server}, ${state}`, cause)
  }

  /** A packet with these TCP flags changed the state. */
  changed(c: number, before: number, after: number, direction: number, tcpFlags: number): void {
    if (!this.isFollowed(c)) return
    const { table, clock, settings } = this.d
    const [from, to] = [TCP_STATE_NAMES[before], TCP_STATE_NAMES[after]]
    const flags = flagsText(tcpFlags)
    const timeout_s = this.d.entries.tcpTimeouts[after] / clock.hz
    const counts_as = (table.flags[c] & FLAG_INACTIVE) !== 0 ? 'InActConn' : 'ActiveConn'
    const column = DIRECTION_NAMES[direction]
    const states = settings.secure_tcp >= DEFENCE_ALWAYS ? 'dos' : 'normal'
    const dos = states === 'dos' ? ' of secure_tcp' : ''
    const cause = because(
      'entry-state',
      `${flags} from ${SIDES[column]} (table ${column}${dos}): ${to} counts as ${counts_as} and lasts ${timeout_s} s without a packet`,
      { ...this.who(c), state_before: from, state: to, flags, direction: column, table: states, timeout_s, counts_as },
    )
    this.tell(c, `entry of ${this.d.explanations.clientOf(c)}: ${from} → ${to}`, cause)
  }

  /** A template's time was up while it controls connections. */
  kept(c: number): void {
    if (!this.isFollowed(c)) return
    const { d } = this
    const { table, clock } = d
    const timeoutNs = table.timeout[c] * clock.tickNs
    const now = d.env.engine.now
    const [controls, timeout] = [table.control[c], timeoutNs / SECOND_NS]
    const inputs = {
      state: stateName(d, c),
      counts_as: 'persistent',
      connections: controls,
      last_packet_s: now / SECOND_NS,
      timeout_s: timeout,
    }
    const gone = { gone_s: (now + timeoutNs) / SECOND_NS, overdue_s: 0, expire_s: timeout, hz: clock.hz }
    const why = `its time is up, but it controls ${controls} ${controls === 1 ? 'connection' : 'connections'}: ${timeout} s more, which stays its timeout`
    const sum = `${secondsText(now)} + ${secondsText(timeoutNs)} = ${secondsText(now + timeoutNs)}`
    this.tell(c, `template of ${d.explanations.clientOf(c)} stays`, because('template-held', why, { ...inputs, ...gone }, sum))
  }

  /** Its timer ran out; it is still in the table. */
  expired(c: number): void {
    if (!this.isFollowed(c)) return
    const { d } = this
    const { table, clock } = d
    const timeoutNs = table.timeout[c] * clock.tickNs
    const now = d.env.engine.now
    const dueNs = clock.timeOf(table.expires[c])
    const [lastNs, lateNs] = [dueNs - timeoutNs, now - dueNs]
    const sum = `${secondsText(lastNs)} + ${secondsText(timeoutNs)} + ${secondsText(lateNs)} = ${secondsText(now)}`
    const state = stateName(d, c)
    const why = `${state} lasts ${secondsText(timeoutNs)}; the last packet came in the tick of ${secondsText(lastNs)}, and the timer wheel (HZ ${clock.hz}) came round ${secondsText(lateNs)} late: ${sum}`
    const times = { last_packet_s: lastNs / SECOND_NS, timeout_s: timeoutNs / SECOND_NS, overdue_s: lateNs / SECOND_NS }
    const cause = because('entry-expired', why, { ...this.who(c), state, ...times }, sum)
    this.tell(c, `entry of ${d.explanations.clientOf(c)} is gone`, cause)
    this.followed.delete(c)
  }

  /** It is about to be ended before its time. */
  ended(c: number, how: keyof typeof ENDS): void {
    if (!this.isFollowed(c)) return
    const state = stateName(this.d, c)
    this.tell(c, `entry of ${this.d.explanations.clientOf(c)} is ended`, because('entry-ended', ENDS[how], { ...this.who(c), state }))
    this.followed.delete(c)
  }

  private isFollowed(c: number): boolean {
    return this.followed.size > 0 && this.followed.has(c)
  }

  private begins(c: number, service: Service): boolean {
    if (this.d.env.followsEntries === false) return false
    const seen = this.seen.get(service.id) ?? 0
    if ((this.d.table.flags[c] & FLAG_ONE_PACKET) !== 0) return false // gone with its packet
    if (seen >= FOLLOWED_OF_SERVICE || this.followed.size >= FOLLOWED_MAX) return false
    this.seen.set(service.id, seen + 1)
    this.followed.set(c, 0)
    return true
  }

  private who(c: number): { service: string; client: string } {
    const { d } = this
    const service = d.services.byId(d.dests.service[d.table.dest[c]])
    return { service: service === undefined ? '' : serviceText(d, service), client: d.explanations.clientOf(c) }
  }

  private tell(c: number, what: string, cause: Cause): void {
    const steps = (this.followed.get(c) ?? 0) + 1
    this.followed.set(c, steps)
    if (steps > STEPS_MAX) return
    const { service, client } = this.who(c)
    this.d.explanations.say('entry', service === '' ? what : `${service}: ${what}`, { service, client, rule: cause.rule }, cause)
  }
}

const ENDS = {
  replaced: 'a SYN begins a new connection: this one counts as over, or its server has weight 0',
  'server gone': 'expire_nodest_conn 1: its server was removed',
  drop_entry: 'drop_entry 3: a half-open or idle connection on one of the chains that are looked at each second',
  'another server': 'another director’s sync daemon says that the connection goes to another server',
} as const

/** What a director does when its entries change: timers, and what is told. */
export const entryListener = (d: Director, wake: (jiffy: number) => void): EntryListener => ({
  wake,
  templateKept: c => {
    d.story.kept(c)
    d.sync.templateKept(c)
  },
  becameInactive: c => d.explanations.becameInactive(c),
  overloaded: dest => d.explanations.overloaded(dest),
  changed: (c, before, after, direction, tcpFlags) => d.story.changed(c, before, after, direction, tcpFlags),
  expired: c => d.story.expired(c),
  removed: () => d.changed(),
})

/** Whose packets each column of the table is about. */
const SIDES: Readonly<Record<string, string>> = {
  INPUT: 'the client',
  OUTPUT: 'the server',
  INPUT_ONLY: 'the client, whom alone the director sees',
}
