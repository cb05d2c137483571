/**
 * Goal: a load profile is what it says, and sources follow it. Method: integrals by hand, inverses by property, and the
 * packets and requests that a small cluster really sends.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { simulate } from '../../sim-core/compile/index.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'
import { loadAt, timeOfLoad } from '../../sim-core/traffic/index.ts'
import { NAMED_PROFILES, readLoadProfile } from '../../sim-core/traffic/load-profile.ts'

const HOUR = 3600e9

function read(input: unknown) {
  const reading = readLoadProfile(input)
  if (!reading.ok) throw new Error(reading.reason)
  return reading.value
}

describe('load time', () => {
  it('is the integral of the factor: 10 s at 0.5, then ten seconds up to 1.5, then 1.5', () => {
    const p = read([
      ['10s', 0.5],
      ['20s', 1.5],
    ])
    expect(loadAt(p, 10e9)).toBe(5e9)
    expect(loadAt(p, 15e9)).toBe(5e9 + 3.75e9) // 0.5 to 1 over 5 s
    expect(loadAt(p, 20e9)).toBe(15e9)
    expect(loadAt(p, 30e9)).toBe(30e9)
  })

  it('day repeats every 24 hours, has its least at four and its most at eight in the evening', () => {
    const { day } = NAMED_PROFILES
    expect(loadAt(day, 50 * HOUR)).toBeCloseTo(2 * loadAt(day, 24 * HOUR) + loadAt(day, 2 * HOUR), -3)
    const factor = (hour: number) => (loadAt(day, hour * HOUR + 1e6) - loadAt(day, hour * HOUR)) / 1e6
    expect(factor(20)).toBeCloseTo(1, 3)
    expect(factor(4)).toBeCloseTo(0.22, 3)
  })

  it('is read back exactly', () => {
    const points = fc
      .uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 })
      .chain(times =>
        fc
          .array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: times.length, maxLength: times.length })
          .map(factors => [...times].sort((a, b) => a - b).map((t, i) => [`${t}s`, factors[i]])),
      )
    fc.assert(
      fc.property(fc.oneof(points, fc.constant('day')), fc.double({ min: 0, max: 3e14, noNaN: true }), (given, t) => {
        const p = read(given)
        expect(timeOfLoad(p, loadAt(p, t)) / 1e9).toBeCloseTo(t / 1e9, 3)
      }),
    )
  })
})

const text = (kind: string) => `scenario: a ramp
duration: 20s
hosts:
  c: { address: 10.0.0.1/24 }
  s: { address: 10.0.0.2/24, serves: ['udp 80', 'tcp 80'] }
traffic:
  load: { from: c, to: [10.0.0.2:80], start: 0s, profile: [[0s, 1], [10s, 0.2]], ${kind} }
`
const sentIn = (kind: string) => {
  const { model, problems } = loadScenario('s.yaml', mapFiles({ 's.yaml': text(kind) }))
  if (model === undefined) throw new Error(problems.map(p => p.message).join('\n'))
  const { segments, traffic } = simulate(model).measurements
  const sent = (from: number, to: number) =>
    traffic[0].sent.reduce(
      (sum, n, s) => (segments.boundariesNs[s] >= from * 1e9 && segments.boundariesNs[s] < to * 1e9 ? sum + n : sum),
      0,
    )
  return [sent(0, 10), sent(10, 20)]
}

describe('sources with a profile', () => {
  // 1000 a second × (mean 0.6 for 10 s, then 0.2 for 10 s).
  it('constant datagrams: 6000 and 2000', () => {
    const [first, second] = sentIn('udp: { rate: 1Mbit, size: 125B }')
    expect(Math.abs(first - 6000)).toBeLessThanOrEqual(1)
    expect(Math.abs(second - 2000)).toBeLessThanOrEqual(1)
  })

  it.each(['udp: { rate: 1Mbit, size: 125B, arrivals: poisson }', 'requests: { rate: 1000/s, response: 100B }'])(
    '%s: so many on average',
    kind => {
      const [first, second] = sentIn(kind)
      expect(Math.abs(first - 6000)).toBeLessThan(4 * Math.sqrt(6000))
      expect(Math.abs(second - 2000)).toBeLessThan(4 * Math.sqrt(2000))
    },
  )

  it('other kinds refuse it', () => {
    const { problems } = loadScenario('s.yaml', mapFiles({ 's.yaml': text('bulk: {}') }))
    expect(problems.map(p => p.code)).toEqual(['profile'])
  })
})
