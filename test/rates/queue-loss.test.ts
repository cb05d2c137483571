/** Goal: the loss of M/D/1 with a finite waiting room. Method: the recursion over departures, run at every size, and what theory says at the ends. */
import { describe, expect, it } from 'vitest'
import { exp } from '../../sim-core/base/math.ts'
import { queueLoss } from '../../sim-core/rates/queue-loss.ts'

/** The embedded chain of M/D/1/N, balanced departure by departure; N = waiting + 1. */
function byRecursion(load: number, waiting: number): number {
  const places = waiting + 1
  const arrivals = Array.from({ length: places + 1 }, () => 0)
  arrivals[0] = exp(-load)
  for (let k = 1; k <= places; k++) arrivals[k] = (arrivals[k - 1] * load) / k
  const left = [1]
  for (let n = 0; n + 1 < places; n++) {
    let x = left[n] - arrivals[n]
    for (let k = 1; k <= n; k++) x -= left[k] * arrivals[n + 1 - k]
    left.push(x / arrivals[0])
  }
  const sum = left.reduce((a, b) => a + b, 0)
  return 1 - sum / (1 + load * sum)
}

describe('loss of a full queue', () => {
  it.each([0.5, 0.8, 0.9, 0.95, 1.0, 1.02, 1.1, 1.5])('at load %d is that of the recursion, in small and large rooms', load => {
    for (const waiting of [1, 5, 20, 29, 31, 60, 120]) {
      const wanted = byRecursion(load, waiting)
      // The recursion itself loses digits where hardly anything is lost.
      if (wanted > 1e-9) expect(queueLoss(load, waiting) / wanted).toBeCloseTo(1, 4)
      else expect(queueLoss(load, waiting)).toBeLessThan(1e-8)
    }
  })

  it('of no waiting room is that of Erlang: ρ / (1 + ρ)', () => {
    expect(queueLoss(0.7, 0)).toBeCloseTo(0.7 / 1.7, 12)
  })

  it('of a large room at overload is what is too much', () => {
    expect(queueLoss(1.025, 1000)).toBeCloseTo(1 - 1 / 1.025, 6)
    expect(queueLoss(1.2, Number.POSITIVE_INFINITY)).toBeCloseTo(1 - 1 / 1.2, 12)
  })

  it('grows with the load and falls with the room', () => {
    const loads = [0.3, 0.6, 0.9, 0.99, 1, 1.01, 1.3]
    for (const waiting of [3, 50, 1000])
      for (let i = 1; i < loads.length; i++) expect(queueLoss(loads[i], waiting)).toBeGreaterThanOrEqual(queueLoss(loads[i - 1], waiting))
    expect(queueLoss(0.9, 10)).toBeGreaterThan(queueLoss(0.9, 20))
  })
})
