/**
 * The VRRP intervals, by keepalived's own integer arithmetic in microseconds (include/vrrp.h), and their spelling.
 * Tested against the table of semantics §2.2 in test/protocols/vrrp/intervals.test.ts.
 */
import { MICROSECOND_NS, SECOND_NS } from '../../base/units.ts'

const CENTISECOND_US = 10_000

/**
 * Skew time in ns. Version 2: (256 − priority) / 256 s, whatever the interval. Version 3: the same fraction of the
 * master's interval, in centiseconds. Both cut to whole microseconds.
 */
export function skewNs(version: 2 | 3, priority: number, masterAdvertIntNs: number): number {
  const steps = 256 - priority
  if (version === 2) return Math.floor((steps * 1_000_000) / 256) * MICROSECOND_NS
  const centiseconds = Math.floor(masterAdvertIntNs / MICROSECOND_NS / CENTISECOND_US)
  return Math.floor((steps * centiseconds * 625) / 16) * MICROSECOND_NS
}

/** Master_Down_Interval in ns: `adverts` missing adverts and the skew. */
export const masterDownNs = (version: 2 | 3, priority: number, masterAdvertIntNs: number, adverts: number): number =>
  adverts * masterAdvertIntNs + skewNs(version, priority, masterAdvertIntNs)

/** `3.605468 s`: at most microseconds, no trailing zeros. */
export function secondsText(ns: number): string {
  const text = (ns / SECOND_NS).toFixed(6).replace(/0+$/, '').replace(/\.$/, '')
  return `${text} s`
}

/** `skew (256 − 101)/256 s`, as arithmetic. */
export function skewText(version: 2 | 3, priority: number, masterAdvertIntNs: number): string {
  const unit = version === 2 ? '1 s' : secondsText(masterAdvertIntNs)
  return unit === '1 s' ? `skew (256 − ${priority})/256 s` : `skew (256 − ${priority})/256 × ${unit}`
}

/** `3 × 1 s + skew (256 − 101)/256 s = 3.605468 s`. */
export const masterDownText = (version: 2 | 3, priority: number, masterAdvertIntNs: number, adverts: number): string =>
  `${adverts} × ${secondsText(masterAdvertIntNs)} + ${skewText(version, priority, masterAdvertIntNs)} = ` +
  secondsText(masterDownNs(version, priority, masterAdvertIntNs, adverts))
