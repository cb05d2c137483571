/**
 * Goal: an interval that claims 95 % covers the truth 95 times of 100, within 3.
 * Method: two models whose answer is known. A Poisson source in the simulator, run by the sweep's own tasks: in a second
 * at 400 packets/s it sends 400 on average. And the queue M/D/1 at half load, where a packet waits half a service time on
 * average (Pollaczek and Khinchine: ρ/(2(1−ρ))), by Lindley's recursion, started empty and left to settle. Of each many
 * experiments of ten replications; all seeds are fixed.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { performTask, type ReplicateAnswer } from '../../cli/tasks.ts'
import { mapFiles } from '../../sim-core/base/files.ts'
import { exponential, randomStream } from '../../sim-core/base/random.ts'
import { loadStatistics, makeBundle, summarise } from '../../sim-core/sweep/index.ts'

beforeAll(loadStatistics)

const REPLICATIONS = 10

function coverage(experiments: number, truth: number, value: (seed: number) => number): number {
  let covered = 0
  for (let e = 0; e < experiments; e++) {
    const { mean, halfWidth } = summarise(Array.from({ length: REPLICATIONS }, (_, r) => value(1 + e * REPLICATIONS + r)))
    if (Math.abs(mean - truth) <= halfWidth) covered++
  }
  return covered / experiments
}

const SOURCE = `scenario: a Poisson source
duration: 1.1s
hosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }
traffic: { t: { from: a, to: 10.0.0.2:5000, start: 0s, stop: 1s, udp: { rate: 3.2Mbit, size: 1000B, arrivals: poisson } } }
expect: [{ metric: traffic.sent, of: t, is: 400 }]
`

function sent(seed: number): number {
  const answer = performTask({ kind: 'replicate', hash: 'source', bundle, seed }) as ReplicateAnswer
  return answer.ok ? Number(answer.replicate.values[0]) : Number.NaN
}
const { bundle } = makeBundle('s.yaml', mapFiles({ 's.yaml': SOURCE }), { set: [] }) as Required<ReturnType<typeof makeBundle>>

/** Mean wait in service times of packets 200 to 1200 of a queue at half load. */
function meanWait(seed: number): number {
  const stream = randomStream(seed, 'coverage')
  let wait = 0
  let sum = 0
  for (let n = 0; n < 1200; n++) {
    wait = Math.max(0, wait + 1 - exponential(stream, 2))
    if (n >= 200) sum += wait
  }
  return sum / 1000
}

describe('coverage of 95 % intervals', () => {
  it.each<[string, number, number, (seed: number) => number]>([
    ['packets of a Poisson source, simulated', 200, 400, sent],
    ['waiting in M/D/1 at half load', 400, 0.5, meanWait],
  ])('%s', (_, experiments, truth, value) => {
    const share = coverage(experiments, truth, value)
    expect(share).toBeGreaterThanOrEqual(0.92)
    expect(share).toBeLessThanOrEqual(0.98)
  })
})
