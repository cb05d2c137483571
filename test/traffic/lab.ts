/** The lab of the recordings in miniature: one client, a balancer with static VIP and rules, two web servers; 50 us a link direction. */
import { mapFiles } from '../../sim-core/base/files.ts'
import { formatProblem, hasErrors } from '../../sim-core/base/problem.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import type { RequestRecord } from '../../sim-core/metrics/index.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'

const RULES = `-A -t 10.0.0.101:80 -s rr
-a -t 10.0.0.101:80 -r 10.0.0.21:80 -g -w 1
-a -t 10.0.0.101:80 -r 10.0.0.22:80 -g -w 1
`

export interface LabOptions {
  /** One traffic source each: `curl: { count: 5 }`. */
  readonly traffic: readonly string[]
  readonly events?: readonly string[]
  readonly durationS?: number
  readonly rules?: string
  readonly seed?: number
  readonly rate?: string
  readonly client?: string
}

export function lab(o: LabOptions): Simulation {
  const text = `scenario: lab
seed: ${o.seed ?? 1}
duration: ${o.durationS ?? 10}s
hz: 100
hosts:
  c1: { address: 10.0.0.50/24${o.client ?? ''} }
  d1: { address: 10.0.0.11/24, vips: [10.0.0.101], ipvs: rules }
  r1: { address: 10.0.0.21/24, serves: all }
  r2: { address: 10.0.0.22/24, serves: all }
links: { default: { rate: ${o.rate ?? '10Gbit'}, delay: 50us, queue: 1000 packets } }
traffic:
${o.traffic.map((t, i) => `  t${i}: { from: c1, to: [10.0.0.101:80], start: 1s, ${t} }`).join('\n')}
${o.events === undefined ? '' : `events:\n${o.events.map(e => `  - ${e}`).join('\n')}`}
`
  const { model, problems } = loadScenario('s.yaml', mapFiles({ 's.yaml': text, rules: o.rules ?? RULES }))
  if (model === undefined || hasErrors(problems)) throw new Error(problems.map(formatProblem).join('\n'))
  return new Simulation(model)
}

export function finished(o: LabOptions): Simulation {
  const simulation = lab(o)
  simulation.run()
  return simulation
}

export const requestsOf = (o: LabOptions): readonly RequestRecord[] => finished(o).result().requests
export const ms = (r: RequestRecord): number => Math.round(r.elapsedNs / 1e4) / 100
