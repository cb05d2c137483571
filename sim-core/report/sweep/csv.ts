/** A sweep as CSV (RFC 4180): one row for each measure at each point. Times in seconds, ratios plain, rates in bit/s. */
import type { MeasureResult, SweepResult } from '../../sweep/index.ts'
import { rounded, toBaseUnit } from './numbers.ts'

const HEAD = [
  ...['measure', 'metric', 'of', 'window', 'stat', 'unit', 'replications', 'n', 'mean', 'deviation', 'half_width', 'low', 'high'],
  ...['min', 'min_seed', 'max', 'max_seed', 'value', 'held', 'broken_by_seed', 'verdict'],
]

export function sweepCsv({ design, points }: SweepResult): string {
  const rows = points.flatMap(({ point, measures, replications }) =>
    measures.map(m => [...point.values, ...cells(m, replications).map(c => (c === undefined ? '' : String(c)))]),
  )
  const lines = [[...design.axes.map(a => a.path), ...HEAD], ...rows]
  return lines.map(line => `${line.map(quoted).join(',')}\n`).join('')
}

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)

function cells(m: MeasureResult, replications: number): (string | number | undefined)[] {
  const { metric, of, window, stat, atNs } = m.measure.expectation
  const number = (x: number | undefined) => (x === undefined || !Number.isFinite(x) ? undefined : rounded(toBaseUnit(x, m.measure.unit)))
  const s = m.summary
  return [
    ...[m.measure.text, metric, of, atNs === undefined ? window : `${atNs / 1e9}s`, stat, m.measure.unit, replications, s?.n],
    ...[number(s?.mean), number(s?.deviation), number(s?.halfWidth)],
    ...[s && number(s.mean - s.halfWidth), s && number(s.mean + s.halfWidth)],
    ...[number(m.lowest?.value), m.lowest?.seed, number(m.highest?.value), m.highest?.seed],
    ...[m.names[0]?.value, m.measure.expectation.measured ? undefined : m.held, m.brokenBy, m.conclusion],
  ]
}
