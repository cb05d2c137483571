/**
 * Goal: the queue returns what a sorted list would, ties in the order of scheduling.
 * Method: a seeded stream of pushes, pops and replacements runs on both; every pop is compared.
 */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../sim-core/base/random.ts'
import { EventQueue, eventCode } from '../../sim-core/engine/index.ts'
import { EventQueueModel } from './event-queue-model.ts'

describe('event queue', () => {
  it('pops in the order of time, then of scheduling, like a sorted list', () => {
    const draw = randomStream(1, 'event queue twin')
    const queue = new EventQueue(4)
    const model = new EventQueueModel()
    let popped = 0
    for (let i = 0; i < 4_000; i++) {
      const dice = draw.next()
      const time = Math.floor(draw.next() * 50) // few instants, many ties
      if (dice < 0.5 || queue.size === 0) {
        const sequence = queue.push(time, eventCode(i % 7, i))
        model.push(time, sequence, eventCode(i % 7, i))
      } else if (dice < 0.8) {
        expect([queue.time[0], queue.sequence[0], queue.code[0]]).toEqual(model.pop())
        queue.pop()
        popped++
      } else {
        const sequence = queue.takeSequence()
        expect([queue.time[0], queue.sequence[0], queue.code[0]]).toEqual(model.pop())
        queue.replaceTop(time, sequence, eventCode(3, i))
        model.push(time, sequence, eventCode(3, i))
        popped++
      }
      expect(queue.size).toBe(model.size)
    }
    expect(popped).toBeGreaterThan(1_000)
  })

  it('keeps the place of a sequence number that was taken before it was used', () => {
    const queue = new EventQueue()
    const early = queue.takeSequence()
    queue.push(10, eventCode(0, 1))
    queue.pushWithSequence(10, early, eventCode(0, 2))
    expect(queue.code[0]).toBe(eventCode(0, 2))
  })
})
