/** What the tools on each host would print at this instant, and every TCP connection as its ends and directors see it. */
import { directorTables, printConnections, printListing, type Simulation } from '../../sim-core/index.ts'
import type { ConnectionViews, Inside } from './protocol.ts'

const CONNECTIONS_MAX = 200
const PRINTED_MAX = 400

export function lookInside(simulation: Simulation): Inside {
  const tables = directorTables(simulation)
  const printed: Record<string, Record<string, string>> = {}
  for (const t of tables) {
    printed[t.host] = {
      'ipvsadm -Ln': printListing(t.services),
      'ipvsadm -Lnc': printConnections(t.connections.slice(0, PRINTED_MAX)),
      'ipvsadm -Ln --rate': printListing(t.services, { format: 'rate' }),
    }
  }
  return {
    tables: tables.map(t => ({ ...t, connections: t.connections.slice(0, CONNECTIONS_MAX) })),
    printed,
    connections: connectionsOf(tables),
  }
}

/** From the directors' entries; ends are added where the endpoints tell of themselves. */
function connectionsOf(tables: ReturnType<typeof directorTables>): ConnectionViews[] {
  const byId = new Map<string, ConnectionViews>()
  for (const table of tables)
    for (const c of table.connections) {
      if (c.protocol !== 'TCP' || byId.size >= CONNECTIONS_MAX) continue
      const id = `${c.client.address}:${c.client.port} → ${c.virtual.address}:${c.virtual.port}`
      const view = byId.get(id) ?? { id, directors: [] }
      const counted = c.state === 'ESTABLISHED' ? ('ActiveConn' as const) : ('InActConn' as const)
      byId.set(id, { ...view, directors: [...view.directors, { host: table.host, state: c.state, expires: `${c.expireS}`, counted }] })
    }
  return [...byId.values()]
}
