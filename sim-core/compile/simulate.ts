/**
 * Model → result in one call, with the tables that were asked for and progress for whoever waits.
 */
import type { DirectorTables, RunResult } from '../metrics/index.ts'
import type { Model } from '../scenario/index.ts'
import { directorTables } from './result.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

export interface SimulateOptions extends SimulationOptions {
  /** Instants (ns) at which the directors' tables are taken, besides the end. */
  readonly tablesAtNs?: readonly number[]
  /** Called about a hundred times in a run with the share done (0–1); false interrupts it. */
  readonly progress?: (share: number) => boolean
}

const SLICES = 100
/** Well under a second of work, with every frame captured too: so long a caller may wait for its turn. */
const SLICE_EVENTS = 50_000

export function simulate(model: Model, options: SimulateOptions = {}): RunResult {
  return runToEnd(new Simulation(model, options), options)
}

export function runToEnd(simulation: Simulation, options: SimulateOptions = {}): RunResult {
  const slices = runInSlices(simulation, options.tablesAtNs)
  let step = slices.next(true)
  while (!step.done) step = slices.next(options.progress === undefined || options.progress(step.value))
  return step.value
}

/**
 * The run in pieces, a hundred or more, so that the caller can look after other things in between (a signal, a page).
 * Gives the share done (0–1) after each; answering false interrupts it. Returns the result.
 */
export function* runInSlices(simulation: Simulation, tablesAtNs: readonly number[] = []): Generator<number, RunResult, boolean> {
  const { durationNs } = simulation.model
  const wanted = new Set(tablesAtNs.filter(t => t >= 0 && t < durationNs))
  const stops = new Set(wanted)
  for (let i = 1; i <= SLICES; i++) stops.add(Math.round((durationNs * i) / SLICES))
  const tables: DirectorTables[] = []
  for (const t of Array.from(stops).sort((a, b) => a - b)) {
    while (!simulation.runSome(t, SLICE_EVENTS)) if (!(yield simulation.now / durationNs)) simulation.interrupt()
    if (simulation.stopped !== undefined) break
    if (wanted.has(t)) tables.push(...directorTables(simulation))
    if (!(yield t / durationNs) && t < durationNs) {
      simulation.interrupt()
      break
    }
  }
  return simulation.result([...tables, ...directorTables(simulation)])
}
