/**
 * Where a long run is cut for accounting: as a short one is (metrics/segments.ts), but with bins as long as it takes to have a
 * thousand or two of them. Rates change little within a bin; what an expectation asks for is cut as finely as it says.
 */
import { BIN_NS, planSegments, type Segments } from '../metrics/index.ts'
import type { Model } from '../scenario/index.ts'

const BINS_MAX = 2000
const MINUTE_NS = 60e9
const BINS_NS = [BIN_NS, 10e9, MINUTE_NS, 5 * MINUTE_NS, 15 * MINUTE_NS, 60 * MINUTE_NS]

export function segmentsOfDay(model: Model): Segments {
  const asked = (name: string): number[] => model.expectations.filter(e => e.window === name && e.binNs !== BIN_NS).map(e => e.binNs)
  return planSegments({
    durationNs: model.durationNs,
    windows: model.windows.map(w => ({ fromNs: w.fromNs, toNs: w.toNs, binsNs: [binOf(w.toNs - w.fromNs), ...asked(w.name)] })),
    instantsNs: model.events.map(e => e.atNs),
    cutsMax: BINS_MAX,
  })
}

const binOf = (lengthNs: number): number => BINS_NS.find(bin => lengthNs / bin <= BINS_MAX) ?? lengthNs
