/**
 * Every metric that changes over time, as series of a whole run: owners of VIPs from one change to the next, what is
 * counted second by second. One row a value, so that any tool can pivot it. Tested in test/cli/recordings.test.ts.
 */
import { courseOf, hasCourse, METRICS, type Metric, type RunView, BIN_NS } from '../metrics/index.ts'
import type { Report } from './input.ts'
import { SCHEMA_VERSION } from './json-schema.ts'

export interface Series {
  readonly metric: string
  /** Times in s, ratios as numbers (1 = 100 %), rates in bit/s. */
  readonly unit: string
  /** `switch→b2`, a traffic source, a VIP, a director. */
  readonly of: string
  /** [from_s, to_s, value]; the intervals follow each other. */
  readonly points: readonly (readonly [number, number, number | string])[]
}

const S = 1e9

export function seriesOf({ view }: Report): Series[] {
  const toNs = view.result.simulatedNs
  const binned = METRICS.filter(m => hasCourse(m) && m.of !== 'director').flatMap(metric =>
    subjects(metric, view).flatMap(of => {
      const stretches = courseOf(metric, {
        ...{ view, of, window: 'run', fromNs: 0, toNs, stat: metric.stats[0] ?? 'mean' },
        binNs: Math.max(BIN_NS, Math.ceil(toNs / BINS_MAX / BIN_NS) * BIN_NS),
      })
      if (stretches === undefined) return []
      const inUnit = (value: number | string) => (metric.unit === 's' && typeof value === 'number' ? value / S : value)
      return [
        { metric: metric.name, unit: metric.unit, of, points: stretches.map(p => [p.fromNs / S, p.toNs / S, inUnit(p.value)] as const) },
      ]
    }),
  )
  return [...binned, ...tableSeries(view), ...stoppedEarly(view)]
}

/** A run of more seconds has longer bins. */
const BINS_MAX = 100_000

function subjects(metric: Metric, { result }: RunView): readonly string[] {
  const { links, traffic, vips } = result.measurements
  if (metric.of === 'link') return links.map(l => l.name)
  if (metric.of === 'vip') return vips.map(v => v.address)
  return metric.of === 'traffic' ? traffic.map(t => t.name) : []
}

/** A run that was interrupted, or came to a limit, says so in its data too. */
function stoppedEarly({ result: { stopped, simulatedNs } }: RunView): Series[] {
  return stopped === undefined
    ? []
    : [{ metric: 'run.stopped', unit: 'name', of: '', points: [[simulatedNs / S, simulatedNs / S, stopped]] }]
}

/** ActiveConn and InActConn of each director, sampled at the end of each piece of the run. */
function tableSeries({ result }: RunView): Series[] {
  const { boundariesNs } = result.measurements.segments
  const points = (values: Float64Array) =>
    Array.from(values, (value, i) => [boundariesNs[i] / S, boundariesNs[i + 1] / S, value] as const).filter(
      ([from]) => from * S < result.simulatedNs,
    )
  return result.measurements.directors.flatMap(d => [
    { metric: 'ipvs.active', unit: 'entries', of: d.host, points: points(d.active) },
    { metric: 'ipvs.inactive', unit: 'entries', of: d.host, points: points(d.inactive) },
  ])
}

export const seriesJson = (report: Report) => ({
  schema_version: SCHEMA_VERSION,
  scenario: report.model.title,
  seed: report.model.seed,
  digest: report.view.result.digest,
  series: seriesOf(report),
})

/** RFC 4180, with a header; one row a value. */
export function seriesCsv(report: Report): string {
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = seriesOf(report).flatMap(({ metric, unit, of, points }) =>
    points.map(([from, to, value]) => [metric, of, String(from), String(to), String(value), unit].map(quoted).join(',')),
  )
  return `${['metric,of,from_s,to_s,value,unit', ...rows].join('\r\n')}\r\n`
}
