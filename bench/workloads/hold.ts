/**
 * W5: the event queue alone, hold model: n pending events, take the earliest and put one back at an exponential
 * distance. The distances are drawn beforehand, so that the queue is what is timed.
 */
import { exponential, randomStream } from '../../sim-core/base/random.ts'
import { EventQueue, eventCode } from '../../sim-core/engine/index.ts'

const DRAWS = 1 << 16

/** Returns a function that does `operations` holds on a queue of `pending` events. */
export function holdModel(pending: number): (operations: number) => void {
  const stream = randomStream(1, `hold ${pending}`)
  const distances = Float64Array.from({ length: DRAWS }, () => exponential(stream, 1000))
  const queue = new EventQueue(pending)
  for (let i = 0; i < pending; i++) queue.push(distances[i & (DRAWS - 1)], eventCode(0, i & 1023))
  let draw = 0
  return operations => {
    for (let i = 0; i < operations; i++) {
      const time = queue.time[0]
      const code = queue.code[0]
      queue.pop()
      queue.push(time + distances[draw++ & (DRAWS - 1)], code)
    }
  }
}
