/**
 * Goal: timers of a busy host are late as recorded ones are, never early, and only when a scenario asks for it.
 * Method: the distribution's percentiles against those of 1152 recorded advert intervals; adverts of a small cluster.
 */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../sim-core/base/random.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import { lateness } from '../../sim-core/compile/lateness.ts'
import { HOSTS, model, scenarioText } from './cluster.ts'

const MS = 1_000_000

describe('lateness', () => {
  it('has the shape of what was recorded: percentiles over the median', () => {
    const stream = randomStream(1, 'lateness')
    const drawn = Array.from({ length: 100_000 }, () => lateness(MS, stream) / MS).sort((a, b) => a - b)
    const at = (share: number) => drawn[Math.floor(share * drawn.length)]
    // Recorded, in ms: 0.441, 0.746, 1.276, 2.295, 4.272, 15.311 at 10, 25, 50, 75, 90 and 99 %.
    const recorded: [number, number][] = [
      [0.1, 0.441 / 1.276],
      [0.25, 0.746 / 1.276],
      [0.5, 1],
      [0.75, 2.295 / 1.276],
      [0.9, 4.272 / 1.276],
      [0.99, 15.311 / 1.276],
    ]
    for (const [share, value] of recorded) expect(at(share) / value, `${share}`).toBeGreaterThan(0.85)
    for (const [share, value] of recorded) expect(at(share) / value, `${share}`).toBeLessThan(1.1)
    expect(drawn[0]).toBeGreaterThanOrEqual(0)
  })

  it('makes adverts late, differently with each seed, and none early; without it each is on time', () => {
    const adverts = (jitter: string, seed: number): number[] => {
      const text = scenarioText({ events: ['{ at: 13s, join: all }'], hosts: HOSTS, seed }).replace('duration:', `${jitter}duration:`)
      const simulation = new Simulation(model(text))
      simulation.run()
      const times = simulation.happenings.filter(h => h.kind === 'advert' && h.host === 'b1').map(h => h.t)
      return times.slice(2).map((t, i) => (t - times[i + 1]) / MS - 1000)
    }
    expect(adverts('', 1).every(ms => ms === 0)).toBe(true)
    const late = adverts('jitter: 2ms\n', 1)
    expect(Math.min(...late)).toBeGreaterThan(0)
    expect(adverts('jitter: 2ms\n', 1)).toEqual(late)
    expect(adverts('jitter: 2ms\n', 2)).not.toEqual(late)
  })
})
