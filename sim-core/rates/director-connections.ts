/**
 * Which real servers a stream's new TCP connections get at a director, and how long their entries stay: asked of IPVS
 * itself, by connections of probe packets through its real tables, of which nothing is left behind.
 *
 * There may be thousands of connections a second, so their entries are not made one by one: how many there are follows
 * from the rate and the times found here (table-growth.ts).
 */
import type { Directors } from '../compile/index.ts'
import { NO_TRAFFIC, type Network, PACKET_TCP, TCP_ACK, TCP_FIN, TCP_SYN } from '../net/index.ts'
import { type Director, FORWARD_MASQ } from '../protocols/ipvs/index.ts'
import type { Choice, ProbeOutput } from './director-flows.ts'
import type { Stream } from './streams.ts'

/** So many connections show a scheduler's shares. */
const PROBES = 240
const FIRST_PORT = 32768

/** Connections of a stream at one real server of a director. */
export interface TableShare {
  readonly director: Director
  /** Row of the real server in the director's table. */
  readonly dest: number
  /** Where it sends them: address row. */
  readonly to: number
  /** Of all new connections of the stream. */
  readonly share: number
  /** How long an entry stays after the last packet of a closed connection, of an open one, and of an unanswered SYN, ns. */
  readonly lingerNs: number
  readonly idleNs: number
  readonly halfOpenNs: number
}

export class DirectorConnections {
  private readonly network: Network
  private readonly directors: Directors
  private readonly output: ProbeOutput

  constructor(network: Network, directors: Directors, output: ProbeOutput) {
    this.network = network
    this.directors = directors
    this.output = output
  }

  /** What the director does with new connections of the stream; adds to `found` what they become in its table. */
  choose(stream: Stream, host: number, found: TableShare[]): Choice[] {
    const director = this.directors.ipvs.director(host)
    const shares = new Map<string, { choice: Choice; count: number; table: TableShare | undefined }>()
    const made: number[] = []
    // Probes must not use up what a server's threshold leaves; without one they stay until all are made, so that
    // schedulers that look for the fewest connections deal them out.
    const limited = director.dests.upper.some(n => n > 0)
    for (let i = 0; i < PROBES; i++) {
      const client = stream.clients[i % stream.clients.length]
      const port = FIRST_PORT + i
      const choice = this.packet(stream, host, client, port, TCP_SYN)
      const key = choice.kind === 'sent' ? `${choice.to}/${choice.dst}` : choice.kind === 'dropped' ? `drop ${choice.reason}` : 'local'
      const c = director.table.find(PACKET_TCP, client, port, stream.dst, stream.port)
      const known = shares.get(key)
      if (known !== undefined) known.count++
      else {
        const table = choice.kind === 'sent' && c !== 0 ? this.follow(stream, director, client, port, c, choice.to) : undefined
        shares.set(key, { choice, count: 1, table })
      }
      if (c === 0) continue
      if (limited) director.entries.delete(c, director.jiffy())
      else made.push(c)
    }
    const jiffy = director.jiffy()
    for (const c of made) director.entries.delete(c, jiffy)
    return Array.from(shares.values(), ({ choice, count, table }) => {
      if (table !== undefined) found.push({ ...table, share: count / PROBES })
      return { ...choice, share: count / PROBES }
    })
  }

  /** Takes the connection through its life as the director sees it. */
  private follow(stream: Stream, director: Director, client: number, port: number, c: number, to: number): TableShare {
    const { table } = director
    const { host } = director
    const stays = (): number => director.goneAt(c) - this.network.engine.now
    const halfOpenNs = stays()
    this.reply(director, c, TCP_SYN | TCP_ACK)
    this.packet(stream, host, client, port, TCP_ACK)
    const idleNs = stays()
    this.packet(stream, host, client, port, TCP_FIN | TCP_ACK)
    this.reply(director, c, TCP_FIN | TCP_ACK)
    this.packet(stream, host, client, port, TCP_ACK)
    return { director, dest: table.dest[c], to, share: 1, lingerNs: stays(), idleNs, halfOpenNs }
  }

  private packet(stream: Stream, host: number, client: number, port: number, flags: number): Choice {
    const p = this.alloc(flags)
    const { packets } = this.network
    packets.src[p] = client
    packets.srcPort[p] = port
    packets.dst[p] = stream.dst
    packets.dstPort[p] = stream.port
    this.output.choice = undefined
    if (!this.directors.ipvs.input(host, p)) {
      packets.free(p)
      return { kind: 'local', share: 1 }
    }
    return { ...(this.output.choice as unknown as Choice), share: 1 }
  }

  /** The server's packet as a NAT director sees it; the others never do. */
  private reply(director: Director, c: number, flags: number): void {
    const { table, dests } = director
    if (dests.forward[table.dest[c]] !== FORWARD_MASQ) return
    const { packets } = this.network
    const p = this.alloc(flags)
    packets.src[p] = table.server[c]
    packets.srcPort[p] = table.serverPort[c]
    packets.dst[p] = table.client[c]
    packets.dstPort[p] = table.ports[c] >>> 16
    if (!director.reply(p)) packets.free(p)
  }

  private alloc(flags: number): number {
    const { packets, engine } = this.network
    const p = packets.alloc(PACKET_TCP, engine.now, engine.segment, NO_TRAFFIC)
    packets.flags[p] = flags
    packets.ipBytes[p] = 60
    packets.payloadBytes[p] = 0
    return p
  }
}
