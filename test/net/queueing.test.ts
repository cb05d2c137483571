/**
 * Goal: one link is the queue of the textbooks: waits of M/D/1, loss of M/M/1/K, Little's law.
 * Method: Poisson arrivals straight into a link; the estimate must be within 1 % of the formula and the 95 % confidence
 * interval (Student's t over 20 batches) narrower than ±1 %, so that a wrong formula cannot hide in noise. Each
 * test prints its interval; docs/BENCHMARKS.md has them.
 */
import { describe, expect, it } from 'vitest'
import { exponential, randomStream } from '../../sim-core/base/random.ts'
import { ACCEPTED, WAIT_SUM_NS } from '../../sim-core/net/index.ts'
import { ip, lab } from './lab.ts'

const SERVICE_NS = 12_000
/** Student's t, 19 degrees of freedom, 97.5 %. */
const T19 = 2.093

/** Sends `count` packets on a→switch; returns means of wait and losses by batch, and totals. */
function poissonLink(load: number, count: number, queuePackets: number, exponentialSizes: boolean) {
  const { engine, network } = lab({ a: { address: '10.0.0.1' } }, { overheadBytes: 0, wireBytesMin: 0, delayNs: 0, queuePackets })
  const draw = randomStream(11, 'queueing')
  const { packets, links, meters } = network
  const waitSums = new Float64Array(20)
  const carried = new Float64Array(20)
  const offered = new Float64Array(20)
  let sent = 0
  let batch = 0
  const sending = (_link: number, _packet: number, startNs: number) => {
    waitSums[batch] += startNs - engine.now
    carried[batch]++
  }
  links.tap = { sent: sending, lost: () => undefined }
  const source = engine.addKind(() => {
    const p = packets.alloc(3, engine.now, 0, 0)
    packets.src[p] = packets.dst[p] = network.addresses.intern(ip('10.0.0.1'))
    packets.ipBytes[p] = exponentialSizes ? Math.max(1, Math.round(exponential(draw, SERVICE_NS / 8))) : SERVICE_NS / 8
    packets.dstMac[p] = 9 // nobody
    packets.srcMac[p] = 8
    batch = Math.floor((sent / count) * 20)
    offered[batch]++
    links.transmit(0, p)
    if (++sent < count) engine.schedule(engine.now + exponential(draw, SERVICE_NS / load), source, 0)
  })
  engine.schedule(0, source, 0)
  engine.run(Number.POSITIVE_INFINITY)
  return {
    means: Array.from(waitSums, (sum, i) => sum / carried[i]),
    losses: Array.from(offered, (n, i) => 1 - carried[i] / n),
    durationNs: engine.now,
    waitSum: meters.total(WAIT_SUM_NS, 0),
    accepted: meters.total(ACCEPTED, 0),
  }
}

function interval(means: readonly number[]) {
  const mean = means.reduce((a, b) => a + b, 0) / means.length
  const variance = means.reduce((a, m) => a + (m - mean) * (m - mean), 0) / (means.length - 1)
  return { mean, half: (T19 * Math.sqrt(variance)) / Math.sqrt(means.length) }
}

/** The estimate agrees with the formula: both it and what chance leaves open are within 1 %. */
function expectWithinOnePercent(what: string, means: readonly number[], theory: number): void {
  const { mean, half } = interval(means)
  const percent = (x: number) => `${((x / theory) * 100).toFixed(2)} %`
  console.info(`${what}: ${percent(mean)} ± ${percent(half)} of the formula's value`)
  expect(half / theory).toBeLessThan(0.01)
  expect(Math.abs(mean / theory - 1)).toBeLessThan(0.01)
}

describe('a link as a queue', () => {
  it.each([
    [0.5, 2_000_000],
    [0.7, 2_500_000],
    [0.8, 4_000_000],
  ])('M/D/1 at load %s: mean wait ρS / (2(1 − ρ))', (load, count) => {
    const { means } = poissonLink(load, count, Number.POSITIVE_INFINITY, false)
    expectWithinOnePercent(`M/D/1 at ${load}, mean wait`, means, (load * SERVICE_NS) / (2 * (1 - load)))
  })

  it('M/M/1/K at load 1.25, five waiting and one in service: loss (1 − ρ)ρ^K / (1 − ρ^(K + 1))', () => {
    const load = 1.25
    const { losses } = poissonLink(load, 1_000_000, 5, true)
    const powers = (k: number) => Array.from({ length: k }, () => load).reduce((a, b) => a * b, 1)
    expectWithinOnePercent('M/M/1/6 at 1.25, loss', losses, ((1 - load) * powers(6)) / (1 - powers(7)))
  })

  it("Little's law: the mean queue is the arrival rate times the mean wait", () => {
    const { waitSum, accepted, durationNs, means } = poissonLink(0.8, 400_000, Number.POSITIVE_INFINITY, false)
    const rate = accepted / durationNs
    const meanWait = means.reduce((a, b) => a + b, 0) / 20
    expect(waitSum / durationNs / (rate * meanWait)).toBeCloseTo(1, 3)
  })
})
