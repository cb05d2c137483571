/**
 * The crash phase as a variable. What a takeover costs depends on where between two adverts the crash falls, so a
 * figure for one instant says little: of all phases swept, this finds the run that shows the worst.
 */
import { badness } from './judge.ts'
import type { SweepMeasure } from './replicate.ts'
import type { SweepResult } from './result.ts'

export interface WorstPhase {
  readonly measure: SweepMeasure
  /** Values of the other axes, in their order. */
  readonly others: readonly { readonly path: string; readonly value: string }[]
  readonly phase: string
  readonly seed: number
  readonly value: number
  /** Index of the point. */
  readonly point: number
  /** The least bad value, for comparison. */
  readonly mildest: number
}

/** For each combination of the other axes and each numeric measure; empty when no phase was swept. */
export function worstPhases({ design, points }: SweepResult): WorstPhase[] {
  const at = design.axes.findIndex(a => a.kind === 'phase')
  if (at < 0) return []
  const worst = new Map<string, WorstPhase>()
  points.forEach(({ point, measures }, p) => {
    const others = design.axes.flatMap((a, i) => (i === at ? [] : [{ path: a.path, value: point.values[i] }]))
    for (const { measure, worst: here, lowest, highest } of measures) {
      if (here === undefined || lowest === undefined || highest === undefined) continue
      const bad = (value: number) => badness(measure.expectation.is, value)
      const key = JSON.stringify([measure.text, others])
      const before = worst.get(key)
      const mild = bad(lowest.value) < bad(highest.value) ? lowest.value : highest.value
      const mildest = before === undefined || bad(mild) < bad(before.mildest) ? mild : before.mildest
      const found = { measure, others, phase: point.values[at], seed: here.seed, value: here.value, point: p }
      worst.set(key, before === undefined || bad(here.value) > bad(before.value) ? { ...found, mildest } : { ...before, mildest })
    }
  })
  return [...worst.values()]
}
