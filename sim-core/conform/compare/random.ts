/**
 * What is drawn at random in a recording cannot be the same in a run: the choices of `twos`, and arrivals at random
 * instants. Choices are taken out of the lines, totals stay; how often each server was chosen is compared as a
 * distribution. Loads with random arrivals are compared by phase and owner (capacity.ts).
 */
import type { CaseFile } from '../case-file.ts'
import { type Observed, ofKind } from '../observed.ts'
import type { Comparison, Difference } from '../score.ts'

const RANDOM_SCHEDULERS: readonly string[] = ['twos']
const ANY = '*'
/** Standard deviations of a difference between two counts of one distribution. */
const DEVIATIONS_MAX = 4

/** Virtual services whose servers are chosen at random. */
export const randomServices = (recorded: CaseFile): ReadonlySet<string> =>
  new Set(ofKind(recorded.observed, 'ipvs').flatMap(l => l.services.filter(s => RANDOM_SCHEDULERS.includes(s.scheduler)).map(s => s.vip)))

/** The line without what chance decided. */
export function maskChoices(recorded: CaseFile): <O extends Observed>(line: O) => O {
  const services = randomServices(recorded)
  if (services.size === 0) return line => line
  const ids = new Set(recorded.actions.flatMap(a => (a.do === 'connect' && services.has(a.to) ? [a.id] : [])))
  return line => {
    if (line.kind === 'scheduled' && ids.has(line.id) && line.rs !== null) return { ...line, rs: ANY }
    if (line.kind === 'response' && ids.has(line.id) && line.error === undefined) return { ...line, server: ANY }
    if (line.kind === 'conn') return { ...line, conns: line.conns.map(c => (services.has(c.vip) ? { ...c, rs: ANY } : c)) }
    if (line.kind !== 'ipvs') return line
    const totals = line.services.map(s => {
      if (!services.has(s.vip)) return s
      const sum = (of: 'active' | 'inact') => s.rs.reduce((n, r) => n + r[of], 0)
      return { ...s, rs: s.rs.map(r => ({ ...r, active: sum('active'), inact: sum('inact') })) }
    })
    return { ...line, services: totals }
  }
}

/** How often each server was chosen: one event a service and server. */
export function compareChoices(recorded: CaseFile, seen: readonly Observed[]): Comparison {
  const services = randomServices(recorded)
  const differences: Difference[] = []
  let total = 0
  for (const service of services) {
    const expected = countOf(ofKind(recorded.observed, 'scheduled'), service)
    const got = countOf(ofKind(seen, 'scheduled'), service)
    const drawn = [...expected.values()].reduce((n, k) => n + k, 0)
    for (const [server, n] of [...expected].sort(([a], [b]) => (a < b ? -1 : 1))) {
      total++
      const share = n / drawn
      const allowed = DEVIATIONS_MAX * Math.sqrt(2 * drawn * share * (1 - share))
      if (Math.abs(n - (got.get(server) ?? 0)) <= allowed) continue
      differences.push({
        kind: 'scheduled',
        tS: 0,
        host: server,
        expected: `${server} chosen ${n} times of ${drawn} for ${service}`,
        got: `${got.get(server) ?? 0} times`,
        rule: 'the distribution of random choices',
      })
    }
  }
  return { kind: 'scheduled', matched: total - differences.length, total, differences, errorsS: [] }
}

function countOf(lines: readonly { readonly to?: string; readonly rs: string | null }[], service: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const l of lines) if (l.to === service && l.rs !== null) counts.set(l.rs, (counts.get(l.rs) ?? 0) + 1)
  return counts
}

/** A load whose datagrams leave at random instants. */
export const hasRandomArrivals = (recorded: CaseFile): boolean =>
  recorded.actions.some(a => a.do === 'udp_load') && /poisson/i.test(`${recorded.title} ${recorded.notes ?? ''}`)
