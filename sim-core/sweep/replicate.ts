/** What is kept of one run of a sweep: each measure's value, and whether it met what was expected. */
import { metricNamed, type MetricUnit } from '../metrics/index.ts'
import type { Expectation, ExpectationVerdict } from '../expect/index.ts'
import type { Model } from '../scenario/index.ts'

/** A quantity that a sweep reports: an expectation of the scenario, or a metric that was asked for. */
export interface SweepMeasure {
  /** As it was written; names the measure across points. */
  readonly text: string
  readonly expectation: Expectation
  readonly unit: MetricUnit
  /** Whether a mean makes sense: not of names, nor of courses over time, which are kept or broken. */
  readonly numeric: boolean
}

export interface Replicate {
  /** In the metric's unit, times in ns; null: there was none. In the order of the point's measures. */
  readonly values: readonly (number | string | null)[]
  readonly held: readonly boolean[]
  /** The run ended early: why. */
  readonly stopped?: string
}

export const measuresOf = (model: Model): SweepMeasure[] =>
  model.expectations.map(expectation => {
    const unit = metricNamed(expectation.metric)?.unit ?? 'times'
    return { text: expectation.text, expectation, unit, numeric: unit !== 'name' && expectation.over === undefined }
  })

export function replicateOf(verdicts: readonly ExpectationVerdict[], stopped: string | undefined): Replicate {
  return {
    values: verdicts.map(v => v.value ?? null),
    held: verdicts.map(v => v.ok),
    ...(stopped === undefined ? {} : { stopped }),
  }
}
