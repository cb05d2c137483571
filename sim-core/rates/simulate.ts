/** Model → result on the flow level, in one call or in slices: the same shapes as compile/simulate.ts. */
import { formatIpv4 } from '../base/address.ts'
import { Digests, hashText } from '../base/digest.ts'
import { type SimulateOptions, simulate, runInSlices, Simulation } from '../compile/index.ts'
import { type DirectorTables, type Measurements, type RunResult, segmentAt } from '../metrics/index.ts'
import { DROP_REASONS } from '../net/index.ts'
import type { Model } from '../scenario/index.ts'
import type { Happening } from '../trace/contract.ts'
import { RatesRun } from './run.ts'

const SLICES = 100

/** The run in about a hundred pieces: gives the share done after each; answering false interrupts it. */
export function* ratesInSlices(run: RatesRun, tablesAtNs: readonly number[] = []): Generator<number, RunResult, boolean> {
  const { durationNs } = run.model
  const wanted = new Set(tablesAtNs.filter(t => t >= 0 && t < durationNs))
  const stops = new Set(wanted)
  for (let i = 1; i <= SLICES; i++) stops.add(Math.round((durationNs * i) / SLICES))
  const tables: DirectorTables[] = []
  for (const t of Array.from(stops).sort((a, b) => a - b)) {
    run.run(t)
    if (run.stopped !== undefined) break
    if (wanted.has(t)) tables.push(...tablesOf(run))
    if (!(yield t / durationNs) && t < durationNs) {
      run.interrupt()
      break
    }
  }
  return resultOf(run, [...tables, ...tablesOf(run)])
}

export function simulateRates(model: Model, options: SimulateOptions = {}): RunResult {
  const slices = ratesInSlices(new RatesRun(options.seed === undefined ? model : { ...model, seed: options.seed }), options.tablesAtNs)
  let step = slices.next(true)
  while (!step.done) step = slices.next(options.progress === undefined || options.progress(step.value))
  return step.value
}

/** By the model that the scenario asks for. */
export const simulateModel = (model: Model, options: SimulateOptions = {}): RunResult =>
  model.model === 'rates' ? simulateRates(model, options) : simulate(model, options)

/** In about a hundred pieces; `begun` is given the simulation before its first step, if packets are simulated. */
export function modelInSlices(
  model: Model,
  tablesAtNs: readonly number[] = [],
  begun: (simulation: Simulation) => void = () => undefined,
): Generator<number, RunResult, boolean> {
  if (model.model === 'rates') return ratesInSlices(new RatesRun(model), tablesAtNs)
  const simulation = new Simulation(model)
  begun(simulation)
  return runInSlices(simulation, tablesAtNs)
}

function tablesOf(run: RatesRun): DirectorTables[] {
  return run.directors.hosts.map(host => ({
    tNs: run.now,
    host: run.network.stack.hostNames[host],
    ...run.tables(host),
  }))
}

function resultOf(run: RatesRun, tables: readonly DirectorTables[]): RunResult {
  const { segments, fluid, model } = run
  run.elastic.end(run.now)
  run.directorLog.sample(segmentAt(segments, Math.max(0, run.now - 1)))
  const measurements: Measurements = {
    segments,
    links: fluid.links.measurements(run.fabric, run.rateLog),
    traffic: fluid.traffic.measurements(
      model.traffic.map(t => t.name),
      i => (model.traffic[i].options.kind === 'udp' ? 'packets' : 'requests'),
    ),
    vips: fluid.vips.measurements(run.vips.map(formatIpv4), vip => run.owners.of(vip, run.network.stack.hostNames)),
    dropReasons: DROP_REASONS,
    directors: run.directorLog.measurements(run.network.stack.hostNames),
  }
  return {
    digest: digestOf(run.happenings, measurements),
    answeredBy: 'rates',
    events: run.engine.events,
    packetHops: 0,
    simulatedNs: run.now,
    ...(run.stopped === undefined ? {} : { stopped: run.stopped }),
    measurements,
    happenings: run.happenings,
    requests: [],
    tables,
  }
}

/** 16 hexadecimal digits of what happened, and of what was offered and delivered in each segment. */
function digestOf(happenings: readonly Happening[], { links, traffic }: Measurements): string {
  const digests = new Digests(1)
  for (const h of happenings) {
    digests.mixWhole(0, h.t)
    digests.mixText(0, `${h.host} ${h.kind}`)
    for (const key of Object.keys(h.fields)) digests.mix(0, hashText(key), hashText(String(h.fields[key])))
  }
  for (const l of links) {
    digests.mixText(0, l.name)
    for (const bytes of l.offeredWireBytes) if (bytes !== 0) digests.mixWhole(0, Math.round(bytes))
  }
  for (const t of traffic) for (const n of t.delivered) if (n !== 0) digests.mixWhole(0, n)
  return digests.hex(0)
}
