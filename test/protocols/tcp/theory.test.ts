/**
 * Goal: TCP agrees with what theory says of it (benchmarks: goodput ceiling, slow start, Mathis), on the complete model.
 * Method: one transfer over two cables and a switch; payload is what the receiver had in order. Fixed seeds.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { formatProblem } from '../../../sim-core/base/problem.ts'
import { Simulation } from '../../../sim-core/compile/index.ts'
import { PASSIVE } from '../../../sim-core/protocols/tcp/constants.ts'
import { loadScenario } from '../../../sim-core/scenario/index.ts'

interface Path {
  readonly traffic: string
  readonly durationS: number
  readonly rate?: string
  /** Of each of the two cables. */
  readonly delay?: string
  /** Of the client's cable, towards the switch. */
  readonly loss?: string
  readonly sysctl?: string
}

function path(o: Path): Simulation {
  const sysctl = `sysctl: { net.ipv4.tcp_congestion_control: reno${o.sysctl === undefined ? '' : `, ${o.sysctl}`} }`
  const text = `scenario: theory
seed: 1
duration: ${o.durationS}s
hosts:
  c: { address: 10.0.0.1/24, ${sysctl} }
  s: { address: 10.0.0.2/24, serves: [80], ${sysctl} }
links:
  default: { rate: ${o.rate ?? '10Gbit'}, delay: ${o.delay ?? '50us'}, queue: 1000 packets }
${o.loss === undefined ? '' : `  c→switch: { loss: ${o.loss} }`}
traffic: { t: { from: c, to: 10.0.0.2:80, start: 0s, ${o.traffic} } }
`
  const { model, problems } = loadScenario('s.yaml', mapFiles({ 's.yaml': text }))
  if (model === undefined) throw new Error(problems.map(formatProblem).join('\n'))
  return new Simulation(model)
}

/** Payload that the server has received in order, bytes; modulo 2³². */
function received({ applications }: Simulation): number {
  const { rows } = applications.tcp
  for (let c = 0; c < rows.rows; c++) if (rows.state[c] > 0 && (rows.flags[c] & PASSIVE) !== 0) return rows.rcvNxt[c] - rows.irs[c]
  throw new Error('the server has no connection')
}

function goodputBps(simulation: Simulation, fromS: number, toS: number): number {
  simulation.run(fromS * 1e9)
  const before = received(simulation)
  simulation.run(toS * 1e9)
  return (((received(simulation) - before) >>> 0) * 8) / (toS - fromS)
}

/** A receive buffer so large from the beginning that only the congestion window counts. */
const OPEN_WINDOW = 'net.ipv4.tcp_rmem: "4096 6291456 6291456"'

describe('goodput of a full line', () => {
  it.each([
    [1, 1448 / 1538],
    [0, 1460 / 1538],
  ])('with tcp_timestamps %i', (timestamps, share) => {
    // A window of 512 KiB keeps the queue busy and does not fill it: nothing is lost.
    const sysctl = `net.ipv4.tcp_timestamps: ${timestamps}, net.ipv4.tcp_rmem: "4096 1048576 1048576"`
    const simulation = path({ traffic: 'bulk: {}', durationS: 3, rate: '50Mbit', sysctl })
    // A segment more or less at the edges of two seconds is a part in 8000.
    expect(Math.abs(goodputBps(simulation, 1, 3) / (share * 50e6) - 1)).toBeLessThan(1 / 4000)
  })
})

describe('slow start without loss', () => {
  it.each([
    [10, 1],
    [11, 2],
    [30, 2],
    [31, 3],
    [70, 3],
    [150, 4],
    [310, 5],
  ])('%i segments take %i round(s) from a window of ten: ⌈log₂(n / 10 + 1)⌉', (segments, rounds) => {
    expect(Math.ceil(Math.log2(segments / 10 + 1))).toBe(rounds)
    const response = `requests: { rate: 1/s, arrivals: constant, response: ${segments * 1448}B }`
    const simulation = path({ traffic: response, durationS: 4, delay: '50ms', sysctl: OPEN_WINDOW })
    simulation.run()
    // The second request: addresses are known. One round trip of 200 ms for the handshake, then one for each round.
    const { elapsedNs } = simulation.result().requests[1]
    expect(Math.floor(elapsedNs / 200e6)).toBe(1 + rounds)
    expect(elapsedNs % 200e6).toBeLessThan(2e6)
  })
})

describe('Mathis', () => {
  it.each([
    ['0.1 %', 0.001],
    ['0.5 %', 0.005],
  ])('1.22 MSS / (RTT √p) holds within a fifth at a loss of %s', (loss, p) => {
    const simulation = path({ traffic: 'bulk: {}', durationS: 160, delay: '10ms', loss, sysctl: OPEN_WINDOW })
    const expected = (1.22 * 1448 * 8) / (0.04 * Math.sqrt(p))
    expect(Math.abs(goodputBps(simulation, 10, 160) / expected - 1)).toBeLessThan(0.2)
  })
})
