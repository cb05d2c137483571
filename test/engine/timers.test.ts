/**
 * Goal: lazy timers fire when, and in the order in which, eager ones would.
 * Method: a seeded script of arm and cancel on twenty timers; the twin keeps deadlines in a plain list.
 */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../sim-core/base/random.ts'
import { Engine } from '../../sim-core/engine/index.ts'

describe('timers', () => {
  it('fire at their last deadline, in the order of arming among equals', () => {
    const draw = randomStream(7, 'timers twin')
    const engine = new Engine()
    const fired: string[] = []
    const kind = engine.timers.addKind(owner => fired.push(`${engine.now}:${owner}`))
    const timers = Array.from({ length: 20 }, (_, i) => engine.timers.create(kind, i))
    const model = new Map<number, { at: number; order: number }>()
    const expected: string[] = []
    let order = 0
    for (let now = 0; now < 3_000; now++) {
      engine.run(now)
      const due = [...model].filter(([, m]) => m.at < now).sort((a, b) => a[1].at - b[1].at || a[1].order - b[1].order)
      for (const [i, m] of due) {
        expected.push(`${m.at}:${i}`)
        model.delete(i)
      }
      const i = Math.floor(draw.next() * 20)
      if (draw.next() < 0.8) {
        const at = now + Math.floor(draw.next() * 30)
        engine.timers.arm(timers[i], at)
        model.set(i, { at, order: order++ })
      } else {
        engine.timers.cancel(timers[i])
        model.delete(i)
      }
    }
    expect(fired).toEqual(expected)
    expect(fired.length).toBeGreaterThan(500)
  })

  it('released rows are used again and their old events find nobody', () => {
    const engine = new Engine()
    const fired: number[] = []
    const kind = engine.timers.addKind(owner => fired.push(owner))
    const first = engine.timers.create(kind, 1)
    engine.timers.arm(first, 5)
    engine.timers.release(first)
    const second = engine.timers.create(kind, 2)
    expect(second).toBe(first)
    engine.timers.arm(second, 9)
    engine.run(20)
    expect(fired).toEqual([2])
  })
})
