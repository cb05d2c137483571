/**
 * Connection entries that appear, change and vanish, seen at polls a few ms apart. A poll costs nothing when no event
 * was processed since the last, and little when no entry changed.
 */
import type { Simulation } from '../compile/index.ts'
import type { ObservedConnection } from './observed.ts'
import { connection } from './observe-tables.ts'
import type { Seen } from './compare/timed.ts'
import { type EntryPolls, POLL_PHASE_NS } from './poll-plan.ts'

export class EntryWatch {
  readonly seen: Seen[] = []
  readonly periodNs: number
  private readonly instantsNs: readonly number[] | undefined
  private readonly simulation: Simulation
  private readonly host: number
  private readonly name: string
  private known = new Map<string, ObservedConnection>()
  private events = -1
  private shape = 0
  private polls = 0

  constructor(simulation: Simulation, polls: EntryPolls, host: number) {
    this.simulation = simulation
    this.host = host
    this.name = polls.host
    this.periodNs = polls.periodNs
    this.instantsNs = polls.instantsNs
  }

  /** When the next poll is due, ns. */
  get nextNs(): number {
    if (this.instantsNs !== undefined) return this.instantsNs[this.polls] ?? Number.POSITIVE_INFINITY
    return this.polls * this.periodNs + POLL_PHASE_NS
  }

  poll(): void {
    const t = this.nextNs / 1e9
    this.polls++
    if (this.simulation.engine.events === this.events) return
    this.events = this.simulation.engine.events
    const shape = this.shapeOf()
    if (shape === this.shape) return
    this.shape = shape
    const now = new Map<string, ObservedConnection>()
    for (const c of this.simulation.directors.ipvs.connections(this.host)) {
      const entry = connection(c)
      const key = `${entry.proto} ${entry.client} ${entry.vip}`
      const twin = now.get(key)
      // For one tick an entry that is being replaced stands beside its successor; the kernel prints it last, and it was taken.
      if (twin === undefined || entry.expire_s < twin.expire_s) now.set(key, entry)
    }
    this.compare(now, t)
    this.known = now
  }

  private compare(now: ReadonlyMap<string, ObservedConnection>, t: number): void {
    const poll_s = this.periodNs / 1e9
    for (const [key, { client, vip, rs, state }] of now) {
      const before = this.known.get(key)
      const entry = { t, host: this.name, client, vip, rs, state, poll_s }
      if (before === undefined) this.seen.push({ kind: 'new', ...entry })
      else if (before.state !== state) this.seen.push({ kind: 'change', ...entry })
    }
    for (const [key, { client, vip, rs, state }] of this.known)
      if (!now.has(key)) this.seen.push({ kind: 'gone', t, host: this.name, client, vip, rs, last_state: state, poll_s })
  }

  /** A number that changes when an entry comes, goes or changes its state. */
  private shapeOf(): number {
    const { table } = this.simulation.directors.ipvs.director(this.host)
    let hash = 1
    table.forEach(c => {
      hash = (Math.imul(hash, 31) + c) | 0
      hash = (Math.imul(hash, 31) + table.client[c]) | 0
      hash = (Math.imul(hash, 31) + table.ports[c]) | 0
      hash = (Math.imul(hash, 31) + table.virtual[c]) | 0
      hash = (Math.imul(hash, 31) + table.server[c]) | 0
      hash = (Math.imul(hash, 31) + table.state[c] * 256 + table.flags[c]) | 0
    })
    return hash
  }
}
