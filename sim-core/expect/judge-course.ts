/** A quantity's course against `always`, `never` and `within`: the longest time for which it was not as promised. */
import { assert } from '../base/assert.ts'
import { courseOf, type Metric, type Question, showDuration, showTime, showValue, type Stretch } from '../metrics/index.ts'
import { failure } from './failure.ts'
import type { Expectation, ExpectationVerdict, OverTime } from './types.ts'

export function judgeCourse(expectation: Expectation, metric: Metric, q: Question): ExpectationVerdict {
  const { over, is, text } = expectation
  assert(over !== undefined, 'judgeCourse: an expectation about one value')
  const nothing = (reason: string) => ({ expectation, ok: false, reached: true, observed: 'nothing', reason })
  const course = courseOf(metric, q)
  if (course === undefined || course.length === 0) return nothing(`the run has no ${q.of} in the window ${q.window}`)
  const looked = looksAt(course, over, metric.course !== undefined)
  if (looked.length === 0) return nothing('the window ends before the time is up: give it a later end, or a shorter `bin`')
  const breaks = (s: Stretch) => (failure(is, s.value, metric.unit) === undefined) === (over.kind === 'never')
  const show = (s: Stretch) => showValue(s.value, metric.unit)
  const allowedNs = over.kind === 'never' ? over.longerThanNs : 0
  const worst = joined(looked, breaks)
    .filter(s => lengthOf(s) > allowedNs)
    .sort((a, b) => lengthOf(b) - lengthOf(a) || a.fromNs - b.fromNs)[0]
  if (worst === undefined) return { expectation, ok: true, reached: true, observed: heldText(over, course, joined(course, breaks), show) }
  return {
    expectation,
    ok: false,
    reached: true,
    observed: `${show(worst)} from ${showTime(worst.fromNs)} to ${showTime(worst.toNs)}, for ${showDuration(lengthOf(worst))}`,
    value: worst.value,
    whenNs: worst.fromNs,
    reason: `${text.slice(text.indexOf(': ') + 2)} was expected`,
  }
}

const lengthOf = (s: Stretch): number => s.toNs - s.fromNs

/** With `within` only what comes after the time was up; the bin in which it ran out says nothing about that. */
function looksAt(course: readonly Stretch[], over: OverTime, exact: boolean): readonly Stretch[] {
  if (over.kind !== 'within') return course
  const limitNs = over.afterNs + over.withinNs
  if (!exact) return course.filter(s => s.fromNs >= limitNs)
  return course.filter(s => s.toNs > limitNs).map(s => ({ ...s, fromNs: Math.max(s.fromNs, limitNs) }))
}

/** Neighbouring stretches that match, as one; it has the value with which it began. */
function joined(course: readonly Stretch[], matches: (s: Stretch) => boolean): Stretch[] {
  const out: Stretch[] = []
  for (const s of course) {
    if (!matches(s)) continue
    const last = out[out.length - 1]
    if (last !== undefined && last.toNs === s.fromNs) out[out.length - 1] = { ...last, toNs: s.toNs }
    else out.push(s)
  }
  return out
}

function heldText(over: OverTime, course: readonly Stretch[], broken: readonly Stretch[], show: (s: Stretch) => string): string {
  const last = broken[broken.length - 1]
  if (over.kind === 'within') {
    const tookNs = last === undefined ? 0 : last.toNs - over.afterNs
    return tookNs <= 0 ? 'at once' : `after ${showDuration(tookNs)}`
  }
  if (last !== undefined) return `for ${showDuration(Math.max(...broken.map(lengthOf)))} at most`
  return new Set(course.map(show)).size === 1 ? `${show(course[0])} throughout` : over.kind
}
