/**
 * `--vary path=values`: one axis of a sweep. Values are a list, and each entry a value or a range:
 *
 *     links.default.rate=1Gbit,2.5Gbit,10Gbit       a path as --set takes it
 *     vips=2..8                                     both ends included, in steps of 1
 *     phase=0s..1s/100ms                            with a step
 *     windows.after="25s..60s"                      quoted: one value, not a range
 *
 * Two names are no keys of a scenario: `vips` makes the cluster anew with so many VIPs (vips.ts), `phase` lets every
 * event happen so much later. Tested in test/sweep/axis.test.ts.
 */
import type { Problem } from '../base/problem.ts'
import { bad, good, type Reading, readDuration, readRate, readSize } from '../config/index.ts'

export interface Axis {
  readonly path: string
  readonly kind: 'set' | 'vips' | 'phase'
  /** As they would be written after `path=`. */
  readonly values: readonly string[]
}

const VALUES_MAX = 10_000
const VIPS_MAX = 255

/** An axis, or what is wrong with the text. */
export function readAxis(text: string): Axis | Problem {
  const wrong = (message: string, remedy: string): Problem => ({
    at: { file: `--vary ${text}`, line: 1, column: 1 },
    severity: 'error',
    code: 'axis',
    message,
    remedy,
  })
  const equals = text.indexOf('=')
  const path = text.slice(0, Math.max(0, equals)).trim()
  if (path === '') return wrong('there is no path and values', 'write --vary path=values, such as --vary vips=2..8')
  const values: string[] = []
  for (const entry of entriesOf(text.slice(equals + 1))) {
    if (entry === '') return wrong('a value is missing', 'write values with commas between them, such as 1Gbit,10Gbit')
    const read = readEntry(entry)
    if (!read.ok) return wrong(read.reason, read.remedy)
    values.push(...read.value)
    if (values.length > VALUES_MAX) return wrong(`it has more than ${VALUES_MAX} values`, 'write a larger step')
  }
  const twice = values.find((v, i) => values.indexOf(v) < i)
  if (twice !== undefined) return wrong(`${twice} stands there twice`, 'write each value once')
  const kind = path === 'vips' || path === 'phase' ? path : 'set'
  const refused = values.map(v => refuse(kind, v)).find(r => r !== undefined)
  return refused === undefined ? { path, kind, values } : wrong(refused.reason, refused.remedy)
}

/** At commas outside of quotes and brackets. */
function entriesOf(text: string): string[] {
  const entries = ['']
  let depth = 0
  let quote = ''
  for (const c of text) {
    if (quote !== '') quote = c === quote ? '' : quote
    else if (c === '"' || c === "'") quote = c
    else if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
    if (c === ',' && depth === 0 && quote === '') entries.push('')
    else entries[entries.length - 1] += c
  }
  return entries.map(e => e.trim())
}

function refuse(kind: Axis['kind'], value: string): { reason: string; remedy: string } | undefined {
  if (kind === 'vips')
    return /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= VIPS_MAX
      ? undefined
      : { reason: `${value} is no number of VIPs`, remedy: `write whole numbers from 1 to ${VIPS_MAX}, such as 2..8` }
  if (kind !== 'phase') return undefined
  const read = readDuration(value)
  return read.ok ? undefined : read
}

interface Quantity {
  readonly number: number
  readonly unit: string
}

const readNumber = (text: string): Quantity | undefined => {
  const m = /^([+-]?(?:\d+(?:\.\d+)?|\.\d+))\s*([A-Za-zµμ%][A-Za-zµμ]*)?$/.exec(text.trim())
  return m === null ? undefined : { number: Number(m[1]), unit: m[2] ?? '' }
}

function readEntry(entry: string): Reading<string[]> {
  if (!entry.includes('..') || /^["'{[]/.test(entry)) return good([entry])
  const m = /^(.+?)\.\.([^/]+)(?:\/(.+))?$/.exec(entry)
  const [from, to, step] = (m?.slice(1, 4) ?? []).map(part => (part === undefined ? undefined : readNumber(part)))
  const remedy = 'write from..to or from..to/step, such as 2..8, 0s..1s/100ms or 1Gbit..4Gbit/500Mbit; quote a value that is no range'
  if (m === null || from === undefined || to === undefined || (m[3] !== undefined && step === undefined))
    return bad(`"${entry}" is no range of numbers`, remedy)
  return spread(entry, { ...from, unit: from.unit || to.unit }, to, step ?? { number: 1, unit: to.unit }, remedy)
}

/** The values in the unit of the step when all have units of one kind, each a whole number of steps after the first. */
function spread(entry: string, from: Quantity, to: Quantity, step: Quantity, remedy: string): Reading<string[]> {
  const unit = step.unit || to.unit
  const [first, last, each] = [from, to, { ...step, unit }].map(q => q.number * (factorOf(q.unit, unit) ?? Number.NaN))
  if (Number.isNaN(first + last + each)) return bad(`"${entry}" mixes units`, remedy)
  if (each <= 0 || last < first) return bad(`"${entry}" holds no value`, remedy)
  const count = Math.floor((last - first) / each + 1e-9) + 1
  if (count > VALUES_MAX) return bad(`"${entry}" are ${count} values`, 'write a larger step')
  return good(Array.from({ length: count }, (_, i) => `${Number((first + i * each).toPrecision(12))}${unit}`))
}

/** How many of `to` a `from` is; undefined when they measure different things. */
function factorOf(from: string, to: string): number | undefined {
  if (from === to) return 1
  for (const read of [readDuration, readRate, readSize]) {
    const [a, b] = [read(`1${from}`), read(`1${to}`)]
    if (a.ok && b.ok) return a.value / b.value
  }
  return undefined
}
