/**
 * Numbers as people read them: times, ratios and rates with the digits that matter. One place, so that the story, the
 * windows table and the verdicts write the same value in the same way. No locale: a report is the same everywhere.
 */
import { MILLISECOND_NS, SECOND_NS } from '../base/units.ts'
import type { MetricUnit } from './metric.ts'

/** `fixed` without a trailing `.000`. */
export const trimmed = (x: number, digits: number): string => {
  const text = x.toFixed(digits)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** A point in time, always with milliseconds: `23.297 s`. */
export const showTime = (ns: number): string => `${(ns / SECOND_NS).toFixed(3)} s`

/** A length of time with up to four significant digits and a unit that fits: `3.297 s`, `12.3 ms`, `4.1 us`. */
export function showDuration(ns: number): string {
  if (ns === 0) return '0 s'
  if (ns >= 60 * SECOND_NS) return `${trimmed(ns / SECOND_NS, 1)} s`
  if (ns >= SECOND_NS) return `${trimmed(ns / SECOND_NS, 3)} s`
  if (ns >= MILLISECOND_NS) return `${significant(ns / MILLISECOND_NS)} ms`
  return ns >= 1000 ? `${significant(ns / 1000)} us` : `${trimmed(ns, 1)} ns`
}

const significant = (x: number): string => trimmed(x, x >= 100 ? 1 : x >= 10 ? 2 : 3)

/** `102.5 %`; small shares keep more digits, so that 0.004 % is not 0. */
export function showRatio(ratio: number): string {
  const percent = 100 * ratio
  if (percent === 0) return '0 %'
  return `${percent >= 10 ? percent.toFixed(1) : percent >= 0.1 ? percent.toFixed(2) : trimmed(percent, 4)} %`
}

export function showRate(bps: number): string {
  if (bps >= 999_500_000) return `${trimmed(bps / 1e9, 3)} Gbit/s`
  if (bps >= 999_500) return `${trimmed(bps / 1e6, 1)} Mbit/s`
  return bps >= 1000 ? `${trimmed(bps / 1e3, 1)} kbit/s` : `${trimmed(bps, 0)} bit/s`
}

/** 1234567 → `1,234,567`. */
export const showCount = (n: number): string => trimmed(n, 3).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')

/** `1 packet`, `2 packets`. */
export const counted = (n: number, noun: string): string => `${showCount(n)} ${n === 1 ? noun : `${noun}s`}`

export function showValue(value: number | string, unit: MetricUnit): string {
  if (typeof value === 'string') return value
  if (unit === 's') return showDuration(value)
  if (unit === 'ratio') return showRatio(value)
  if (unit === 'bit/s') return showRate(value)
  return showCount(value)
}
