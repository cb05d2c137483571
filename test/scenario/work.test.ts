/** Goal: what cannot end within its limit of events is refused with a sentence; what can is not. */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'

const problems = (traffic: string, more = '', duration = '10s') => {
  const text = `scenario: s\nduration: ${duration}\n${more}\nhosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["tcp 80", "udp 53"] } }\ntraffic:\n  t: { from: a, to: "10.0.0.2:53", ${traffic} }\n`
  return loadScenario('s.yaml', mapFiles({ 's.yaml': text })).problems.filter(p => p.severity === 'error')
}

describe('too much to simulate', () => {
  it.each([
    [
      'udp: { rate: 100Tbit, size: 100B }',
      /sends at least 905,797,101,449 datagrams in this run, more than can be simulated within 1,000,000,000 events$/,
    ],
    ['requests: { rate: 100000000/s }', /sends at least 1,000,000,000 requests/],
    ['sessions: { rate: 10000000/s, requests: 10 }', /sends at least 1,000,000,000 requests/],
    ['flows: 5000000, bulk: { }', /^traffic\.t: 5,000,000 connections at once are more than fit into memory$/],
    ['curl: { interval: 1ns }', /sends at least 10,000,000,000 requests/],
  ])('%s is refused at its line', (traffic, message) => {
    const [problem, ...others] = problems(traffic)
    expect([problem.code, problem.at.line, others]).toEqual(['too-much', 6, []])
    expect(problem.message).toMatch(message)
    expect(problem.remedy).toMatch(/^lower its rate|^write at most 1,000,000 flows/)
  })
  it.each([
    ['udp: { rate: 10Gbit }', '', '10min'],
    ['udp: { rate: 100Gbit }', 'model: rates', '24h'],
    ['stop: 1ms, udp: { rate: 10Tbit, size: 100B }', '', '10s'],
    ['udp: { rate: 100Tbit, size: 100B }', 'limits: { events: 4000000000000 }', '10s'],
    ['curl: { count: 5, interval: 1ns }', '', '10s'],
  ])('%s, %s, %s is not', (traffic, more, duration) => expect(problems(traffic, more, duration)).toEqual([]))
})
