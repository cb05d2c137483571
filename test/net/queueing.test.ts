/**
 * Goal: one link is the queue of the textbooks: waits of M/D/1, loss of M/M/1/K, Little's law.
 * Method: Poisson arrivals straight into a link; the estimate's 95 % confidence interval (20 batches) must contain
 * the formula's value, and its half-width must be within 2 % of it, so that a wrong formula cannot hide in noise.
 */
import { describe, expect, it } from 'vitest'
import { exponential, randomStream } from '../../sim-core/base/random.ts'
import { ACCEPTED, DROPPED, WAIT_SUM_NS } from '../../sim-core/net/index.ts'
import { ip, lab } from './lab.ts'

const SERVICE_NS = 12_000
/** Student's t, 19 degrees of freedom, 97.5 %. */
const T19 = 2.093

/** Sends `count` packets on a→switch; returns per-batch means of wait (accepted packets), and totals. */
function poissonLink(load: number, count: number, queuePackets: number, exponentialSizes: boolean) {
  const { engine, network } = lab({ a: { address: '10.0.0.1' } }, { overheadBytes: 0, wireBytesMin: 0, delayNs: 0, queuePackets })
  const draw = randomStream(11, 'queueing')
  const { packets, links, meters } = network
  const waits: number[][] = Array.from({ length: 20 }, () => [])
  let sent = 0
  let batch = 0
  links.tap = { sent: (_l, _p, start) => waits[batch].push(start - engine.now), lost: () => undefined }
  const source = engine.addKind(() => {
    const p = packets.alloc(3, engine.now, 0, 0)
    packets.src[p] = packets.dst[p] = network.addresses.intern(ip('10.0.0.1'))
    packets.ipBytes[p] = exponentialSizes ? Math.max(1, Math.round(exponential(draw, SERVICE_NS / 8))) : SERVICE_NS / 8
    packets.dstMac[p] = 9 // nobody
    packets.srcMac[p] = 8
    batch = Math.floor((sent / count) * 20)
    links.transmit(0, p)
    if (++sent < count) engine.schedule(engine.now + exponential(draw, SERVICE_NS / load), source, 0)
  })
  engine.schedule(0, source, 0)
  engine.run(Number.POSITIVE_INFINITY)
  const means = waits.map(w => w.reduce((a, b) => a + b, 0) / w.length)
  return {
    ...{ means, sent, durationNs: engine.now },
    ...{ dropped: meters.total(DROPPED, 0), waitSum: meters.total(WAIT_SUM_NS, 0), accepted: meters.total(ACCEPTED, 0) },
  }
}

function interval(means: readonly number[]) {
  const mean = means.reduce((a, b) => a + b, 0) / means.length
  const variance = means.reduce((a, m) => a + (m - mean) * (m - mean), 0) / (means.length - 1)
  return { mean, half: (T19 * Math.sqrt(variance)) / Math.sqrt(means.length) }
}

describe('a link as a queue', () => {
  it.each([0.5, 0.7, 0.8])('M/D/1 at load %s: mean wait ρS / (2(1 − ρ))', load => {
    const { means } = poissonLink(load, 1_000_000, Number.POSITIVE_INFINITY, false)
    const { mean, half } = interval(means)
    const theory = (load * SERVICE_NS) / (2 * (1 - load))
    expect(half / theory).toBeLessThan(0.02)
    expect(Math.abs(mean - theory)).toBeLessThan(half * 1.5)
  })

  it('M/M/1/K at load 1.25, five waiting and one in service: loss (1 − ρ)ρ^K / (1 − ρ^(K + 1))', () => {
    const load = 1.25
    const { sent, dropped } = poissonLink(load, 400_000, 5, true)
    const powers = (k: number) => Array.from({ length: k }, () => load).reduce((a, b) => a * b, 1)
    const theory = ((1 - load) * powers(6)) / (1 - powers(7))
    expect(Math.abs(dropped / sent / theory - 1)).toBeLessThan(0.01)
  })

  it("Little's law: the mean queue is the arrival rate times the mean wait", () => {
    const { waitSum, accepted, durationNs, means } = poissonLink(0.8, 400_000, Number.POSITIVE_INFINITY, false)
    const rate = accepted / durationNs
    const meanWait = means.reduce((a, b) => a + b, 0) / 20
    expect(waitSum / durationNs / (rate * meanWait)).toBeCloseTo(1, 2)
  })
})
