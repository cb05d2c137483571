/**
 * A run, watched as the recorder watched the real thing: frames at the switch, the journal, the tables polled at the
 * instants at which they were polled, and what the clients were told.
 */
import { asSeconds } from '../base/units.ts'
import type { Simulation } from '../compile/index.ts'
import type { Happening } from '../trace/contract.ts'
import type { CaseConfigs } from './case-configs.ts'
import type { CaseFile } from './case-file.ts'
import type { Poll } from './compare/tables.ts'
import type { Seen } from './compare/timed.ts'
import { EntryWatch } from './observe-entries.ts'
import { requestLines } from './observe-requests.ts'
import { TableReader } from './observe-tables.ts'
import { WireObserver } from './observe-wire.ts'
import { entryPolls, pollPlan } from './poll-plan.ts'
import type { Tolerances } from './tolerances.ts'

export interface Watched {
  /** Everything with a time of its own, in the order in which it happened; requests and rates too. */
  readonly events: readonly Seen[]
  readonly polls: readonly Poll[]
}

/** Runs a case to its end and watches. */
export function watch(recorded: CaseFile, configs: CaseConfigs, simulation: Simulation, tolerances: Tolerances): Watched {
  const wire = new WireObserver(recorded, simulation)
  simulation.network.links.tap = wire
  const reader = new TableReader(recorded, simulation)
  const entries = entryPolls(recorded).flatMap(polls => {
    const host = reader.hostOf(polls.host)
    return host < 0 ? [] : [new EntryWatch(simulation, polls, host)]
  })
  const polls: Poll[] = []
  const endNs = simulation.model.durationNs
  for (const planned of pollPlan(recorded, tolerances)) {
    runPolling(simulation, entries, Math.min(planned.atNs, endNs))
    const poll = reader.read(planned)
    if (poll !== undefined) polls.push(poll)
  }
  runPolling(simulation, entries, endNs)
  // The recorder of cases about tables did not write down that a stopped VRRP child had ended.
  const stops = recorded.group === 'vrrp' || recorded.observed.some(o => o.kind === 'state' && o.state === 'STOP')
  const journal = simulation.happenings.flatMap(h => journalLine(h, stops))
  const { responses, scheduled, downloads } = requestLines(recorded, configs, simulation)
  const rates = [...wire.load.rates(recorded), ...wire.load.summaries(recorded)]
  const events: Seen[] = [...wire.seen, ...journal, ...entries.flatMap(e => e.seen), ...responses, ...scheduled, ...downloads, ...rates]
  return { events: events.sort((a, b) => a.t - b.t), polls }
}

/** Runs up to an instant and polls the entries on the way. */
function runPolling(simulation: Simulation, entries: readonly EntryWatch[], untilNs: number): void {
  for (;;) {
    const due = entries.filter(e => e.nextNs <= untilNs).sort((a, b) => a.nextNs - b.nextNs)[0]
    if (due === undefined) break
    simulation.run(due.nextNs)
    due.poll()
  }
  if (simulation.now < untilNs) simulation.run(untilNs)
}

function journalLine(h: Happening, stops: boolean): Seen[] {
  const t = asSeconds(h.t)
  const rule = h.cause?.rule
  const { host, fields } = h
  if (h.kind === 'state' && fields['logged'] === true) {
    if (fields['state'] === 'STOP' && !stops) return []
    const init = fields['init'] === true ? { init: true } : {}
    return [{ kind: 'state', t, host, instance: String(fields['instance']), state: String(fields['state']), ...init, rule }]
  }
  if (h.kind === 'vip') return [{ kind: 'vip', t, host, ip: String(fields['ip']), present: fields['present'] === true, rule }]
  if (h.kind === 'check' && fields['rs'] !== undefined)
    return [{ kind: 'check', t, host, rs: String(fields['rs']), vs: String(fields['vs']), up: fields['up'] === true, rule }]
  return []
}
