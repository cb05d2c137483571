/** A small cluster as a scenario text with its files, for tests: two balancers, one VIP, two servers, UDP at 20 Mbit/s. */
import { mapFiles } from '../../sim-core/base/files.ts'
import { formatProblem, hasErrors } from '../../sim-core/base/problem.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'

export const keepalivedConf = (priority: number, vip = '10.0.0.100', vrid = 51) => `vrrp_instance VI_${vrid} {
  interface eth0
  virtual_router_id ${vrid}
  priority ${priority}
  advert_int 1
  virtual_ipaddress { ${vip} }
}
`
export const RULES = `-A -u 10.0.0.100:80 -s rr
-a -u 10.0.0.100:80 -r 10.0.0.11:80 -g -w 1
-a -u 10.0.0.100:80 -r 10.0.0.12:80 -g -w 1
`
export const FILES = { 'b1.conf': keepalivedConf(110), 'b2.conf': keepalivedConf(100), rules: RULES }

export const HOSTS: readonly string[] = [
  'b1: { address: 10.0.0.1/24, keepalived: b1.conf, ipvs: rules }',
  'b2: { address: 10.0.0.2/24, keepalived: b2.conf, ipvs: rules }',
  'c1: { address: 10.0.0.50/24 }',
  's1: { address: 10.0.0.11/24, serves: all }',
  's2: { address: 10.0.0.12/24, serves: all }',
]

export const scenarioText = (
  options: { hosts?: readonly string[]; events?: readonly string[]; seed?: number; arrivals?: string } = {},
) => `scenario: a small cluster
seed: ${options.seed ?? 1}
duration: 14s
hosts:
${(options.hosts ?? HOSTS).map(h => `  ${h}`).join('\n')}
traffic:
  load: { from: c1, to: [10.0.0.100:80], flows: 40, udp: { rate: 20Mbit, size: 1500B, arrivals: ${options.arrivals ?? 'poisson'} } }
events:
${(options.events ?? ['{ at: 8s, crash: b1 }']).map(e => `  - ${e}`).join('\n')}
windows: { before: 5s..8s, after: 12s..14s }
`

export function model(text: string, files: Readonly<Record<string, string>> = FILES): Model {
  const { model, problems } = loadScenario('s.yaml', mapFiles({ 's.yaml': text, ...files }))
  if (model === undefined || hasErrors(problems)) throw new Error(problems.map(formatProblem).join('\n'))
  return model
}

export function finished(text: string): Simulation {
  const simulation = new Simulation(model(text))
  simulation.run()
  return simulation
}
