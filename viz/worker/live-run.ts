/**
 * One run in the worker: simulates in slices, sends parts of the trace, keeps snapshots for looking back.
 *
 * A second simulation, the probe, stands at the instant that the page looks into (`inside`): forwards it just runs on,
 * backwards it starts from the nearest snapshot, so the tables at T are what a run to T has, whatever was asked before.
 */
import {
  loadScenario,
  mapFiles,
  type Model,
  type PacketTap,
  type Problem,
  Simulation,
  type Snapshot,
  traceSimulation,
} from '../../sim-core/index.ts'
import { lookInside } from './inside.ts'
import type { Files, Inside, TraceHeader, TracePart } from './protocol.ts'

/** Rows of packets kept: 64 bytes each. */
const BUDGET_ROWS = 3_000_000
/** Rows of one look at every packet. */
const DETAIL_ROWS = 400_000
const SNAPSHOT_EVERY_NS = 1e9
/** Snapshots kept; when there are more, every second one goes. */
const SNAPSHOTS_MAX = 64

/** The page is about packets: a scenario for the rates model is simulated all the same, and that is said. */
const packetsInstead = (file: string): Problem => ({
  at: { file, line: 1, column: 1 },
  severity: 'note',
  code: 'packets-instead',
  message: 'model: rates is for the command line; here every packet is simulated, so figures differ a little and it takes longer',
})

export type Opened = { readonly live: LiveRun } | { readonly problems: readonly Problem[] }

export class LiveRun {
  readonly model: Model
  readonly problems: readonly Problem[]
  readonly simulation: Simulation
  readonly tap: PacketTap
  private snapshots: Snapshot[]
  private snapshotEveryNs = SNAPSHOT_EVERY_NS
  private probe: Simulation | undefined

  constructor(model: Model, problems: readonly Problem[]) {
    this.model = model
    this.problems = problems
    this.simulation = new Simulation(model)
    this.tap = traceSimulation(this.simulation, { level: 'sampled', budgetRows: BUDGET_ROWS })
    this.snapshots = [this.simulation.snapshot()]
  }

  static open(files: Files, scenario: string, seed: number | undefined): Opened {
    const { model, problems } = loadScenario(scenario, mapFiles(files), seed === undefined ? {} : { seed })
    if (model === undefined) return { problems }
    return { live: new LiveRun(model, model.model === 'rates' ? [...problems, packetsInstead(scenario)] : problems) }
  }

  get ended(): boolean {
    return this.simulation.stopped !== undefined || this.simulation.now >= this.model.durationNs
  }

  /** Runs on for `sliceNs`, at most to the next snapshot. */
  step(sliceNs: number): void {
    const next = (Math.floor(this.simulation.now / this.snapshotEveryNs) + 1) * this.snapshotEveryNs
    this.simulation.run(Math.min(this.simulation.now + sliceNs, next, this.model.durationNs))
    if (this.simulation.now >= next) this.keepSnapshot()
  }

  part(): TracePart {
    return this.tap.take(this.simulation.happenings, this.simulation.now)
  }

  inside(t: number): Inside {
    const at = Math.min(t, this.model.durationNs)
    const probe = this.probe
    if (probe === undefined || probe.now > at || this.bestSnapshot(at).atNs > probe.now) {
      this.probe = probe ?? new Simulation(this.model)
      this.probe.restore(this.bestSnapshot(at))
    }
    const p = this.probe as Simulation
    p.run(at)
    return lookInside(p)
  }

  /** A second run of the time around [fromNs, toNs), from the nearest snapshot, that keeps every packet. */
  detail(fromNs: number, toNs: number): { header: TraceHeader; part: TracePart } {
    const simulation = new Simulation(this.model)
    simulation.restore(this.bestSnapshot(fromNs))
    const seen = simulation.happenings.length
    const tap = traceSimulation(simulation, { level: 'states', budgetRows: DETAIL_ROWS, fullWindows: [{ fromNs, toNs }] })
    simulation.run(toNs)
    const part = tap.take(simulation.happenings.slice(seen), toNs)
    return { header: tap.header, part }
  }

  private bestSnapshot(t: number): Snapshot {
    let best = this.snapshots[0]
    for (const s of this.snapshots) if (s.atNs <= t) best = s
    return best
  }

  private keepSnapshot(): void {
    this.snapshots.push(this.simulation.snapshot())
    if (this.snapshots.length <= SNAPSHOTS_MAX) return
    this.snapshotEveryNs *= 2
    this.snapshots = this.snapshots.filter(s => s.atNs % this.snapshotEveryNs === 0)
  }
}
