/** A run with its windows judged: what metrics, expectations and reports look at. */
import type { RunResult } from './measurements.ts'
import { spanOf, type Span, type Window } from './sums.ts'
import { apartFrom, type Fault, type Takeover, takeoversOf } from './takeovers.ts'
import { type Judgement, judge } from './verdict.ts'

export interface JudgedWindow extends Window {
  readonly span: Span
  /** What was judged: the span without its takeovers. */
  readonly judged: Span
  readonly judgement: Judgement
  /** Takeovers that were left out of the judgement. */
  readonly apart: readonly Takeover[]
}

export interface RunView {
  readonly result: RunResult
  /** `run` first. */
  readonly windows: readonly JudgedWindow[]
  readonly takeovers: readonly (Takeover & { readonly judgement: Judgement })[]
}

export function viewRun(result: RunResult, windows: readonly Window[], faults: readonly Fault[]): RunView {
  const m = result.measurements
  const takeovers = takeoversOf(m.segments, m.vips, faults)
  const judged = windows.map(w => {
    const span = spanOf(m.segments, w.fromNs, w.toNs)
    const rest = apartFrom(span, takeovers)
    return { name: w.name, fromNs: w.fromNs, toNs: w.toNs, span, judged: rest.span, judgement: judge(m, rest.span), apart: rest.apart }
  })
  return { result, windows: judged, takeovers: takeovers.map(t => ({ ...t, judgement: judge(m, t.span) })) }
}
