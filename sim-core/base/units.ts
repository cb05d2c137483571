/**
 * Quantities and their units. Time is whole nanoseconds in a double: exact for 104 days.
 *
 * `Instant` (a point on the simulation's clock) and `Duration` (a distance between two) are different types, so
 * that adding two instants does not compile. Typed-array rows hold plain numbers; they are cast where they leave
 * the table, never in arithmetic.
 */
declare const unit: unique symbol
export type Instant = number & { readonly [unit]: 'instant, ns' }
export type Duration = number & { readonly [unit]: 'duration, ns' }
export type Bytes = number & { readonly [unit]: 'bytes' }
export type BitsPerSecond = number & { readonly [unit]: 'bit/s' }

export const MICROSECOND_NS = 1_000
export const MILLISECOND_NS = 1_000_000
export const SECOND_NS = 1_000_000_000

export const START = 0 as Instant
export const NEVER = Number.POSITIVE_INFINITY as Instant
export const FOREVER = Number.POSITIVE_INFINITY as Duration

export const nanoseconds = (n: number): Duration => Math.round(n) as Duration
export const microseconds = (us: number): Duration => Math.round(us * MICROSECOND_NS) as Duration
export const milliseconds = (ms: number): Duration => Math.round(ms * MILLISECOND_NS) as Duration
export const seconds = (s: number): Duration => Math.round(s * SECOND_NS) as Duration
export const instant = (s: number): Instant => Math.round(s * SECOND_NS) as Instant

export const after = (t: Instant, d: Duration): Instant => (t + d) as Instant
export const between = (from: Instant, to: Instant): Duration => (to - from) as Duration
/** `3.605468 s`: at most microseconds, no trailing zeros. */
export function secondsText(ns: number): string {
  const text = (ns / SECOND_NS).toFixed(6).replace(/0+$/, '').replace(/\.$/, '')
  return `${text} s`
}

export const asSeconds = (t: Instant | Duration): number => t / SECOND_NS
