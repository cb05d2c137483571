/**
 * A run, watched as the recorder watched the real thing: frames at the switch, the journal, and the tables polled at the
 * instants at which they were polled.
 */
import { asSeconds } from '../base/units.ts'
import type { Simulation } from '../compile/index.ts'
import type { Happening } from '../trace/contract.ts'
import type { CaseFile } from './case-file.ts'
import type { Seen } from './compare/timed.ts'
import type { ObservedOf } from './observed.ts'
import { WireObserver } from './observe-wire.ts'

export interface Watched {
  /** Everything with a time of its own, in the order in which it happened. */
  readonly events: readonly Seen[]
}

/** Runs a case to its end and watches. */
export function watch(recorded: CaseFile, simulation: Simulation): Watched {
  const wire = new WireObserver(simulation)
  simulation.network.links.tap = wire
  simulation.run()
  const journal = simulation.happenings.flatMap(h => journalLine(h, recorded))
  return { events: [...wire.seen, ...journal].sort((a, b) => a.t - b.t) }
}

function journalLine(h: Happening, recorded: CaseFile): Seen[] {
  const t = asSeconds(h.t)
  const rule = h.cause?.rule
  const { fields } = h
  if (h.kind === 'state') {
    if (fields['logged'] !== true) return []
    const state: Seen<ObservedOf<'state'>> = {
      kind: 'state',
      t,
      host: h.host,
      instance: String(fields['instance']),
      state: String(fields['state']),
      ...(fields['init'] === true ? { init: true } : {}),
      rule,
    }
    return [state]
  }
  if (h.kind === 'vip' && recorded.group === 'vrrp')
    return [{ kind: 'vip', t, host: h.host, ip: String(fields['ip']), present: fields['present'] === true, rule }]
  return []
}
