/**
 * Why an entry of the connection table is there, in this state, counted so, and until when: numbers that a listing carries
 * along, and the cause made of them when somebody asks (a table of 100,000 entries is not 100,000 sentences).
 */
import { SECOND_NS, secondsText } from '../../base/units.ts'
import { because, type Cause } from '../../trace/contract.ts'
import { FLAG_INACTIVE, FLAG_SYNC, FLAG_TEMPLATE } from './connection-table.ts'
import type { Director } from './director.ts'

export interface EntryFacts {
  readonly state: string
  readonly countsAs: 'ActiveConn' | 'InActConn' | 'persistent'
  /** When its timer was restarted last: the last packet, of a template the last connection or the end of its time. */
  readonly lastPacketNs: number
  readonly timeoutNs: number
  /** When the timer wheel comes round to it. */
  readonly goneNs: number
  readonly hz: number
  /** Of a template: connections that it controls. */
  readonly controls: number
  /** Another director's sync daemon told of it. */
  readonly learnt: boolean
}

export function factsOf(d: Director, c: number, state: string): EntryFacts {
  const { table, clock } = d
  const flags = table.flags[c]
  const isTemplate = (flags & FLAG_TEMPLATE) !== 0
  const timeoutNs = table.timeout[c] * clock.tickNs
  return {
    state,
    countsAs: isTemplate ? 'persistent' : (flags & FLAG_INACTIVE) !== 0 ? 'InActConn' : 'ActiveConn',
    lastPacketNs: clock.timeOf(table.expires[c]) - timeoutNs,
    timeoutNs,
    goneNs: d.goneAt(c),
    hz: clock.hz,
    controls: isTemplate ? table.control[c] : 0,
    learnt: (flags & FLAG_SYNC) !== 0,
  }
}

/** `expireS`: what ipvsadm -Lnc shows now. */
export function entryCause(f: EntryFacts, expireS: number): Cause {
  const lateNs = f.goneNs - f.lastPacketNs - f.timeoutNs
  const inputs = {
    ...{ state: f.state, counts_as: f.countsAs, last_packet_s: f.lastPacketNs / SECOND_NS, timeout_s: f.timeoutNs / SECOND_NS },
    ...{ gone_s: f.goneNs / SECOND_NS, overdue_s: lateNs / SECOND_NS, expire_s: expireS, hz: f.hz },
  }
  const [last, timeout, late, gone] = [f.lastPacketNs, f.timeoutNs, lateNs, f.goneNs].map(secondsText)
  const arithmetic = `${last} + ${timeout} + ${late} = ${gone}`
  const learnt = f.learnt ? 'learnt from another director’s sync daemon; ' : ''
  const began = f.countsAs === 'persistent' ? 'its timer began' : 'last packet'
  const until = `gone at ${gone}: ${began} in the tick of ${last}, + ${timeout}, + ${late} until the timer wheel (HZ ${f.hz}) comes round`
  if (f.countsAs !== 'persistent')
    return because('entry-waits', `${learnt}${f.state} counts as ${f.countsAs}; ${until}`, inputs, arithmetic)
  if (f.controls === 0) return because('template-waits', `${learnt}a persistence template of no connection; ${until}`, inputs, arithmetic)
  const held = `${learnt}a persistence template of ${f.controls} ${f.controls === 1 ? 'connection' : 'connections'}; ${until}; 60 s more while any is left`
  return because('template-held', held, { ...inputs, connections: f.controls }, arithmetic)
}
