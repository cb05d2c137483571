/** The tables as people see them: plain objects for the printers of config/ipvsadm, in the kernel's order. */
import { formatIpv4 } from '../../base/address.ts'
import type { IpvsForward, IpvsServiceKey, ListedConnection, ListedServer, ListedService } from '../../config/ipvsadm/index.ts'
import { PACKET_TCP, PACKET_UDP } from '../../net/index.ts'
import { FLAG_ASSURED, FLAG_TEMPLATE, FORWARD_MASQ, FORWARD_TUNNEL } from './connection-table.ts'
import type { Director } from './director.ts'
import { type EntryFacts, factsOf } from './entry-facts.ts'
import type { Service } from './services.ts'
import { TCP_STATE_NAMES } from './tcp-states.ts'

/** With what its cause is made of (entry-facts.ts). */
export type ExplainedConnection = ListedConnection & { readonly facts: EntryFacts }

export interface IpvsTables {
  /** In the order in which they were added; servers in the kernel's list order (the one added last first). */
  readonly services: readonly ListedService[]
  /** By protocol, client, virtual address; for /proc order there is no rule, it hangs on a random seed. */
  readonly connections: readonly ExplainedConnection[]
}

export function tablesOf(d: Director): IpvsTables {
  d.sumCounters()
  return { services: servicesOf(d), connections: connectionsOf(d) }
}

export const servicesOf = (d: Director): ListedService[] => d.services.list.map(s => listedService(d, s))

export function keyOf(d: Director, s: Service): IpvsServiceKey {
  if (s.mark !== 0) return { protocol: 'FWM', mark: s.mark }
  const protocol = s.protocol === PACKET_TCP ? 'TCP' : s.protocol === PACKET_UDP ? 'UDP' : 'SCTP'
  return { protocol, address: d.env.addresses.text(s.address), port: s.port }
}

export function serviceText(d: Director, s: Service): string {
  const key = keyOf(d, s)
  return key.protocol === 'FWM' ? `FWM ${key.mark}` : `${key.protocol} ${key.address}:${key.port}`
}

export const serverText = (d: Director, dest: number): string => `${d.env.addresses.text(d.dests.address[dest])}:${d.dests.port[dest]}`

function listedService(d: Director, s: Service): ListedService {
  return {
    key: keyOf(d, s),
    scheduler: s.scheduler,
    schedulerFlags: s.schedulerFlags,
    onePacket: s.onePacket,
    ...(s.persistenceJiffies > 0 ? { persistence: { timeoutS: s.persistenceJiffies / d.clock.hz, netmask: formatIpv4(s.netmask) } } : {}),
    ...(s.engine === '' ? {} : { engine: s.engine }),
    stats: d.services.counters.totals(s.id),
    rates: d.services.counters.rates(s.id),
    servers: s.servers.map(dest => listedServer(d, dest)),
  }
}

function forwardName(d: Director, dest: number): IpvsForward {
  const forward = d.dests.forward[dest]
  if (forward === FORWARD_MASQ) return 'Masq'
  if (forward === FORWARD_TUNNEL) return 'Tunnel'
  return 'Route'
}

function listedServer(d: Director, dest: number): ListedServer {
  const { dests, env } = d
  return {
    address: env.addresses.text(dests.address[dest]),
    port: dests.port[dest],
    forward: forwardName(d, dest),
    weight: dests.weight[dest],
    active: dests.active[dest],
    inactive: dests.inactive[dest],
    upperThreshold: dests.upper[dest],
    lowerThreshold: dests.lower[dest],
    persistent: dests.persistent[dest],
    stats: dests.counters.totals(dest),
    rates: dests.counters.rates(dest),
  }
}

export function connectionsOf(d: Director): ExplainedConnection[] {
  const rows: number[] = []
  d.table.forEach(c => {
    rows.push(c)
  })
  const { table, env } = d
  const value = env.addresses.value
  const order = (a: number, b: number): number =>
    table.protocol[a] - table.protocol[b] ||
    value[table.client[a]] - value[table.client[b]] ||
    (table.ports[a] >>> 16) - (table.ports[b] >>> 16) ||
    value[table.virtual[a]] - value[table.virtual[b]] ||
    (table.ports[a] & 0xffff) - (table.ports[b] & 0xffff) ||
    a - b
  return rows.sort(order).map(c => listedConnection(d, c))
}

export function stateName(d: Director, c: number): string {
  const { table } = d
  if ((table.flags[c] & FLAG_TEMPLATE) !== 0) return (table.flags[c] & FLAG_ASSURED) !== 0 ? 'ASSURED' : 'NONE'
  return table.protocol[c] === PACKET_TCP ? TCP_STATE_NAMES[table.state[c]] : 'UDP'
}

function listedConnection(d: Director, c: number): ExplainedConnection {
  const { table, env } = d
  const protocol = table.protocol[c]
  const state = stateName(d, c)
  return {
    protocol: protocol === PACKET_TCP ? 'TCP' : protocol === PACKET_UDP ? 'UDP' : 'IP',
    expireS: d.secondsLeft(c),
    state,
    client: { address: env.addresses.text(table.client[c]), port: table.ports[c] >>> 16 },
    virtual: { address: env.addresses.text(table.virtual[c]), port: table.ports[c] & 0xffff },
    destination: { address: env.addresses.text(table.server[c]), port: table.serverPort[c] },
    facts: factsOf(d, c, state),
  }
}
