/**
 * Goal: the wheel's arithmetic, against examples worked out by hand from the rule and against recorded removals.
 * jiffies_at_t0 of the recordings is in each case.json; the figures used here are written next to each row.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fireJiffy, JiffyClock, slackJiffy, slackMost, wheelStep } from '../../sim-core/base/timer-wheel.ts'

const I01_JIFFIES_AT_T0 = 4_294_937_496

describe('timer wheel', () => {
  it.each([
    [0, 1],
    [62, 1],
    [63, 8],
    [503, 8],
    [504, 64],
    [4031, 64],
    [4032, 512],
    [32_255, 512],
    [32_256, 4096],
    [258_047, 4096],
    [258_048, 32_768],
  ])('a timer with %i jiffies to go is kept in steps of %i', (delta, step) => {
    expect(wheelStep(delta)).toBe(step)
  })

  it.each([
    // armed, timeout, fires: ((armed + timeout) / step rounded down, + 1) × step
    [1000, 20, 1021], // step 1: always one tick late
    [1000, 100, 1104], // 1100 / 8 = 137.5 → 138 × 8
    [1000, 104, 1112], // exactly on an edge: 1104 / 8 = 138 → 139 × 8
    [1000, 1000, 2048], // 2000 / 64 = 31.25 → 32 × 64
    [1000, 12_000, 13_312], // 13000 / 512 = 25.39 → 26 × 512
    [1000, 90_000, 94_208], // 91000 / 4096 = 22.2 → 23 × 4096
  ])('armed at jiffy %i for %i more it runs at jiffy %i', (armed, timeout, fires) => {
    expect(fireJiffy(armed, timeout)).toBe(fires)
  })

  it('is never early and at most one step late', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 33), fc.nat(2_000_000), (armed, timeout) => {
        const late = fireJiffy(armed, timeout) - (armed + timeout)
        return late >= 1 && late <= wheelStep(timeout)
      }),
    )
  })
})

describe('jiffy clock', () => {
  it('counts whole ticks from the jiffy of t = 0', () => {
    const clock = new JiffyClock(250, 1_000_003)
    expect(clock.tickNs).toBe(4_000_000)
    expect(clock.jiffyAt(3_999_999)).toBe(1_000_003)
    expect(clock.jiffyAt(4_000_000)).toBe(1_000_004)
    expect(clock.timeOf(1_000_004)).toBe(4_000_000)
  })

  it('fires a 120 s timer armed at 1.034 s at 123.92 s, as recorded (i01, HZ 100)', () => {
    const clock = new JiffyClock(100, I01_JIFFIES_AT_T0)
    expect(clock.fireAt(1_001_000_000, 12_000)).toBe(123_920_000_000)
    expect(clock.fireAt(1_034_000_000, 12_000)).toBe(123_920_000_000)
  })

  it('gives the same instants for starts that differ by whole turns of the coarsest level', () => {
    const a = new JiffyClock(100, 12_345)
    const b = new JiffyClock(100, 12_345 + 8 ** 8 * 3)
    expect(b.fireAt(77_000_000, 90_000)).toBe(a.fireAt(77_000_000, 90_000))
  })

  it('begins anew when the host boots: 300 s before 2³², whenever that is', () => {
    const clock = new JiffyClock(100)
    const atStart = clock.fireAt(0, 12_000)
    clock.boot(5_000_000_000)
    expect(clock.fireAt(5_000_000_000, 12_000)).toBe(5_000_000_000 + atStart)
  })
})

describe('before 4.8', () => {
  it.each([
    [0, 255, 255], // too short to be put off
    [10, 12_000, 12_032], // between 12010 and 12056: 47 × 256
    [0, 90_000, 90_112], // between 90000 and 90351: 44 × 2048
    [1000, 256, 1257], // between 1256 and 1257
  ])('armed at %i for %i jiffies: %i', (armed, timeout, expected) => {
    expect(slackJiffy(armed, timeout)).toBe(expected)
  })

  it('never early, never later than 1/256 of its time', () => {
    for (let armed = 0; armed < 5000; armed += 7)
      for (const timeout of [1, 200, 256, 1000, 6000, 12_000, 90_000]) {
        const late = slackJiffy(armed, timeout) - armed - timeout
        expect(late >= 0 && late <= slackMost(timeout)).toBe(true)
      }
  })
})
