/**
 * Where a run is cut for accounting. The cuts are known before it starts: the edges of every window, the bins of
 * every window (1 s, and whatever an expectation asks for), the instant of every event, a moment before it and, for ten
 * seconds after it, every tenth of a second, so that a takeover can be told from what it interrupts and what follows.
 * A counter in the hot path is then one array element, and nothing is decided per packet.
 */
import { MILLISECOND_NS, SECOND_NS } from '../base/units.ts'

export interface Segments {
  /** Ascending, from 0 to the end of the run; segment i is [boundariesNs[i], boundariesNs[i + 1]). */
  readonly boundariesNs: Float64Array
  readonly count: number
  /** Zone of each segment: 0 … zoneCount − 1, never descending. */
  readonly zoneOf: Int32Array
  readonly zoneCount: number
}

export interface SegmentNeeds {
  readonly durationNs: number
  readonly windows: readonly { readonly fromNs: number; readonly toNs: number; readonly binsNs?: readonly number[] }[]
  readonly instantsNs: readonly number[]
  /** A size of bins with more cuts than this in a window is left out; CUTS_MAX unless given. */
  readonly cutsMax?: number
}

export const BIN_NS = SECOND_NS
/** What is sent so shortly before an event is still on the way when it happens. */
export const CAUGHT_NS = 50 * MILLISECOND_NS
const FINE_NS = 100 * MILLISECOND_NS
const FINE_FOR_NS = 10 * SECOND_NS
/** Beyond this many events the fine cuts are left out, beyond this many cuts of a bin size that size is. */
const FINE_EVENTS_MAX = 40
export const CUTS_MAX = 200_000

export function planSegments({ durationNs, windows, instantsNs, cutsMax = CUTS_MAX }: SegmentNeeds): Segments {
  const cuts = new Set<number>([0, durationNs])
  const cut = (t: number) => t > 0 && t < durationNs && cuts.add(t)
  for (const w of windows) {
    cut(w.fromNs)
    cut(w.toNs)
    for (const bin of [BIN_NS, ...(w.binsNs ?? [])])
      if ((w.toNs - w.fromNs) / bin <= cutsMax) for (let t = w.fromNs; t < w.toNs; t += bin) cut(t)
  }
  for (const t of instantsNs) {
    cut(t)
    cut(t - CAUGHT_NS)
    if (instantsNs.length <= FINE_EVENTS_MAX) for (let k = 1; k * FINE_NS <= FINE_FOR_NS; k++) cut(t + k * FINE_NS)
  }
  const boundariesNs = Float64Array.from(cuts).sort()
  const count = boundariesNs.length - 1
  const edges = new Set(windows.flatMap(w => [w.fromNs, w.toNs]))
  const zoneOf = new Int32Array(count)
  for (let i = 1; i < count; i++) zoneOf[i] = zoneOf[i - 1] + (edges.has(boundariesNs[i]) ? 1 : 0)
  return { boundariesNs, count, zoneOf, zoneCount: count === 0 ? 0 : zoneOf[count - 1] + 1 }
}

/** Segments [first, last) that lie in [fromNs, toNs); exact when both are cuts, else the whole segments inside. */
export function segmentRange(segments: Segments, fromNs: number, toNs: number): { first: number; last: number } {
  const first = lowerBound(segments.boundariesNs, fromNs)
  const last = Math.max(first, upperBound(segments.boundariesNs, toNs) - 1)
  return { first: Math.min(first, segments.count), last: Math.min(last, segments.count) }
}

/** Index of the segment that contains `t`; the last one for the end of the run. */
export function segmentAt(segments: Segments, t: number): number {
  return Math.max(0, Math.min(segments.count - 1, upperBound(segments.boundariesNs, t) - 1))
}

/** First index whose value is ≥ x. */
function lowerBound(values: Float64Array, x: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] < x) low = middle + 1
    else high = middle
  }
  return low
}

/** First index whose value is > x. */
function upperBound(values: Float64Array, x: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] <= x) low = middle + 1
    else high = middle
  }
  return low
}
