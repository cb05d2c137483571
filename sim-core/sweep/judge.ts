/** A confidence interval against what was expected: held when all of it agrees, failed when none does. */
import type { Comparison } from '../expect/index.ts'

export type Conclusion = 'held' | 'failed' | 'inconclusive'

/** `is` compares numbers; `from` ≤ `to`, equal when all replications agreed. */
export function judgeInterval(is: Comparison, from: number, to: number): Conclusion {
  if (is.kind === 'name') return 'inconclusive'
  if (is.kind === 'near') return within(from, to, is.value - is.tolerance, is.value + is.tolerance)
  if (is.kind === 'between') return within(from, to, is.from, is.to)
  if (is.op === '<=' || is.op === '<') return below(from, to, is.value, is.op === '<=')
  if (is.op === '>=' || is.op === '>') return below(-to, -from, -is.value, is.op === '>=')
  const equal = within(from, to, is.value, is.value)
  if (is.op === '==' || equal === 'inconclusive') return equal
  return equal === 'held' ? 'failed' : 'held'
}

function below(from: number, to: number, limit: number, orEqual: boolean): Conclusion {
  if (to < limit || (orEqual && to === limit)) return 'held'
  return from > limit || (!orEqual && from === limit) ? 'failed' : 'inconclusive'
}

function within(from: number, to: number, low: number, high: number): Conclusion {
  if (from >= low && to <= high) return 'held'
  return to < low || from > high ? 'failed' : 'inconclusive'
}

/** How far a value is on the wrong side, larger is worse; for finding the replication that shows the worst. */
export function badness(is: Comparison, value: number): number {
  if (is.kind === 'compare') {
    if (is.op === '>=' || is.op === '>') return -value
    return is.op === '<=' || is.op === '<' ? value : Math.abs(value - is.value)
  }
  if (is.kind === 'near') return Math.abs(value - is.value)
  return is.kind === 'between' && is.from > -Number.MAX_VALUE ? Math.abs(value - (is.from + is.to) / 2) : value
}
