/** A value against a comparison, in words. */
import { type MetricUnit, showValue } from '../metrics/index.ts'
import type { Comparison } from './types.ts'

const RELATION: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  '==': 'exactly',
  '!=': 'anything but',
}

/** Undefined when the value meets the comparison, else what was wanted, with the margin by which it was missed. */
export function failure(is: Comparison, value: number | string, unit: MetricUnit): string | undefined {
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
