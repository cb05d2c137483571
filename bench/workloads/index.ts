/** The workloads by name: what benchmarks.md's table calls W1 to W7, and what each is measured by. */
import { Simulation } from '../../sim-core/compile/index.ts'
import { linkWaits, spanOf } from '../../sim-core/metrics/index.ts'
import { simulateRates } from '../../sim-core/rates/index.ts'
import { makeReport } from '../../sim-core/report/index.ts'
import type { Model } from '../../sim-core/scenario/index.ts'
import type { Work } from '../measure.ts'
import { type ArrivalsOfPath, directorLine } from './director-line.ts'
import { growth } from './growth.ts'
import { holdModel } from './hold.ts'
import { largeDay, SITE } from './large-day.ts'
import { manyHosts } from './many-hosts.ts'
import { asNs3 } from './ns3-tcp.ts'
import { bulk, fullTables, shortConnections } from './tcp.ts'
import { bulkFigures, completionFigures, runByMinutes } from './tcp-figures.ts'

export interface Workload {
  readonly name: string
  readonly what: string
  /** Makes it ready; the returned function is what is timed. */
  readonly prepare: (seed: number) => () => Work
}

const simulated =
  (
    model: (seed: number) => Model,
    figures: (s: Simulation) => Record<string, number> = () => ({}),
    prepare: (s: Simulation) => void = () => undefined,
  ) =>
  (seed: number) => {
    const simulation = new Simulation(model(seed))
    prepare(simulation)
    return (): Work => {
      simulation.run()
      return { packetHops: simulation.network.links.hops, events: simulation.engine.events, figures: () => figures(simulation) }
    }
  }

/** Waits and drops at the link to director 1 from 5 s on. */
function atDirector(simulation: Simulation): Record<string, number> {
  const { measurements } = simulation.result()
  const link = measurements.links.find(l => l.name === 'a→d1')
  if (link === undefined) throw new Error('the director line has no link a→d1')
  const waits = linkWaits(measurements.segments, link, spanOf(measurements.segments, 5e9, simulation.model.durationNs))
  return { wait_mean_us: waits.mean / 1e3, wait_p99_us: waits.quantile(0.99) / 1e3, drops: link.drops.reduce((a, b) => a + b, 0) }
}

const w1 = (arrivals: ArrivalsOfPath) => (seed: number) =>
  directorLine({ arrivals, seed, seconds: 10, gbitPerPath: 0.5, directorLost: false })
const w2 = (arrivals: ArrivalsOfPath, gbitPerPath: number) => (seed: number) =>
  directorLine({ arrivals, seed, seconds: 10, gbitPerPath, directorLost: true })

const hold = (pending: number) => () => {
  const operate = holdModel(pending)
  operate(1_000_000)
  return (): Work => {
    operate(3_000_000)
    return { packetHops: 0, events: 3_000_000 }
  }
}

/** A day of 200 balancers and 1,000 VIPs on the flow level, told as `lvsim run` tells it. */
const day = () => {
  const model = largeDay(SITE)
  return (): Work => {
    const result = simulateRates(model)
    const { verdict } = makeReport(model, result).answer
    return { packetHops: 0, events: result.events, figures: () => ({ holds: verdict === 'HOLDS' ? 1 : 0 }) }
  }
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'W1', what: 'director line, constant arrivals', prepare: simulated(w1('constant')) },
  { name: 'W1-poisson', what: 'director line, Poisson arrivals', prepare: simulated(w1('poisson')) },
  { name: 'W2-constant-1.0', what: 'one director lost, constant', prepare: simulated(w2('constant', 0.5), atDirector) },
  { name: 'W2-jittered-1.0', what: 'one director lost, jittered', prepare: simulated(w2('jittered', 0.5), atDirector) },
  { name: 'W2-poisson-1.0', what: 'one director lost, Poisson', prepare: simulated(w2('poisson', 0.5), atDirector) },
  { name: 'W2-constant-1.2', what: 'overloaded by a fifth, constant', prepare: simulated(w2('constant', 0.6), atDirector) },
  { name: 'W2-jittered-1.2', what: 'overloaded by a fifth, jittered', prepare: simulated(w2('jittered', 0.6), atDirector) },
  { name: 'W2-poisson-1.2', what: 'overloaded by a fifth, Poisson', prepare: simulated(w2('poisson', 0.6), atDirector) },
  { name: 'W3-newreno', what: '100 bulk TCP flows, NewReno', prepare: simulated(seed => bulk('ns3-newreno', seed), bulkFigures, asNs3) },
  { name: 'W3-cubic', what: '100 bulk TCP flows, CUBIC', prepare: simulated(seed => bulk('ns3-cubic', seed), bulkFigures, asNs3) },
  { name: 'W3-linux-reno', what: 'the same as Linux runs it, Reno', prepare: simulated(seed => bulk('reno', seed), bulkFigures) },
  { name: 'W3-linux-cubic', what: 'the same as Linux runs it, CUBIC', prepare: simulated(seed => bulk('cubic', seed), bulkFigures) },
  {
    name: 'W4',
    what: '2,000 short connections/s, routed',
    prepare: simulated(seed => shortConnections(seed, false), completionFigures, asNs3),
  },
  { name: 'W4b', what: '2,000 short connections/s, DR', prepare: simulated(seed => shortConnections(seed, true), completionFigures) },
  { name: 'W6', what: 'tables of 245,000 entries', prepare: seed => runByMinutes(fullTables(seed)) },
  { name: 'W5-1e3', what: 'event queue, 1,000 pending', prepare: hold(1e3) },
  { name: 'W5-1e5', what: 'event queue, 100,000 pending', prepare: hold(1e5) },
  { name: 'W5-1e6', what: 'event queue, 1,000,000 pending', prepare: hold(1e6) },
  { name: 'W7-5', what: '5 balancers, VRRP only', prepare: simulated(() => manyHosts(5, 60)) },
  { name: 'W7-50', what: '50 balancers, VRRP only', prepare: simulated(() => manyHosts(50, 60)) },
  { name: 'rates-day', what: '24 h of 200 balancers, 1,000 VIPs, rates', prepare: day },
  { name: 'W7-250', what: '250 balancers, VRRP only', prepare: simulated(() => manyHosts(250, 60)) },
  { name: 'growth-time', what: 'a minute, ten, an hour simulated', prepare: () => growth('time') },
  { name: 'growth-connections', what: '10 to 100,000 open connections', prepare: () => growth('connections') },
  { name: 'growth-links', what: '4 to 300 links', prepare: () => growth('links') },
]
