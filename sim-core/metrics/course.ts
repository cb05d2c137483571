/**
 * How a metric changed through a window: what `always`, `never` and `within` look at. Owners of VIPs are known to the
 * instant; of what is counted, each bin (1 s unless the expectation says `bin:`) is one stretch.
 */
import type { Metric, Question, Stretch } from './metric.ts'

/** Whether the metric has values over time; a p99 of a window or a table at an instant has none. */
export const hasCourse = (metric: Metric): boolean => metric.course !== undefined || metric.at === 'may'

/** Undefined when the run does not have what the question is about. */
export function courseOf(metric: Metric, q: Question): readonly Stretch[] | undefined {
  if (metric.course !== undefined) return metric.course(q)
  const stretches: Stretch[] = []
  for (let fromNs = q.fromNs; fromNs < q.toNs; fromNs += q.binNs) {
    const toNs = Math.min(q.toNs, fromNs + q.binNs)
    const { value } = metric.value({ ...q, fromNs, toNs })
    if (value === undefined) return undefined
    stretches.push({ fromNs, toNs, value })
  }
  return stretches
}
