/** Instants at which expectations need the directors' tables, ns, ascending. */
import { metricNamed } from '../metrics/index.ts'
import type { Model } from '../scenario/index.ts'

export function tableInstants(model: Model): number[] {
  const wanted = model.expectations
    .filter(e => metricNamed(e.metric)?.of === 'director')
    .flatMap(e => (e.atNs === undefined ? [] : [e.atNs]))
  return [...new Set(wanted)].sort((a, b) => a - b)
}
