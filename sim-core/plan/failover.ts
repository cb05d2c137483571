/**
 * Which advert_int, version and priorities take over within a wanted time.
 *
 * A backup waits 3 × advert_int + skew after the last advert it heard; skew = (256 − priority)/256 of a second in
 * version 2, of advert_int in version 3 (keepalived's integer arithmetic in microseconds, include/vrrp.h). The crash
 * falls anywhere between two adverts, so a VIP is without owner for more than 2 × advert_int + skew and at most that
 * wait. After k losses at once it is the k-th backup's priority that counts: backups further down wait longer, which is
 * what keeps them from competing. Tested in test/plan/failover.test.ts against the recorded down times.
 */
import type { Problem } from '../base/problem.ts'
import type { PlanModel } from './model.ts'

export interface Failover {
  readonly version: 2 | 3
  readonly advertIntS: number
  /** By rank, MASTER first; a rank without one is left out of the instance. */
  readonly priorities: readonly number[]
  readonly priorityStep: number
  /** From a crash of the MASTER to the first backup's takeover. */
  readonly firstLossS: { readonly least: number; readonly most: number }
  /** From k crashes at once to the k-th backup's takeover. */
  readonly worstLossS: { readonly least: number; readonly most: number }
  /** After a clean stop (advert of priority 0): the first backup's skew. */
  readonly stopS: number
  /** How far two neighbouring backups' timers are apart: less than a scheduling hiccup and both may become MASTER for a moment. */
  readonly marginS: number
  /** The MASTER may be silent for this long without losing its VIPs. */
  readonly toleratedSilenceS: number
}

export const PRIORITY_MAX = 250
export const PRIORITY_STEP_MIN = 10
const DOWN_TIMER_ADVERTS = 3
const ADVERT_INT_MAX_V3_CS = 4095
const ADVERT_INT_MAX_V2_S = 255
const MICROSECONDS = 1_000_000

/** keepalived's skew in microseconds; `advertUs` is the MASTER's advert interval. */
export const skewUs = (version: 2 | 3, priority: number, advertUs: number): number =>
  version === 2
    ? Math.floor(((256 - priority) * MICROSECONDS) / 256)
    : Math.floor(((256 - priority) * Math.floor(advertUs / 10_000) * 625) / 16)

/** keepalived's master down timer in microseconds. */
export const downTimerUs = (version: 2 | 3, priority: number, advertUs: number): number =>
  DOWN_TIMER_ADVERTS * advertUs + skewUs(version, priority, advertUs)

/** Priorities by rank from 250 downwards in equal steps of 10 or more; at most 25 ranks get one. */
export function prioritiesFor(ranks: number): { priorities: number[]; step: number } {
  const used = Math.min(ranks, Math.floor((PRIORITY_MAX - 1) / PRIORITY_STEP_MIN) + 1)
  const step =
    used < 2 ? PRIORITY_STEP_MIN : Math.max(PRIORITY_STEP_MIN, Math.min(50, Math.floor((PRIORITY_MAX - 1) / (used - 1) / 10) * 10))
  return { priorities: Array.from({ length: used }, (_, rank) => PRIORITY_MAX - rank * step), step }
}

export type FailoverAnswer = { readonly ok: true; readonly failover: Failover } | { readonly ok: false; readonly problem: Problem }

/**
 * The slowest adverts that still take over within `withinS` after any k losses (slow adverts tolerate longer pauses and
 * cost less), version 2 where whole seconds suffice. The step between
 * priorities is the largest multiple of 10 that the time allows: it keeps neighbouring backups' timers apart.
 */
export function solveFailover(balancers: number, survive: number, withinS: number): FailoverAnswer {
  const rank = Math.min(Math.max(1, survive), Math.max(1, balancers - 1))
  const { priorities: widest, step: widestStep } = prioritiesFor(balancers)
  for (const version of [2, 3] as const) {
    for (let step = widestStep; step >= PRIORITY_STEP_MIN; step -= 10) {
      const priorities = widest.map((_, r) => PRIORITY_MAX - r * step)
      const advertUs = slowestAdverts(version, priorities[Math.min(rank, priorities.length - 1)], withinS)
      if (advertUs !== undefined) return { ok: true, failover: describe(version, advertUs, priorities, step, rank) }
    }
  }
  const fastest = downTimerUs(3, PRIORITY_MAX - rank * PRIORITY_STEP_MIN, 10_000) / MICROSECONDS
  const problem: Problem = {
    at: { file: 'plan', line: 1, column: 1 },
    severity: 'error',
    code: 'failover-too-fast',
    message: `no advert_int takes over within ${withinS} s`,
    remedy: `the shortest, 0.01 s in version 3, needs ${fastest} s; below about 0.1 s a busy host loses VIPs without a fault`,
  }
  return { ok: false, problem }
}

/** What keepalived's defaults with these priorities do: version 2, advert_int 1. */
export const defaultFailover = (model: PlanModel): Failover => {
  const { priorities, step } = prioritiesFor(model.names.length)
  return describe(2, MICROSECONDS, priorities, step, Math.min(Math.max(1, model.family.survive), Math.max(1, priorities.length - 1)))
}

function slowestAdverts(version: 2 | 3, priority: number, withinS: number): number | undefined {
  const unitUs = version === 2 ? MICROSECONDS : 10_000
  const units = Math.min(
    version === 2 ? ADVERT_INT_MAX_V2_S : ADVERT_INT_MAX_V3_CS,
    Math.ceil((withinS * MICROSECONDS) / unitUs / DOWN_TIMER_ADVERTS),
  )
  for (let advertUs = units * unitUs; advertUs > 0; advertUs -= unitUs) {
    if (downTimerUs(version, priority, advertUs) <= Math.floor(withinS * MICROSECONDS + 0.5)) return advertUs
  }
  return undefined
}

function describe(version: 2 | 3, advertUs: number, priorities: readonly number[], step: number, rank: number): Failover {
  const priorityAt = (r: number): number => priorities[Math.min(r, priorities.length - 1)]
  const range = (r: number): { least: number; most: number } => {
    const most = downTimerUs(version, priorityAt(r), advertUs)
    return { least: (most - advertUs) / MICROSECONDS, most: most / MICROSECONDS }
  }
  return {
    version,
    advertIntS: advertUs / MICROSECONDS,
    priorities,
    priorityStep: step,
    firstLossS: range(1),
    worstLossS: range(rank),
    stopS: skewUs(version, priorityAt(1), advertUs) / MICROSECONDS,
    marginS: (skewUs(version, PRIORITY_MAX - step, advertUs) - skewUs(version, PRIORITY_MAX, advertUs)) / MICROSECONDS,
    toleratedSilenceS: range(1).least,
  }
}
