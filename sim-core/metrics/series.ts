/** A quantity over bins of a window (1 s unless `bin:` says otherwise), and statistics over the bins. */
import type { Observed, Question, Stat } from './metric.ts'
import { segmentAt } from './segments.ts'
import { type Span, spanOf } from './sums.ts'

/**
 * `quantity` gives the quantity over any span. `mean` is that of the whole window, so that it does not depend on the
 * bins; the others are taken over the bins' values; `at` is the bin that contains the instant.
 */
export function overBins(q: Question, quantity: (span: Span) => number): Observed {
  const segments = q.view.result.measurements.segments
  if (q.atNs !== undefined) {
    const from = Math.floor(q.atNs / q.binNs) * q.binNs
    const span = spanOf(segments, from, from + q.binNs)
    return { value: quantity(span.length > 0 ? span : [segmentAt(segments, q.atNs)]) }
  }
  if (q.stat === 'mean' || q.stat === 'total') return { value: quantity(spanOf(segments, q.fromNs, q.toNs)) }
  const values: number[] = []
  for (let t = q.fromNs; t < q.toNs; t += q.binNs) values.push(quantity(spanOf(segments, t, Math.min(q.toNs, t + q.binNs))))
  return { value: statistic(values, q.stat) }
}

export const quantileOf: Readonly<Partial<Record<Stat, number>>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, 'p99.9': 0.999 }

/** Nearest rank. */
export function statistic(values: readonly number[], stat: Stat): number {
  if (values.length === 0) return 0
  const sorted = Float64Array.from(values).sort()
  if (stat === 'min') return sorted[0]
  if (stat === 'max') return sorted[sorted.length - 1]
  const q = quantileOf[stat]
  if (q !== undefined) return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]
  let sum = 0
  for (const v of sorted) sum += v
  return stat === 'total' ? sum : sum / sorted.length
}
