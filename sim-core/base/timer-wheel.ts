/**
 * When a Linux kernel timer really runs: the arithmetic of the timer wheel (kernel/time/timer.c, 4.8 and later).
 *
 * The kernel counts time in jiffies (ticks, HZ a second) and sorts timers into levels of 64 buckets; each level is
 * eight times coarser than the one below. A timer never runs early and never waits for a finer bucket than its
 * level's, so one armed for 120 s runs up to 5.12 s late at HZ 100. The buckets' edges are absolute: timers of different
 * connections run together. Recordings: 264 of 264 removals of IPVS entries, 235 of 235 SYN retransmissions
 * (conformance/ipvs/FINDINGS.md A1). Hand-worked examples: test/base/timer-wheel.test.ts.
 *
 * Jiffies are plain numbers, not wrapped. Only their value modulo 8⁸ matters for the wheel, so a clock may start anywhere.
 */
import { assert } from './assert.ts'
import { SECOND_NS } from './units.ts'

/** Wheel levels: 9 above HZ 100, else 8 (kernel/time/timer.c LVL_DEPTH). A longer timeout is cut to the last level's end. */
const LEVELS_MAX = 9
const FIRST_LEVEL_END = 63
/** Steps repeat after this many jiffies whatever the level: 8 to the power of the highest level. */
const PHASE_MODULUS = 8 ** (LEVELS_MAX - 1)

/** Width of the wheel's steps, in jiffies, for a timer that has `deltaJiffies` to go: 1, 8, 64 … */
export function wheelStep(deltaJiffies: number): number {
  let step = 1
  for (let end = FIRST_LEVEL_END, level = 1; deltaJiffies >= end && level < LEVELS_MAX; end *= 8, level++) step *= 8
  return step
}

/**
 * The jiffy at which a timer runs that was armed at jiffy `armedJiffy` for `timeoutJiffies` (≥ 0) later.
 * A timer that is armed again by its own handler has one jiffy less to go: pass (armed + 1, timeout − 1).
 */
export function fireJiffy(armedJiffy: number, timeoutJiffies: number): number {
  const step = wheelStep(timeoutJiffies)
  return (Math.floor((armedJiffy + timeoutJiffies) / step) + 1) * step
}

const SLACK_PART = 256

/**
 * The jiffy that a timer armed at `armedJiffy` for `timeoutJiffies` was given before 4.8 (apply_slack of kernel/time/timer.c):
 * from 256 jiffies on, the roundest number in binary between its time and 1/256 more. At HZ 100 a timer of 120 s ran up
 * to 0.46 s late, one of 900 s up to 3.51 s.
 */
export function slackJiffy(armedJiffy: number, timeoutJiffies: number): number {
  const expires = armedJiffy + timeoutJiffies
  if (timeoutJiffies < SLACK_PART) return expires
  const limit = expires + slackMost(timeoutJiffies)
  const unit = 2 ** (31 - Math.clz32(expires ^ limit))
  return Math.floor(limit / unit) * unit
}

/** The most jiffies that a timer of those kernels was put off. */
export const slackMost = (timeoutJiffies: number): number => Math.floor(timeoutJiffies / SLACK_PART)

/** One host's kernel clock. `jiffiesAtT0`: the jiffy number at simulated time 0; a tick happens at every whole multiple of `tickNs`. */
export class JiffyClock {
  readonly hz: number
  readonly tickNs: number
  /** Jiffy number at t = 0, reduced by whole turns of the coarsest level: small enough for int32 columns. */
  origin: number

  /** `hz` 100–1000. Without `jiffiesAtT0` the host boots at t = 0. */
  constructor(hz: number, jiffiesAtT0 = firstJiffy(hz)) {
    assert(hz >= 1 && hz <= 10_000 && Number.isInteger(hz), 'HZ is a whole number of ticks a second')
    this.hz = hz
    this.tickNs = Math.round(SECOND_NS / hz)
    this.origin = reduced(jiffiesAtT0)
  }

  /** The kernel boots at `nowNs`: jiffies begin anew. */
  boot(nowNs: number): void {
    this.origin = reduced(firstJiffy(this.hz) - Math.floor(nowNs / this.tickNs))
  }

  /** The jiffy that lasts at `nowNs`. */
  jiffyAt(nowNs: number): number {
    return this.origin + Math.floor(nowNs / this.tickNs)
  }

  /** ns at which jiffy number `jiffy` begins. */
  timeOf(jiffy: number): number {
    return (jiffy - this.origin) * this.tickNs
  }

  /** ns at which a timer runs that is armed at `nowNs` for `timeoutJiffies` (seconds × hz). */
  fireAt(nowNs: number, timeoutJiffies: number): number {
    return this.timeOf(fireJiffy(this.jiffyAt(nowNs), timeoutJiffies))
  }
}

/** The kernel begins five minutes before its counter would pass 2³², to bring overflow bugs to light. */
const firstJiffy = (hz: number): number => 2 ** 32 - 300 * hz

const reduced = (jiffies: number): number => ((jiffies % PHASE_MODULUS) + PHASE_MODULUS) % PHASE_MODULUS
