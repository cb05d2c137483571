/** Sums and extremes of a column over the segments of a span. A span is what a window or bin covers, taken as whole segments. */
import type { Segments } from './segments.ts'
import { segmentRange } from './segments.ts'

/** Segment numbers, ascending; usually all of a window, sometimes a window without its takeovers. */
export type Span = readonly number[]

export interface Window {
  readonly name: string
  readonly fromNs: number
  readonly toNs: number
}

export function spanOf(segments: Segments, fromNs: number, toNs: number): Span {
  const { first, last } = segmentRange(segments, fromNs, toNs)
  return Array.from({ length: last - first }, (_, i) => first + i)
}

/** Length of a span, ns. */
export function lengthNs(segments: Segments, span: Span): number {
  let sum = 0
  for (const s of span) sum += segments.boundariesNs[s + 1] - segments.boundariesNs[s]
  return sum
}

export function total(column: Float64Array, span: Span): number {
  let sum = 0
  for (const s of span) sum += column[s]
  return sum
}

export function highest(column: Float64Array, span: Span): number {
  let max = 0
  for (const s of span) if (column[s] > max) max = column[s]
  return max
}

/** The zones that a window covers; windows are made of whole zones. */
export function zonesOf(segments: Segments, span: Span): readonly number[] {
  const zones: number[] = []
  for (const s of span) if (zones[zones.length - 1] !== segments.zoneOf[s]) zones.push(segments.zoneOf[s])
  return zones
}
