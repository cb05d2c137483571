/**
 * A run as the page holds it: what the worker has said about it so far. `revision` grows with every message, so that
 * whoever draws it subscribes to one signal; the trace itself is too large to be a signal's value.
 */
import { signal, type Signal } from '@preact/signals'
import { ClusterStates, type Problem, Trace, type TraceHeader, type TracePart } from '../../sim-core/index.ts'
import type { Cluster, Files, RunSummary } from '../worker/protocol.ts'
import { type Landmark, Landmarks } from './landmarks.ts'

export class Run {
  readonly number: number
  /** A, B, …: what the page calls it. */
  readonly label: string
  readonly files: Files
  readonly scenario: string
  readonly revision = signal(0)
  readonly summary: Signal<RunSummary | undefined> = signal(undefined)
  readonly problems: Signal<readonly Problem[]> = signal([])
  readonly failure: Signal<string | undefined> = signal(undefined)
  readonly cluster: Signal<Cluster | undefined> = signal(undefined)
  trace: Trace | undefined
  /** Every packet of a short time, when the trace has only a part of them. */
  detail: { readonly fromNs: number; readonly toNs: number; readonly trace: Trace } | undefined
  states: ClusterStates | undefined
  private landmarks: Landmarks | undefined

  constructor(number: number, label: string, files: Files, scenario: string) {
    this.number = number
    this.label = label
    this.files = files
    this.scenario = scenario
  }

  begin(header: TraceHeader, cluster: Cluster, problems: readonly Problem[]): void {
    this.trace = new Trace(header)
    this.states = new ClusterStates(this.trace)
    this.landmarks = new Landmarks(this.trace)
    this.problems.value = problems
    this.cluster.value = cluster
    this.revision.value++
  }

  add(part: TracePart): void {
    this.trace?.add(part)
    this.revision.value++
  }

  takeDetail(fromNs: number, toNs: number, header: TraceHeader, part: TracePart): void {
    const trace = new Trace(header)
    trace.add(part)
    this.detail = { fromNs, toNs, trace }
    this.revision.value++
  }

  /** The trace to draw time t from, when a picture reaches `backNs` into the past. */
  traceAt(t: number, backNs: number): Trace | undefined {
    const { detail } = this
    return detail !== undefined && t - backNs >= detail.fromNs && t < detail.toNs ? detail.trace : this.trace
  }

  /** Until where it can be played, ns. */
  get untilNs(): number {
    return this.trace?.untilNs ?? 0
  }

  get durationNs(): number {
    return this.cluster.value?.durationNs ?? 0
  }

  /** Faults, takeovers and outages so far, in order of time. */
  get marks(): readonly Landmark[] {
    return this.landmarks?.list() ?? []
  }
}
