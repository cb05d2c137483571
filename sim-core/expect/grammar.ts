/**
 * What `is:` may say, by the unit of its metric:
 *
 *     <= 3.606s      > 0      != b1               a comparison: < <= > >= == !=
 *     25             b2       none   b2 | b3      a value; of names, one of several
 *     102.5 % ± 0.3 %         3.6s +- 5ms         a value with a tolerance (`±`, `+-` or `+/-`)
 *     2.605s..3.606s                              from .. to, both included
 *
 * Ratios are percentages (or plain numbers, 1.025), times durations, rates bits a second, counts whole numbers.
 */
import { bad, good, type Reading, readDuration, readRate, shown } from '../config/index.ts'
import type { MetricUnit } from '../metrics/index.ts'
import type { Comparison } from './types.ts'

export function readComparison(input: unknown, unit: MetricUnit): Reading<Comparison> {
  const given = typeof input === 'string' ? input.trim() : typeof input === 'number' ? String(input) : undefined
  if (given === undefined || given === '') return bad(`${shown(input)} is not a comparison`, `write ${EXAMPLES[unit]}`)
  const [, op, rest] = /^(<=|>=|==|!=|<|>|=)?\s*(.*)$/s.exec(given) ?? []
  if (unit === 'name') return readNames(given, op, rest)
  if (op !== undefined) {
    const value = readNumber(rest, unit)
    return value.ok ? good({ kind: 'compare', op: (op === '=' ? '==' : op) as '<', value: value.value }) : value
  }
  const tolerance = /^(.+?)\s*(?:±|\+\/-|\+-)\s*(.+)$/.exec(given)
  if (tolerance !== null) return readNear(tolerance[1], tolerance[2], unit)
  const range = /^(.+?)\s*\.\.\s*(.+)$/.exec(given)
  if (range !== null) return readBetween(range[1], range[2], unit)
  const value = readNumber(given, unit)
  return value.ok ? good({ kind: 'compare', op: '==', value: value.value }) : value
}

const EXAMPLES: Readonly<Record<MetricUnit, string>> = {
  ratio: '"<= 1 %" or "102.5 % ± 0.3 %"',
  s: '"<= 3.606s" or "3.6s ± 5ms"',
  'bit/s': '">= 900Mbit" or "1Gbit ± 5Mbit"',
  packets: '0 or "<= 100"',
  requests: '0 or ">= 98"',
  entries: '25 or "<= 50"',
  times: '1 or "<= 2"',
  hosts: '1 or "<= 1"',
  name: 'a name such as b2, "b2 | b3" or "!= b1"',
}

function readNames(given: string, op: string | undefined, rest: string): Reading<Comparison> {
  if (op !== undefined && !['==', '=', '!='].includes(op))
    return bad(`${shown(given)} orders names, which have no order`, `write ${EXAMPLES.name}`)
  const anyOf = rest.split('|').map(s => s.trim())
  if (anyOf.includes('')) return bad(`${shown(given)} lacks a name`, `write ${EXAMPLES.name}`)
  return good({ kind: 'name', not: op === '!=', anyOf })
}

function readNear(left: string, right: string, unit: MetricUnit): Reading<Comparison> {
  const value = readNumber(left, unit)
  if (!value.ok) return value
  const relative = unit !== 'ratio' && /%\s*$/.test(right)
  const tolerance = relative ? readNumber(right, 'ratio') : readNumber(right, unit)
  if (!tolerance.ok) return bad(`its tolerance ${tolerance.reason}`, tolerance.remedy)
  if (tolerance.value < 0) return bad('its tolerance is negative', `write ${EXAMPLES[unit]}`)
  return good({ kind: 'near', value: value.value, tolerance: relative ? Math.abs(value.value) * tolerance.value : tolerance.value })
}

function readBetween(left: string, right: string, unit: MetricUnit): Reading<Comparison> {
  const from = readNumber(left, unit)
  if (!from.ok) return from
  const to = readNumber(right, unit)
  if (!to.ok) return to
  if (to.value < from.value) return bad(`"${left}..${right}" ends before it begins`, `write ${right}..${left}`)
  return good({ kind: 'between', from: from.value, to: to.value })
}

function readNumber(given: string, unit: MetricUnit): Reading<number> {
  const again = (r: Reading<number>) => (r.ok ? r : bad(r.reason, `write ${EXAMPLES[unit]}`))
  if (unit === 's') return again(readDuration(given))
  if (unit === 'bit/s') return /^0(\.0*)?\s*\D*$/.test(given) ? good(0) : again(readRate(given))
  const m = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(%|[a-z]*)$/i.exec(given)
  if (m === null) return bad(`${shown(given)} is not a number`, `write ${EXAMPLES[unit]}`)
  if (unit === 'ratio')
    return m[2] === '%'
      ? good(Number(m[1]) / 100)
      : m[2] === ''
        ? good(Number(m[1]))
        : bad(`${shown(given)} is not a ratio`, `write ${EXAMPLES[unit]}`)
  if (m[2] !== '' && m[2] !== unit && `${m[2]}s` !== unit)
    return bad(`${shown(given)} has the unit "${m[2]}", but the metric counts ${unit}`, `write ${EXAMPLES[unit]}`)
  return good(Number(m[1]))
}
