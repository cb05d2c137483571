/**
 * A recording and a run, compared kind by kind. What the recorder did not write down in a case (adverts of a case about
 * tables, say) is not compared in it; everything else counts on both sides.
 */
import type { CaseFile } from '../case-file.ts'
import { type Observed, type ObservedKind, type ObservedOf, ofKind } from '../observed.ts'
import type { Watched } from '../observe.ts'
import { captureEndS } from '../packet-filter.ts'
import type { Comparison } from '../score.ts'
import { type Tolerances, tolerancesOf, WHEEL_STEP_S } from '../tolerances.ts'
import { compareCapacity, comparePhases, runningTotals } from './capacity.ts'
import { APPEARED, CHANGED, GONE } from './entries.ts'
import { maskPorts } from './mask-ports.ts'
import { compareChoices, hasRandomArrivals, maskChoices } from './random.ts'
import { compareDownloads, compareResponses, compareScheduled } from './requests.ts'
import { comparePolls, CONNECTIONS, indexed, PERSISTENCE, type Poll, type PolledKind, SERVICES, STEPS } from './tables.ts'
import { compareTimed, type Seen, type TimedKind, withOrder } from './timed.ts'
import { ADDRESSES, ADVERTS, GARPS, STATES } from './vrrp.ts'
import { CHECKS, PACKETS, PROBES, SYNC } from './wire.ts'

type AnyTimed = TimedKind<Observed>
const timed = <O extends Observed>(of: TimedKind<O>): AnyTimed => of as unknown as AnyTimed

const TIMED: readonly AnyTimed[] = [
  ...[timed(ADVERTS), timed(GARPS), timed(STATES), timed(ADDRESSES), timed(APPEARED), timed(CHANGED), timed(GONE)],
  ...[timed(PACKETS), timed(PROBES), timed(CHECKS), timed(SYNC)],
]

/** Taken from a capture at the switch. */
const ON_WIRE: readonly ObservedKind[] = ['advert', 'garp', 'packet', 'probe', 'sync']

export function compareAll(original: CaseFile, seen: Watched): Comparison[] {
  const ports = maskPorts(original)
  const choices = maskChoices(original)
  const mask = <O extends Observed>(line: O): O => choices(ports(line))
  const recorded: CaseFile = { ...original, observed: original.observed.map(mask) }
  const watched: Watched = { events: seen.events.map(mask), polls: seen.polls.map(p => ({ ...p, seen: mask(p.seen) })) }
  const tolerances = tolerancesOf(recorded.virtualTime)
  const has = (kind: ObservedKind) => recorded.observed.some(o => o.kind === kind)
  const timedKinds = TIMED.filter(of => has(of.kind))
  const inTime = withOrder(
    timedKinds.map(of => {
      const pick = (list: readonly Observed[]) => list.filter(o => o.kind === of.kind && watchedHost(of, recorded, o))
      const endS = ON_WIRE.includes(of.kind) ? captureEndS(recorded) : recorded.duration_s
      return compareTimed(of, pick(recorded.observed), pick(watched.events) as Seen[], toleranceOf(of.kind, tolerances), endS)
    }),
    tolerances,
  )
  const polled = (['ipvs', 'conn', 'persist', 'step'] as const).map(kind => comparePolled(kind, recorded, watched.polls, tolerances))
  const of = <K extends ObservedKind>(kind: K) => [ofKind(recorded.observed, kind), ofKind(watched.events, kind)] as const
  const bins = () => of('rate').map(runningTotals) as [ObservedOf<'rate'>[], ObservedOf<'rate'>[]]
  return [
    ...inTime,
    ...polled,
    ...(has('response') ? [compareResponses(...of('response'), tolerances)] : []),
    compareScheduled(...of('scheduled')),
    compareDownloads(...of('download'), tolerances),
    compareChoices(original, seen.events),
    ...(hasRandomArrivals(recorded)
      ? [comparePhases(...of('summary'))]
      : [compareCapacity('rate', ...bins()), compareCapacity('summary', ...of('summary'))]),
  ]
}

/** Where the phase of the timer wheel is not known, an entry may vanish a step of the wheel earlier or later. */
function toleranceOf(kind: ObservedKind, tolerances: Tolerances): Tolerances {
  if (tolerances.wheelPhaseKnown || kind !== 'gone') return tolerances
  return { ...tolerances, earlyS: tolerances.earlyS + WHEEL_STEP_S, lateS: tolerances.lateS + WHEEL_STEP_S }
}

/** Entries were polled on some hosts only. */
function watchedHost(of: AnyTimed, recorded: CaseFile, o: Observed): boolean {
  if (of.kind !== 'new' && of.kind !== 'change' && of.kind !== 'gone') return true
  const host = (o as ObservedOf<'new'>).host
  return recorded.observed.some(r => (r.kind === 'new' || r.kind === 'change' || r.kind === 'gone') && r.host === host)
}

const POLLED = { ipvs: SERVICES, conn: CONNECTIONS, persist: PERSISTENCE, step: STEPS } as const

function comparePolled(kind: PolledKind, recorded: CaseFile, polls: readonly Poll[], tolerances: Tolerances): Comparison {
  const own = polls.filter(p => p.seen.kind === kind)
  return comparePolls(POLLED[kind] as never, indexed(recorded.observed, kind) as never, own as never, tolerances)
}
