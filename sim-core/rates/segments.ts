/**
 * Where a long run is cut for accounting: as a short one is (metrics/segments.ts), but with bins as long as it takes to have a
 * few hundred of them in a window. Rates change little within a bin; what an expectation asks for is cut as finely as it says.
 */
import { BIN_NS, planSegments, type Segments } from '../metrics/index.ts'
import type { Model } from '../scenario/index.ts'

const BINS_MAX = 500
const MINUTE_NS = 60e9
/** With more events a takeover is told from what follows by the second, not by its tenth. */
const EVENTS_FEW = 40
const SECONDS_AFTER = 10
const BINS_NS = [BIN_NS, 10e9, MINUTE_NS, 5 * MINUTE_NS, 15 * MINUTE_NS, 60 * MINUTE_NS]

export function segmentsOfDay(model: Model): Segments {
  const asked = (name: string): number[] => model.expectations.filter(e => e.window === name && e.binNs !== BIN_NS).map(e => e.binNs)
  return planSegments({
    durationNs: model.durationNs,
    windows: model.windows.map(w => ({ fromNs: w.fromNs, toNs: w.toNs, binsNs: [binOf(w.toNs - w.fromNs), ...asked(w.name)] })),
    instantsNs: model.events.flatMap(e => (model.events.length <= EVENTS_FEW ? [e.atNs] : secondsAfter(e.atNs))),
    cutsMax: BINS_MAX,
  })
}

const binOf = (lengthNs: number): number => BINS_NS.find(bin => lengthNs / bin <= BINS_MAX) ?? lengthNs

const secondsAfter = (atNs: number): number[] => Array.from({ length: SECONDS_AFTER + 1 }, (_, k) => atNs + k * BIN_NS)
