/**
 * drop_entry, drop_packet and secure_tcp in mode 3 ("always"): IPVS under attack. Once a second the kernel looks at a random
 * thirty-second of its 4096 chains, with repetition, and drops half-open connections and idle short ones.
 *
 * The modes that wait for memory to run short are read and do nothing: memory is not modelled.
 */
import { pow } from '../../base/math.ts'
import type { Stateful } from '../../base/tables.ts'
import { PACKET_TCP } from '../../net/index.ts'
import { FLAG_ASSURED, FLAG_TEMPLATE } from './connection-table.ts'
import type { Director } from './director.ts'
import { DEFENCE_ALWAYS } from './settings.ts'
import { TCP_ESTABLISHED, TCP_SYN_RECV, TCP_SYNACK } from './tcp-states.ts'

/** An entry is looked at with this probability a second: 128 draws out of 4096 chains. */
const CHAINS = 4096
const DRAWS = CHAINS / 32
const HALF = pow((CHAINS - 1) / CHAINS, DRAWS / 2)
const LOOKED_AT = 1 - HALF * HALF
const IDLE_S = 60
const PACKETS_MAX = 8

export class Defences implements Stateful {
  readonly stateFields = ['packetCountdown', 'entryCountdowns', 'randomState']
  /** New packets until the next one is dropped. */
  packetCountdown = 0
  /** By number of packets: entries that are spared before one is dropped. */
  entryCountdowns = new Array<number>(PACKETS_MAX + 1).fill(0)
  private readonly d: Director
  private readonly random

  constructor(director: Director) {
    this.d = director
    this.random = director.env.random(`ipvs/${director.name}/drop_entry`)
  }

  /** After a setting changed: which state table is used, and the count of dropped packets. */
  apply(): void {
    this.d.entries.defend(this.d.settings.secure_tcp >= DEFENCE_ALWAYS)
  }

  get everySecond(): boolean {
    const { drop_entry, drop_packet } = this.d.settings
    return drop_entry >= DEFENCE_ALWAYS || drop_packet >= DEFENCE_ALWAYS
  }

  /** Every `am_droprate`-th new packet is dropped. */
  dropsPacket(): boolean {
    const { settings } = this.d
    if (settings.drop_packet < DEFENCE_ALWAYS || settings.am_droprate <= 0) return false
    if (--this.packetCountdown > 0) return false
    this.packetCountdown = settings.am_droprate
    return true
  }

  /** The defence timer, once a second. */
  second(): void {
    const { d } = this
    this.packetCountdown = d.settings.am_droprate
    if (d.settings.drop_entry < DEFENCE_ALWAYS) return
    const now = d.jiffy()
    const { table } = d
    table.forEach(c => {
      if (this.candidate(c) && this.random.next() < LOOKED_AT && this.drops(c, now)) {
        const template = (table.flags[c] & FLAG_TEMPLATE) === 0 ? table.control[c] : 0
        d.story.ended(c, 'drop_entry')
        if (d.kernel === '4.4') {
          // Both timers run at the next tick, the template's first: still in use, it starts its minute.
          d.entries.expireNow(c, now)
          if (template !== 0) d.entries.expireNow(template, now)
          return
        }
        d.entries.delete(c, now)
        if (template !== 0 && table.control[template] === 0) d.entries.delete(template, now)
      }
    })
  }

  private candidate(c: number): boolean {
    const { table } = this.d
    if ((table.flags[c] & FLAG_TEMPLATE) !== 0)
      return this.d.kernel !== '4.4' && table.control[c] === 0 && (table.flags[c] & FLAG_ASSURED) === 0
    if (table.protocol[c] !== PACKET_TCP) return true
    const state = table.state[c]
    return state === TCP_SYN_RECV || state === TCP_SYNACK || state === TCP_ESTABLISHED
  }

  private drops(c: number, now: number): boolean {
    const { table } = this.d
    if ((table.flags[c] & FLAG_TEMPLATE) !== 0) return true
    if (table.protocol[c] === PACKET_TCP && table.state[c] !== TCP_ESTABLISHED) return true
    return this.dropsIdle(c, now)
  }

  /** One of n entries that are 60 s idle and have seen n ≤ 8 packets. */
  private dropsIdle(c: number, now: number): boolean {
    const { table, clock } = this.d
    if (table.timeout[c] + now < table.expires[c] + IDLE_S * clock.hz) return false
    const packets = table.inPackets[c]
    if (packets === 0 || packets > PACKETS_MAX) return false
    if (--this.entryCountdowns[packets] > 0) return false
    this.entryCountdowns[packets] = packets
    return true
  }

  get randomState(): unknown {
    return this.random.state()
  }

  set randomState(state: unknown) {
    this.random.restore(state)
  }
}
