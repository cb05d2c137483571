/** Expectations against a run → verdicts. Each says what was seen and, when it failed, by how much. */
import { assert } from '../base/assert.ts'
import { type Metric, metricNamed, type Observed, type Question, type RunView, showValue } from '../metrics/index.ts'
import { failure } from './failure.ts'
import { judgeCourse } from './judge-course.ts'
import type { Expectation, ExpectationVerdict } from './types.ts'

export function evaluateExpectations(expectations: readonly Expectation[], view: RunView): ExpectationVerdict[] {
  return expectations.map(expectation => {
    const metric = metricNamed(expectation.metric)
    assert(metric !== undefined, `evaluateExpectations: unchecked metric ${expectation.metric}`)
    if (view.result.answeredBy === 'rates' && metric.notInRates !== undefined)
      return { expectation, ok: false, reached: true, observed: 'nothing', reason: notInRates(metric.notInRates) }
    const question = questionOf(expectation, view)
    if (isReached(expectation, view))
      return expectation.over === undefined
        ? verdictOf(expectation, metric, metric.value(question))
        : judgeCourse(expectation, metric, question)
    const stopped = `the run stopped at ${showValue(view.result.simulatedNs, 's')}: ${view.result.stopped ?? 'ended early'}`
    return { expectation, ok: false, reached: false, observed: 'nothing', reason: stopped }
  })
}

const notInRates = (why: string): string => `model: rates cannot tell: ${why}; run it with model: packets`

function questionOf(e: Expectation, view: RunView): Question {
  const { fromNs, toNs } = view.windows.find(w => w.name === e.window) ?? view.windows[0]
  const at = e.atNs === undefined ? {} : { atNs: e.atNs }
  return { view, of: e.of, window: e.window, fromNs, toNs, stat: e.stat, binNs: e.binNs, ...at }
}

/** Whether the run came far enough; an interrupted one may not have. */
function isReached(e: Expectation, view: RunView): boolean {
  if (e.atNs !== undefined) return e.atNs <= view.result.simulatedNs
  return view.windows.find(w => w.name === e.window)?.complete === true
}

function verdictOf(expectation: Expectation, metric: Metric, observed: Observed): ExpectationVerdict {
  if (observed.value === undefined) return { expectation, ok: false, reached: true, observed: 'nothing', reason: observed.text }
  const text = observed.text ?? showValue(observed.value, metric.unit)
  const reason = failure(expectation.is, observed.value, metric.unit)
  return {
    expectation,
    ok: reason === undefined,
    reached: true,
    observed: text,
    value: observed.value,
    ...(reason === undefined ? {} : { reason }),
  }
}
