/**
 * The VRRP intervals, by keepalived's own integer arithmetic in microseconds (include/vrrp.h), and their spelling.
 * Tested against the table of semantics §2.2 in test/protocols/vrrp/intervals.test.ts.
 */
import { MICROSECOND_NS, SECOND_NS, secondsText } from '../../base/units.ts'

export { secondsText }

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

/** `skew (256 − 101)/256 s`, as arithmetic. */
export function skewText(version: 2 | 3, priority: number, masterAdvertIntNs: number): string {
  const unit = version === 2 ? '1 s' : secondsText(masterAdvertIntNs)
  return unit === '1 s' ? `skew (256 − ${priority})/256 s` : `skew (256 − ${priority})/256 × ${unit}`
}

/** What the Master_Down_Interval is made of, as inputs of a cause. */
export const masterDownInputs = (version: 2 | 3, priority: number, masterAdvertIntNs: number, adverts: number) => ({
  adverts,
  advert_int_s: masterAdvertIntNs / SECOND_NS,
  priority,
  skew_s: skewNs(version, priority, masterAdvertIntNs) / SECOND_NS,
  master_down_s: masterDownNs(version, priority, masterAdvertIntNs, adverts) / SECOND_NS,
})

/** `(256 − 101)/256 × 1 s`. */
const skewSum = (version: 2 | 3, priority: number, masterAdvertIntNs: number): string =>
  `(256 − ${priority})/256 × ${version === 2 ? '1 s' : secondsText(masterAdvertIntNs)}`

/** `(256 − 101)/256 × 1 s = 0.605468 s`. */
export const skewArithmetic = (version: 2 | 3, priority: number, masterAdvertIntNs: number): string =>
  `${skewSum(version, priority, masterAdvertIntNs)} = ${secondsText(skewNs(version, priority, masterAdvertIntNs))}`

/** `3 × 1 s + (256 − 101)/256 × 1 s = 3.605468 s`. */
export const masterDownArithmetic = (version: 2 | 3, priority: number, masterAdvertIntNs: number, adverts: number): string =>
  `${adverts} × ${secondsText(masterAdvertIntNs)} + ${skewSum(version, priority, masterAdvertIntNs)} = ` +
  secondsText(masterDownNs(version, priority, masterAdvertIntNs, adverts))

/** `3 × 1 s + skew (256 − 101)/256 s = 3.605468 s`. */
export const masterDownText = (version: 2 | 3, priority: number, masterAdvertIntNs: number, adverts: number): string =>
  `${adverts} × ${secondsText(masterAdvertIntNs)} + ${skewText(version, priority, masterAdvertIntNs)} = ` +
  secondsText(masterDownNs(version, priority, masterAdvertIntNs, adverts))
