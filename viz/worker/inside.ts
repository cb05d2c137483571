/** What the tools on each host would print at this instant, and every TCP connection as its ends and directors see it. */
import {
  directorTables,
  printAddresses,
  printConnections,
  printListing,
  printMacTable,
  printNeighbours,
  printSockets,
  type Simulation,
  type Socket,
  socketsOf,
} from '../../sim-core/index.ts'
import type { ConnectionViews, Inside } from './protocol.ts'

const CONNECTIONS_MAX = 200
const PRINTED_MAX = 400

export function lookInside(simulation: Simulation): Inside {
  const { hostNames } = simulation.network.stack
  const tables = directorTables(simulation)
  const printed: Record<string, Record<string, string>> = {}
  for (const t of tables) {
    printed[t.host] = {
      'ipvsadm -Ln': printListing(t.services),
      'ipvsadm -Lnc': printConnections(t.connections.slice(0, PRINTED_MAX)),
      'ipvsadm -Ln --rate': printListing(t.services, { format: 'rate' }),
    }
  }
  const sockets = hostNames.map((_, host) => socketsOf(simulation, host))
  hostNames.forEach((name, host) => {
    printed[name] = {
      ...printed[name],
      'ip addr': printAddresses(simulation, host),
      'ip neigh': printNeighbours(simulation, host),
      ...(sockets[host].length === 0 ? {} : { 'ss -tan': printSockets(sockets[host].slice(0, PRINTED_MAX)) }),
    }
  })
  simulation.model.lans.forEach((lan, i) => {
    printed[lan.name] = { 'bridge fdb': printMacTable(simulation, i) }
  })
  return {
    tables: tables.map(t => ({ ...t, connections: t.connections.slice(0, CONNECTIONS_MAX) })),
    printed,
    connections: connectionsOf(tables, hostNames, sockets),
  }
}

type Building = { -readonly [K in keyof ConnectionViews]: ConnectionViews[K] }

/** A connection is known by its client's end and the VIP; in direct routing the server's socket has the same two. */
function connectionsOf(
  tables: ReturnType<typeof directorTables>,
  hostNames: readonly string[],
  sockets: readonly (readonly Socket[])[],
): ConnectionViews[] {
  const byId = new Map<string, Building>()
  const view = (id: string): Building | undefined => {
    let v = byId.get(id)
    if (v === undefined && byId.size < CONNECTIONS_MAX) byId.set(id, (v = { id, directors: [] }))
    return v
  }
  const services = new Set(tables.flatMap(t => t.services.map(s => ('address' in s.key ? `${s.key.address}:${s.key.port}` : ''))))
  sockets.forEach((list, host) => {
    for (const s of list) {
      const asClient = services.has(s.peer)
      const v = view(asClient ? `${s.local} → ${s.peer}` : `${s.peer} → ${s.local}`)
      if (v === undefined) return
      if (asClient) v.client = { host: hostNames[host], state: s.state }
      else v.server = { host: hostNames[host], state: s.state }
    }
  })
  for (const table of tables)
    for (const c of table.connections) {
      if (c.protocol !== 'TCP') continue
      const v = view(`${c.client.address}:${c.client.port} → ${c.virtual.address}:${c.virtual.port}`)
      const counted = c.state === 'ESTABLISHED' ? ('ActiveConn' as const) : ('InActConn' as const)
      if (v !== undefined) v.directors = [...v.directors, { host: table.host, state: c.state, expires: `${c.expireS}`, counted }]
    }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}
