/** Expectations against a run → verdicts. Each says what was seen and, when it failed, by how much. */
import { assert } from '../base/assert.ts'
import { type Metric, metricNamed, type MetricUnit, type Observed, type RunView, showValue } from '../metrics/index.ts'
import type { Comparison, Expectation, ExpectationVerdict } from './types.ts'

export function evaluateExpectations(expectations: readonly Expectation[], view: RunView): ExpectationVerdict[] {
  return expectations.map(expectation => {
    const metric = metricNamed(expectation.metric)
    assert(metric !== undefined, `evaluateExpectations: unchecked metric ${expectation.metric}`)
    if (isReached(expectation, view)) return verdictOf(expectation, metric, observe(expectation, metric, view))
    const stopped = `the run stopped at ${showValue(view.result.simulatedNs, 's')}: ${view.result.stopped ?? 'ended early'}`
    return { expectation, ok: false, reached: false, observed: 'nothing', reason: stopped }
  })
}

function observe(e: Expectation, metric: Metric, view: RunView): Observed {
  const { fromNs, toNs } = view.windows.find(w => w.name === e.window) ?? view.windows[0]
  const at = e.atNs === undefined ? {} : { atNs: e.atNs }
  return metric.value({ view, of: e.of, window: e.window, fromNs, toNs, stat: e.stat, binNs: e.binNs, ...at })
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

const RELATION: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  '==': 'exactly',
  '!=': 'anything but',
}

/** Undefined when the value meets the comparison, else what was wanted, with the margin by which it was missed. */
function failure(is: Comparison, value: number | string, unit: MetricUnit): string | undefined {
  const show = (x: number) => showValue(x, unit)
  if (is.kind === 'name') {
    const wanted = is.anyOf.join(' or ')
    return is.anyOf.includes(String(value)) !== is.not ? undefined : `${is.not ? 'anything but ' : ''}${wanted} was expected`
  }
  const x = Number(value)
  if (is.kind === 'near') {
    const off = Math.abs(x - is.value)
    return off <= is.tolerance ? undefined : `${show(is.value)} ± ${show(is.tolerance)} was expected; it is ${show(off)} off`
  }
  if (is.kind === 'between') return x >= is.from && x <= is.to ? undefined : `${show(is.from)} to ${show(is.to)} was expected`
  if (holds(x, is.op, is.value)) return undefined
  const exact =
    is.op === '==' && (unit === 's' || unit === 'ratio' || unit === 'bit/s') && is.value !== 0 ? '; give a tolerance with ±' : ''
  return `${RELATION[is.op]} ${show(is.value)} was expected${exact}`
}

function holds(x: number, op: string, value: number): boolean {
  if (op === '<') return x < value
  if (op === '<=') return x <= value
  if (op === '>') return x > value
  if (op === '>=') return x >= value
  return op === '==' ? x === value : x !== value
}
