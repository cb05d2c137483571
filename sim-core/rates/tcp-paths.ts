/** Where a stream's connections go: there by the way that packets take through directors, and back from each server. */
import { DROP_ARP_FAILED, DROP_IPVS_NO_DESTINATION, DROP_NO_ROUTE, DROP_PORT_CLOSED, DROP_SERVER_HANGS } from '../net/index.ts'
import type { TableShare } from './director-connections.ts'
import type { DirectorConnections } from './director-connections.ts'
import type { Fabric } from './fabric.ts'
import type { Paths } from './paths.ts'
import type { ServedPorts } from './served-ports.ts'
import type { Reach, TcpStream } from './tcp-stream.ts'
import { DELIVERED, SOURCE, type Tree, type TreeEnd } from './tree.ts'

/** Of a packet that only finds the way. */
const PROBE_BYTES = 60
/** The client is told at once. Packets that wait for ARP are sent on when somebody answers. */
const TOLD: readonly number[] = [DROP_PORT_CLOSED, DROP_IPVS_NO_DESTINATION, DROP_NO_ROUTE]

export interface TcpWiring {
  readonly fabric: Fabric
  readonly paths: Paths
  readonly ports: ServedPorts
  readonly connections: DirectorConnections
}

export function reachOf(w: TcpWiring, s: TcpStream): Reach {
  const table: TableShare[] = []
  const there = w.paths.trace(s.host, s.dst, PROBE_BYTES, {
    random: false,
    choose: host => w.connections.choose(s, host, table),
    fate: host => fateOf(w.ports, host, s.port),
  })
  const found = new Links(w.fabric)
  const { stack } = w.fabric.network
  const refused = new Map<number, number>()
  const servers = new Set<number>()
  let answered = 0
  let toldBehind = 0
  let tripNs = 0
  for (const end of there.ends) {
    const { links, share: through } = wayTo(there, end.node)
    const share = through * end.share
    if (!found.open(links)) continue
    if (isTold(end)) refused.set(end.fate, (refused.get(end.fate) ?? 0) + share)
    if (isTold(end) && end.director >= 0) toldBehind += share
    if (end.fate !== DELIVERED) continue
    const back = backFrom(w, end.host, s)
    if (back === undefined || !found.open(back)) continue
    for (const t of table) if (t.director.host === end.director && stack.isLocal(end.host, t.to)) servers.add(t.to)
    answered += share
    tripNs += share * (found.delayNs(links) + found.delayNs(back))
    found.add(links, share, s.load.up.packets, s.load.up.ipBytes, there)
    found.add(back, share, s.load.down.packets, s.load.down.ipBytes)
  }
  const bound = new Map<number, number>()
  const silent = table.filter(t => !servers.has(t.to))
  const told = Array.from(refused, ([reason, share]) => ({ reason, share }))
  // Of what a director sent to servers in vain, some may have been told.
  const vain = silent.reduce((sum, t) => sum + t.share, 0)
  const unanswered = Math.max(0, vain - toldBehind)
  if (unanswered > 1e-9) for (const t of silent) bound.set(t.to, (bound.get(t.to) ?? 0) + (t.share * unanswered) / vain)
  const known = [...told.map(r => r.share), ...bound.values()].reduce((a, b) => a + b, answered)
  const live = table.filter(t => servers.has(t.to))
  return {
    ...{ answered, refused: told, unheard: known > 1 - 1e-9 ? 0 : 1 - known, bound, ...found.columns(answered) },
    table: live.map(t => ({ ...t, share: t.share / live.reduce((sum, l) => sum + l.share, 0) })),
    halfOpen: silent,
    roundTripNs: answered === 0 ? 0 : tripNs / answered,
    lineBps: found.lineBps,
  }
}

/** A director whose server does not answer ARP says so, too; a VIP without an owner is waited for. */
const isTold = (end: TreeEnd): boolean => TOLD.includes(end.fate) || (end.fate === DROP_ARP_FAILED && end.director >= 0)

function fateOf(ports: ServedPorts, host: number, port: number): number {
  const fate = ports.tcpFate(host, port)
  return fate === 'ok' ? DELIVERED : fate === 'hangs' ? DROP_SERVER_HANGS : DROP_PORT_CLOSED
}

/** Links from the source to a node, and the share that comes through. */
function wayTo(tree: Tree, node: number): { links: number[]; share: number } {
  const links: number[] = []
  let share = 1
  for (let n = node; n !== SOURCE; n = tree.parent[n]) {
    links.push(tree.link[n])
    share *= tree.share[n]
  }
  return { links: links.reverse(), share }
}

function backFrom({ paths }: TcpWiring, server: number, s: TcpStream): number[] | undefined {
  if (server === s.host) return []
  const back = paths.trace(server, s.clients[0], PROBE_BYTES, {
    random: false,
    source: s.dst,
    choose: () => [{ kind: 'local', share: 1 }],
    fate: () => DELIVERED,
  })
  const end = back.ends.find(e => e.fate === DELIVERED)
  return end === undefined ? undefined : wayTo(back, end.node).links
}

/** What a connection costs on each link. */
class Links {
  lineBps = Number.POSITIVE_INFINITY
  private readonly bits = new Map<number, { bits: number; packets: number }>()
  private readonly fabric: Fabric

  constructor(fabric: Fabric) {
    this.fabric = fabric
  }

  open(links: readonly number[]): boolean {
    return links.every(l => this.fabric.network.links.isOpen(l))
  }

  delayNs(links: readonly number[]): number {
    return links.reduce((sum, l) => sum + this.fabric.network.links.optionsOf(l).delayNs, 0)
  }

  /** `there`: a tunnel makes packets larger on links behind its director. */
  add(links: readonly number[], share: number, packets: number, ipBytes: number, there?: Tree): void {
    const { fabric } = this
    for (const l of links) {
      const node = there === undefined ? -1 : there.link.indexOf(l)
      const tunnel = there === undefined ? 0 : there.wireBits[node] / 8 - fabric.wireBytes(l, PROBE_BYTES)
      const wire = fabric.wireBytes(l, packets === 0 ? 0 : ipBytes / packets + Math.max(0, tunnel))
      const known = this.bits.get(l) ?? { bits: 0, packets: 0 }
      this.bits.set(l, { bits: known.bits + 8 * share * packets * wire, packets: known.packets + share * packets })
      this.lineBps = Math.min(this.lineBps, fabric.network.links.optionsOf(l).rateBps)
    }
  }

  /** Of one that is answered. */
  columns(answered: number): Pick<Reach, 'links' | 'costs' | 'packets'> {
    const links = Array.from(this.bits.keys())
    const of = (key: 'bits' | 'packets') =>
      Float64Array.from(links, l => (this.bits.get(l) as { bits: number; packets: number })[key] / answered)
    return { links: Int32Array.from(links), costs: of('bits'), packets: of('packets') }
  }
}
