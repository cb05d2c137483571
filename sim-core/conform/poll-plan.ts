/**
 * When the tables of a run are read: at every recorded line, a little around it, and at the polls at which nothing new was
 * recorded. The recorder polled each second (end-to-end cases each 0.1 to 0.5 s) 5 ms after the whole second, and wrote a line
 * only when it differed; its period is read off its lines.
 */
import { MILLISECOND_NS, SECOND_NS } from '../base/units.ts'
import type { CaseFile } from './case-file.ts'
import type { PolledKind } from './compare/tables.ts'
import type { Tolerances } from './tolerances.ts'

export interface PlannedPoll {
  readonly atNs: number
  readonly host: string
  readonly kind: PolledKind
  /** Index of the recorded line, −1: a poll between lines. */
  readonly forLine: number
}

/** Polls of single entries, each few ms. */
export interface EntryPolls {
  readonly host: string
  readonly periodNs: number
  /** When, if not periodically. */
  readonly instantsNs?: readonly number[]
}

export const POLL_PHASE_NS = 5 * MILLISECOND_NS
/** A poll takes this long at most until its line has its time. */
const POLL_WORK_NS = MILLISECOND_NS / 10
const PERIODS_NS = [5 * SECOND_NS, SECOND_NS, SECOND_NS / 2, SECOND_NS / 5, SECOND_NS / 10]
/** Share of a host's lines that must lie on the grid before it is taken for one. */
const GRID_SHARE = 0.6
/** The run is read at these shares of the tolerance around a recorded line: itself first. */
const AROUND = [0, -0.05, 0.05, -0.1, 0.1, -0.25, 0.25, -0.5, 0.5, -0.75, 0.75, -1, 1]

const toNs = (s: number) => Math.round(s * SECOND_NS)

const POLLED: readonly string[] = ['ipvs', 'conn', 'persist', 'step']

export function pollPlan(recorded: CaseFile, tolerances: Tolerances): PlannedPoll[] {
  const polls: PlannedPoll[] = []
  recorded.observed.forEach((line, index) => {
    if (!POLLED.includes(line.kind)) return
    const { host, t } = line as { host: string; t: number }
    for (const share of AROUND) {
      const span = share < 0 ? tolerances.earlyS : tolerances.lateS
      const atNs = toNs(t + share * span)
      if (atNs >= 0) polls.push({ atNs, host, kind: line.kind as PolledKind, forLine: index })
    }
  })
  if (tolerances.wheelPhaseKnown) for (const host of Object.keys(recorded.hosts)) polls.push(...between(recorded, host))
  return polls.sort((a, b) => a.atNs - b.atNs)
}

/** Polls of a host's IPVS table at which nothing was recorded. */
function between(recorded: CaseFile, host: string): PlannedPoll[] {
  const times = recorded.observed.flatMap(o => (o.kind === 'ipvs' && o.host === host ? [toNs(o.t)] : []))
  const others = recorded.observed.flatMap(o => (o.kind === 'conn' && o.host === host ? [toNs(o.t)] : []))
  const periodNs = gridOf(times, others)
  if (periodNs === undefined || times.length === 0) return []
  const polls: PlannedPoll[] = []
  const endNs = toNs(recorded.duration_s)
  const near = new Set(times.map(t => Math.round(t / MILLISECOND_NS)))
  for (let k = 0; k * periodNs + POLL_PHASE_NS < endNs - MILLISECOND_NS; k++) {
    const atNs = k * periodNs + POLL_PHASE_NS
    const ms = Math.round(atNs / MILLISECOND_NS)
    if (atNs > times[0] && !near.has(ms) && !near.has(ms + 1)) polls.push({ atNs, host, kind: 'ipvs', forLine: -1 })
  }
  return polls
}

const onGrid = (t: number, periodNs: number): boolean => {
  const phase = (t - POLL_PHASE_NS) % periodNs
  return t >= POLL_PHASE_NS && phase < POLL_WORK_NS
}

/**
 * The period at which a host was polled, or undefined when its lines show none. Where most tables were read after
 * steps, only entries, which were read at polls alone, tell it: a step may fall on the grid by chance.
 */
function gridOf(times: readonly number[], connTimes: readonly number[]): number | undefined {
  const finest = PERIODS_NS[PERIODS_NS.length - 1]
  const gridLines = times.filter(t => onGrid(t, finest))
  const gridConns = connTimes.filter(t => onGrid(t, finest))
  const mostly = gridLines.length >= 2 && gridLines.length >= GRID_SHARE * times.length
  if (!mostly && gridConns.length < 2) return undefined
  const told = mostly ? [...gridLines, ...gridConns] : gridConns
  return PERIODS_NS.find(p => told.every(t => onGrid(t, p)))
}

export function entryPolls(recorded: CaseFile): EntryPolls[] {
  const lines = recorded.observed.flatMap(o => (o.kind === 'new' || o.kind === 'change' || o.kind === 'gone' ? [o] : []))
  return [...new Set(lines.map(l => l.host))].map(host => {
    const own = lines.filter(l => l.host === host)
    const periodNs = toNs(own[0].poll_s)
    return {
      host,
      periodNs,
      instantsNs: recorded.virtualTime
        ? undefined
        : lagging(
            own.map(l => toNs(l.t)),
            toNs(recorded.duration_s),
          ),
    }
  })
}

/** A poller that lags polled when its lines say, and now and then besides. */
function lagging(times: readonly number[], endNs: number): number[] {
  const grid = Array.from({ length: Math.floor(endNs / SECOND_NS) }, (_, k) => k * SECOND_NS + POLL_PHASE_NS)
  return [...new Set([...times, ...grid])].sort((a, b) => a - b)
}
