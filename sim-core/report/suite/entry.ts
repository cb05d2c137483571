/**
 * One scenario of a suite (`lvsim test`) as plain data: what a worker sends back, what every reporter writes from, and
 * what shards leave on disk. It holds words and numbers, no Model and no measurements.
 */
import type { Position, Problem } from '../../base/problem.ts'
import type { Verdict } from '../../metrics/index.ts'
import type { Report } from '../input.ts'
import { explainFailure, type Failure } from './failure.ts'

/** `failed`: run, and something was not as promised. The others could not be judged. */
export type EntryState = 'passed' | 'failed' | 'wrong-input' | 'interrupted' | 'broken'

/** One promise: an expectation, or the golden table. */
export interface Check {
  readonly text: string
  readonly at: Position
  readonly state: 'held' | 'failed' | 'not-reached'
  readonly observed: string
  readonly failure?: Failure
}

export interface SuiteEntry {
  readonly file: string
  readonly title: string
  readonly state: EntryState
  readonly seed: number
  readonly digest: string
  /** Seconds of wall clock; not part of what is compared between runs. */
  readonly wallS: number
  readonly checks: readonly Check[]
  readonly answer?: { readonly verdict: Verdict; readonly sentence: string; readonly remedy?: string; readonly notes: readonly string[] }
  readonly problems: readonly Problem[]
  /** What stopped the run, or our own bug, in a sentence or more. */
  readonly stopped?: string
}

export function entryOf(report: Report, wallS: number): SuiteEntry {
  const { model, view, verdicts, answer } = report
  const checks = verdicts.map((v): Check => {
    const state = v.ok ? 'held' : v.reached ? 'failed' : 'not-reached'
    const failure = state === 'failed' ? { failure: explainFailure(report, v) } : {}
    return { text: v.expectation.text, at: v.expectation.at, state, observed: v.observed, ...failure }
  })
  const { stopped } = view.result
  return {
    ...{ file: model.file, title: model.title, seed: model.seed, digest: view.result.digest, wallS, checks, answer },
    state: checks.some(c => c.state === 'failed') ? 'failed' : stopped === undefined ? 'passed' : 'interrupted',
    problems: model.problems,
    ...(stopped === undefined ? {} : { stopped }),
  }
}

const unjudged = (file: string, state: EntryState, problems: readonly Problem[], stopped?: string): SuiteEntry => ({
  ...{ file, title: file, state, seed: 0, digest: '', wallS: 0, checks: [], problems },
  ...(stopped === undefined ? {} : { stopped }),
})

/** A scenario that could not be read. */
export const wrongInput = (file: string, problems: readonly Problem[]): SuiteEntry => unjudged(file, 'wrong-input', problems)
/** A scenario that was not run, or not to its end, because somebody stopped the suite. */
export const notRun = (file: string, why: string): SuiteEntry => unjudged(file, 'interrupted', [], why)
/** A scenario on which lvsim itself broke. */
export const broken = (file: string, error: string): SuiteEntry => unjudged(file, 'broken', [], error)

export interface SuiteCounts {
  readonly passed: number
  readonly failed: number
  readonly unjudged: number
  readonly checks: number
  readonly failedChecks: number
}

export function countEntries(entries: readonly SuiteEntry[]): SuiteCounts {
  const of = (state: EntryState) => entries.filter(e => e.state === state).length
  const checks = entries.flatMap(e => e.checks)
  return {
    passed: of('passed'),
    failed: of('failed'),
    unjudged: entries.length - of('passed') - of('failed'),
    checks: checks.length,
    failedChecks: checks.filter(c => c.state === 'failed').length,
  }
}
