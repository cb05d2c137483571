/**
 * Metrics of the directors' tables, at an instant: `of: b1`, or one line of its listing, `of: b1/172.28.128.31:80`
 * (real server) or `of: b1/172.28.128.200:80` (virtual service); for entries also a state, `of: b1/FIN_WAIT`.
 */
import type { DirectorTables } from './measurements.ts'
import type { Metric, Observed, Question } from './metric.ts'

/** `b1/172.28.128.31:80` → host and what of its table. */
export function splitDirectorLabel(label: string): { host: string; part: string } {
  const slash = label.indexOf('/')
  return slash < 0 ? { host: label, part: '' } : { host: label.slice(0, slash), part: label.slice(slash + 1) }
}

const perTable =
  (value: (tables: DirectorTables, part: string) => number | undefined, untold: (q: Question) => string | undefined = () => undefined) =>
  (q: Question): Observed => {
    const why = untold(q)
    if (why !== undefined) return { value: undefined, text: why }
    const { host, part } = splitDirectorLabel(q.of)
    const tables = q.view.result.tables.find(t => t.host === host && t.tNs === q.atNs)
    if (tables === undefined) return { value: undefined, text: `there are no tables of ${host} at that time` }
    const found = value(tables, part)
    return found === undefined ? { value: undefined, text: `${host} has no ${part} in its table then` } : { value: found }
  }

/** Sum over the real servers that the part names: all, those of a service, or one. */
function sumOfServers(tables: DirectorTables, part: string, column: 'active' | 'inactive' | 'weight'): number | undefined {
  let found = part === ''
  let sum = 0
  for (const service of tables.services) {
    const whole = part === '' || ('address' in service.key && `${service.key.address}:${service.key.port}` === part)
    found ||= whole
    for (const server of service.servers) {
      if (!whole && `${server.address}:${server.port}` !== part) continue
      found = true
      sum += server[column]
    }
  }
  return found ? sum : undefined
}

/** On the flow level connections of TCP are counted, not made. */
const uncounted = ({ view: { result } }: Question): string | undefined =>
  result.answeredBy === 'rates' && result.measurements.traffic.some(t => t.counts === 'requests')
    ? 'model: rates counts connections of TCP at their servers (ipvs.active, ipvs.inactive) and lists none'
    : undefined

function countEntries({ connections }: DirectorTables, part: string): number {
  if (part === '') return connections.length
  return connections.filter(
    c => c.state === part || `${c.destination.address}:${c.destination.port}` === part || `${c.virtual.address}:${c.virtual.port}` === part,
  ).length
}

const tableMetric = (name: string, meaning: string, value: Metric['value']): Metric => ({
  name: `ipvs.${name}`,
  unit: 'entries',
  of: 'director',
  meaning,
  stats: [],
  at: 'must',
  value,
})

export const IPVS_METRICS: readonly Metric[] = [
  tableMetric(
    'active',
    'ActiveConn of a director, one of its services or one real server',
    perTable((t, part) => sumOfServers(t, part, 'active')),
  ),
  tableMetric(
    'inactive',
    'InActConn of a director, one of its services or one real server',
    perTable((t, part) => sumOfServers(t, part, 'inactive')),
  ),
  tableMetric(
    'weight',
    'weight of a real server in a director’s table',
    perTable((t, part) => sumOfServers(t, part, 'weight')),
  ),
  tableMetric('entries', 'connection entries of a director, or those in one state (b1/FIN_WAIT)', perTable(countEntries, uncounted)),
]
