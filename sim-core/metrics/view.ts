/** A run with its windows judged: what metrics, expectations and reports look at. */
import type { RunResult } from './measurements.ts'
import { type Span, spanOf, type Window } from './sums.ts'
import { apartFrom, type Fault, type Takeover, takeoversOf } from './takeovers.ts'
import { type Judgement, judge } from './verdict.ts'

export interface JudgedWindow extends Window {
  readonly span: Span
  /** Whether the run came to its end; an interrupted run cuts the window short. */
  readonly complete: boolean
  /** What was judged: the span without its takeovers. */
  readonly judged: Span
  readonly judgement: Judgement
  /** Takeovers that were left out of the judgement. */
  readonly apart: readonly Takeover[]
}

export interface RunView {
  readonly result: RunResult
  /** `run` first; those that the run never reached are left out. */
  readonly windows: readonly JudgedWindow[]
  readonly takeovers: readonly (Takeover & { readonly judgement: Judgement })[]
  /** The stretches between events and takeovers, in which nobody's role changed: windows that nobody had to name. */
  readonly phases: readonly JudgedWindow[]
}

export function viewRun(result: RunResult, windows: readonly Window[], faults: readonly Fault[]): RunView {
  const m = result.measurements
  const endNs = result.simulatedNs
  const reached = faults.filter(f => f.atNs < endNs)
  const takeovers = takeoversOf(m.segments, m.vips, reached)
  const judgeWindow = (planned: Window): JudgedWindow => {
    const w = { ...planned, toNs: Math.min(planned.toNs, endNs) }
    const span = spanOf(m.segments, w.fromNs, w.toNs)
    const judged = apartFrom(span, takeovers)
    const apart = judged.length === span.length ? [] : takeovers.filter(t => t.fromNs < w.toNs && t.toNs > w.fromNs)
    return { ...w, span, complete: planned.toNs <= endNs, judged, judgement: judge(m, judged), apart }
  }
  return {
    result,
    windows: windows.filter((w, i) => i === 0 || w.fromNs < endNs).map(judgeWindow),
    takeovers: takeovers.map(t => ({ ...t, judgement: judge(m, t.span) })),
    phases: phasesOf(endNs, takeovers, reached).map(judgeWindow),
  }
}

function phasesOf(endNs: number, takeovers: readonly Takeover[], faults: readonly Fault[]): Window[] {
  const phases: Window[] = []
  let from = takeovers.find(t => t.fromNs === 0)?.toNs ?? 0
  let name = faults.length === 0 ? 'run' : `before ${faults[0].what}`
  for (const fault of faults) {
    if (fault.atNs > from) phases.push({ name, fromNs: from, toNs: Math.min(fault.atNs, endNs) })
    from = Math.max(from, fault.atNs, takeovers.find(t => t.fromNs === fault.atNs)?.toNs ?? 0)
    name = `after ${fault.what}`
  }
  if (endNs > from) phases.push({ name, fromNs: from, toNs: endNs })
  return phases
}
