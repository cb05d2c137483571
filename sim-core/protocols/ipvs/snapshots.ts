/** A director's whole changing state as plain data, and back. */
import { captureState, reinstateState } from '../../base/tables.ts'
import type { Director } from './director.ts'

export type DirectorState = Record<string, unknown>

export function captureDirector(d: Director): DirectorState {
  const { settings, udpTimeout, timeoutsBefore, trash, refusals, marks, clock, context } = d
  const { wheel, tcpTimeouts } = d.entries
  return {
    plain: { settings, udpTimeout, timeoutsBefore, trash, refusals, marks, tcpTimeouts },
    timers: { slots: wheel.slots, arms: wheel.arms, origin: clock.origin },
    random: context.random.state(),
    table: captureState(d.table),
    dests: captureState(d.dests),
    destCounters: captureState(d.dests.counters),
    services: captureState(d.services),
    serviceCounters: captureState(d.services.counters),
    sync: captureState(d.sync),
    defences: captureState(d.defences),
    story: captureState(d.story),
  }
}

export function reinstateDirector(d: Director, from: DirectorState): void {
  const part = (name: string): Record<string, never> => from[name] as Record<string, never>
  const { settings, udpTimeout, timeoutsBefore, trash, refusals, marks, tcpTimeouts } = part('plain')
  Object.assign(d, { settings, udpTimeout, timeoutsBefore, trash, refusals, marks })
  d.entries.tcpTimeouts.set(tcpTimeouts)
  const { slots, arms, origin } = part('timers')
  d.entries.wheel.slots = slots
  d.entries.wheel.arms = arms
  d.clock.origin = origin
  d.forgetTick()
  d.context.random.restore(from['random'])
  reinstateState(d.table, part('table'))
  reinstateState(d.dests, part('dests'))
  reinstateState(d.dests.counters, part('destCounters'))
  reinstateState(d.services, part('services'))
  reinstateState(d.services.counters, part('serviceCounters'))
  reinstateState(d.sync, part('sync'))
  reinstateState(d.defences, part('defences'))
  reinstateState(d.story, part('story'))
  d.defences.apply()
}
