/**
 * Columns of segments in the making: a rate for a while is added to the segments that it lies in. Counts come out as
 * whole numbers whose sums are right to one, so that windows add up as they do for packets.
 */
import type { Segments } from '../metrics/index.ts'

/** Calls `add` with each segment that [fromNs, toNs) touches and for how long, in ns; `segment` is where fromNs lies. */
export function overSegments(
  segments: Segments,
  segment: number,
  fromNs: number,
  toNs: number,
  add: (s: number, dt: number) => void,
): number {
  const { boundariesNs, count } = segments
  let s = segment
  let at = fromNs
  while (at < toNs && s < count) {
    const end = Math.min(toNs, boundariesNs[s + 1])
    if (end > at) add(s, end - at)
    at = end
    if (end >= boundariesNs[s + 1]) s++
  }
  return s
}

/** Whole numbers with the same running sum, rounded. */
export function rounded(column: Float64Array): Float64Array {
  const out = new Float64Array(column.length)
  let sum = 0
  let given = 0
  for (let i = 0; i < column.length; i++) {
    sum += column[i]
    const whole = Math.round(sum)
    out[i] = whole - given
    given = whole
  }
  return out
}

export const minus = (a: Float64Array, b: Float64Array | undefined): Float64Array =>
  b === undefined ? a : a.map((x, i) => Math.max(0, x - b[i]))
