/** The directors' tables as `ipvsadm -Ln` and `-Lnc` print them, at the instants asked for and at the end. */
import { printConnections, printListing } from '../config/index.ts'
import { metricNamed, showCount, showTime, splitDirectorLabel } from '../metrics/index.ts'
import type { DirectorTables } from '../metrics/index.ts'
import { entryCause } from '../protocols/ipvs/index.ts'
import { renderTable, wrap } from './columns.ts'
import type { Report } from './input.ts'
import type { Style } from './style.ts'

const CONNECTIONS_MAX = 6
/** More tables than this at the end of a run are told in a line each. */
const TABLES_MAX = 10
const LINES_MAX = 20
const COLUMNS = 112

/** Those of the end, of the instants asked for, and of the directors and instants that an expectation names. */
export function tablesWorthShowing({ model, view }: Report, atNs: readonly number[]): readonly DirectorTables[] {
  const { tables, simulatedNs } = view.result
  const expected = model.expectations.filter(e => metricNamed(e.metric)?.of === 'director')
  return tables.filter(
    t => t.tNs >= simulatedNs || atNs.includes(t.tNs) || expected.some(e => e.atNs === t.tNs && splitDirectorLabel(e.of).host === t.host),
  )
}

/** All of them, or of a large site's, if nobody asked for them, the totals. */
export function tablesOrTotals(report: Report, atNs: readonly number[], style: Style): string {
  const tables = tablesWorthShowing(report, atNs)
  if (tables.length <= TABLES_MAX || atNs.length > 0) return tablesText(tables, style)
  const totals = tables.map(t => {
    const servers = t.services.flatMap(s => s.servers)
    const sum = (column: 'active' | 'inactive') => servers.reduce((n, s) => n + s[column], 0)
    return { t, servers: servers.length, active: sum('active'), inactive: sum('inactive') }
  })
  const largest = totals.sort((a, b) => b.active + b.inactive - a.active - a.inactive).slice(0, LINES_MAX)
  const rows = largest.map(x => [
    x.t.host,
    showTime(x.t.tNs),
    showCount(x.t.services.length),
    showCount(x.servers),
    showCount(x.active),
    showCount(x.inactive),
  ])
  const table = renderTable(
    { head: ['balancer', 'at', 'services', 'real servers', 'ActiveConn', 'InActConn'], align: 'lrrrrr', rows },
    style.dim,
  )
  const rest = totals.length - rows.length
  const more = rest === 0 ? '' : `${showCount(rest)} more balancers; `
  return `${table}\n  ${style.dim(`… ${more}--at and a time, or --json, has each table in full`)}`
}

export function tablesText(tables: readonly DirectorTables[], style: Style): string {
  return tables
    .map(t => {
      const head = style.bold(`${t.host} at ${showTime(t.tNs)}`)
      if (t.services.length === 0 && t.connections.length === 0) return `  ${head}: no virtual services`
      const listing = indented(printListing(t.services))
      if (t.connections.length === 0) return `  ${head}: ipvsadm -Ln\n${listing}`
      const shown = t.connections.slice(0, CONNECTIONS_MAX)
      const rest = t.connections.length - shown.length
      const more = rest === 0 ? '' : `\n    ${style.dim(`… ${showCount(rest)} more entries; --json has them all`)}`
      return `  ${head}: ipvsadm -Ln\n${listing}\n  ${head}: ipvsadm -Lnc\n${indented(printConnections(shown))}${more}${whyText(shown, style)}`
    })
    .join('\n\n')
}

/** Why entries are there: of those shown, the first in each state. */
function whyText(shown: DirectorTables['connections'], style: Style): string {
  const states = new Set<string>()
  const lines = shown.flatMap(({ facts, expireS, client }) => {
    if (facts === undefined || states.has(facts.state + facts.countsAs)) return []
    states.add(facts.state + facts.countsAs)
    const why = `${client.address}:${client.port}, because ${entryCause(facts, expireS).text}`
    return [`\n    ${style.dim(wrap(why, COLUMNS, '      '))}`]
  })
  return lines.join('')
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `    ${line.trimEnd()}`)
    .join('\n')
