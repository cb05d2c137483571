/**
 * The crash phase as a variable. What a takeover costs depends on where between two adverts the crash falls, so a
 * figure for one instant says little: of all phases swept, this finds the runs that show the most and the least.
 */
import type { Comparison } from '../expect/index.ts'
import type { SweepMeasure } from './replicate.ts'
import type { Extreme, SweepResult } from './result.ts'

export interface PhaseExtreme extends Extreme {
  readonly phase: string
  /** Index of the point. */
  readonly point: number
}

export interface WorstPhase {
  readonly measure: SweepMeasure
  /** Values of the other axes, in their order. */
  readonly others: readonly { readonly path: string; readonly value: string }[]
  readonly most: PhaseExtreme
  readonly least: PhaseExtreme
  /** Which of the two is the worse: the least where so much at least is expected, else the most. */
  readonly worst: PhaseExtreme
}

/** For each combination of the other axes and each numeric measure; empty when no phase was swept. */
export function worstPhases({ design, points }: SweepResult): WorstPhase[] {
  const at = design.axes.findIndex(a => a.kind === 'phase')
  if (at < 0) return []
  const found = new Map<string, Omit<WorstPhase, 'worst'>>()
  points.forEach(({ point, measures }, p) => {
    const others = design.axes.flatMap((a, i) => (i === at ? [] : [{ path: a.path, value: point.values[i] }]))
    const here = (x: Extreme): PhaseExtreme => ({ ...x, phase: point.values[at], point: p })
    for (const { measure, lowest, highest } of measures) {
      if (lowest === undefined || highest === undefined) continue
      const key = JSON.stringify([measure.text, others])
      const before = found.get(key)
      const most = before !== undefined && before.most.value >= highest.value ? before.most : here(highest)
      const least = before !== undefined && before.least.value <= lowest.value ? before.least : here(lowest)
      found.set(key, { measure, others, most, least })
    }
  })
  return [...found.values()].map(f => ({ ...f, worst: wantsMore(f.measure.expectation.is) ? f.least : f.most }))
}

const wantsMore = (is: Comparison): boolean => is.kind === 'compare' && (is.op === '>=' || is.op === '>')
