/**
 * Goal: lazily moved timers run exactly when the kernel's would.
 * Method: twin. The plain model computes each timer's jiffy anew at every restart and looks at all of them in every jiffy.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fireJiffy, JiffyClock } from '../../../sim-core/base/timer-wheel.ts'
import { ConnectionTable } from '../../../sim-core/protocols/ipvs/connection-table.ts'
import { ExpiryWheel } from '../../../sim-core/protocols/ipvs/expiry-wheel.ts'

const ENTRIES = 6

const action = fc.record({
  entry: fc.nat(ENTRIES - 1),
  gap: fc.oneof(fc.nat(3), fc.nat(600), fc.nat(6000)),
  timeout: fc.oneof(fc.constantFrom(0, 1, 20, 62, 63, 100, 503, 504, 1000, 6000, 12_000), fc.nat(40_000)),
  cancel: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
})

function driven(
  keepOrder: boolean,
  actions: readonly { entry: number; gap: number; timeout: number; cancel: boolean }[],
): [number[][], number[][]] {
  const table = new ConnectionTable()
  if (keepOrder) table.keep('enqueued')
  const wakes = new Set<number>()
  const got: number[][] = []
  const wheel = new ExpiryWheel(table, new JiffyClock(100, 0), {
    wake: jiffy => {
      expect(wakes.has(jiffy)).toBe(false)
      wakes.add(jiffy)
    },
    expire: (c, jiffy) => got.push([jiffy, c]),
  })
  const rows = Array.from({ length: ENTRIES }, (_, i) => table.add(4, i, 1000, 1, 80, 0))
  const wanted: number[][] = []
  const due = new Map<number, number>()
  let now = 0
  const runTo = (end: number): void => {
    for (const jiffy of [...wakes].sort((a, b) => a - b)) {
      // Slots made while running lie in the future, beyond the sorted ones that matter here, or are found on the next call.
      if (jiffy <= end && wakes.delete(jiffy)) wheel.run(jiffy)
    }
    if ([...wakes].some(j => j <= end)) runTo(end)
    for (const [c, jiffy] of [...due].sort((a, b) => a[1] - b[1] || a[0] - b[0])) {
      if (jiffy > end) continue
      wanted.push([jiffy, c])
      due.delete(c)
    }
  }
  for (const a of actions) {
    now += a.gap
    runTo(now)
    const c = rows[a.entry]
    if (a.cancel) {
      wheel.cancel(c)
      due.delete(c)
    } else {
      wheel.arm(c, now, a.timeout)
      due.set(c, fireJiffy(now, a.timeout))
    }
  }
  runTo(now + 100_000)
  const sort = (list: number[][]): number[][] => list.sort((x, y) => x[0] - y[0] || x[1] - y[1])
  return [sort(got), sort(wanted)]
}

describe('expiry wheel', () => {
  it.each([false, true])('runs every timer at the jiffy of its last restart (order kept: %s)', keepOrder => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), actions => {
        const [got, wanted] = driven(keepOrder, actions)
        expect(got).toEqual(wanted)
      }),
      { numRuns: 300 },
    )
  })

  it('asks for one event a slot, however often timers are restarted', () => {
    const table = new ConnectionTable()
    const wakes: number[] = []
    const wheel = new ExpiryWheel(table, new JiffyClock(100, 0), { wake: j => wakes.push(j), expire: () => undefined })
    const rows = Array.from({ length: 100 }, (_, i) => table.add(4, i, 1000, 1, 80, 0))
    for (let now = 1000; now < 1050; now++) for (const c of rows) wheel.arm(c, now, 12_000)
    expect(wakes).toEqual([fireJiffy(1000, 12_000)])
  })

  it('within a jiffy runs coarse levels first, and in a bucket the timer that came last', () => {
    const table = new ConnectionTable()
    table.keep('enqueued')
    const order: number[] = []
    const wheel = new ExpiryWheel(table, new JiffyClock(100, 0), { wake: () => undefined, expire: c => order.push(c) })
    const [first, second, fine] = [1, 2, 3].map(i => table.add(4, i, 1000, 1, 80, 0))
    wheel.arm(first, 0, 6000) // both in the bucket of jiffy 6144: 6000 and 6100 / 512, rounded up
    wheel.arm(second, 0, 6100)
    wheel.arm(first, 5, 6000) // the same bucket: keeps its place
    wheel.run(6144 - 100)
    wheel.arm(fine, 6130, 13) // finest level, 6144 too
    wheel.run(6144)
    expect(order).toEqual([second, first, fine])
  })
})
