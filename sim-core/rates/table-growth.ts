/**
 * How many entries TCP connections leave in a director's table, from their rates: those under way count as active, closed
 * ones as inactive until their timer ends. A rate that lasted from one instant to another is a cohort; of it
 * those entries are left whose time has not run out.
 */
import type { Director } from '../protocols/ipvs/index.ts'
import type { TableShare } from './director-connections.ts'

interface Cohort {
  readonly shares: readonly TableShare[]
  readonly perS: number
  readonly fromNs: number
  toNs: number
  /** How long each connection is under way, and how long its entry stays after that. */
  readonly activeNs: number
  readonly stays: (share: TableShare) => number
}

/** Connections that began in [fromNs, toNs). */
export interface UnderWay {
  readonly fromNs: number
  readonly toNs: number
  readonly count: number
}

/** Connections that were open when the way to their director ended. */
interface Abandoned {
  readonly stream: number
  readonly share: TableShare
  readonly count: number
  readonly untilNs: number
}

export interface Counts {
  active: number
  inactive: number
}

export class TableGrowth {
  /** By stream: connections that a server answered, those that none did, and those that are behind. */
  private readonly answered = new Map<number, Cohort[]>()
  private readonly halfOpen = new Map<number, Cohort[]>()
  private readonly late = new Map<number, { readonly shares: readonly TableShare[]; readonly count: number }>()
  private abandoned: Abandoned[] = []

  /** For `dt` ns from `fromNs` on, `perS` connections a second began that are under way for `activeNs` each. */
  begun(stream: number, shares: readonly TableShare[], perS: number, activeNs: number, fromNs: number, dt: number): void {
    add(this.answered, stream, { shares, perS, fromNs, toNs: fromNs + dt, activeNs, stays: s => s.lingerNs })
  }

  /** The same of SYNs that a director sent on and nobody answered; the last one of a connection comes `retryNs` later. */
  unanswered(stream: number, shares: readonly TableShare[], perS: number, retryNs: number, fromNs: number, dt: number): void {
    const activeNs = retryNs + Math.max(0, ...shares.map(s => s.halfOpenNs))
    add(this.halfOpen, stream, { shares, perS, fromNs, toNs: fromNs + dt, activeNs, stays: () => 0 })
  }

  /** So many more are behind. */
  behind(stream: number, shares: readonly TableShare[], count: number): void {
    if (count > 0) this.late.set(stream, { shares, count })
    else this.late.delete(stream)
  }

  /** The stream's way ended: nobody goes on with what is under way or behind. Its entries stay until their timers end. */
  abandon(stream: number, shares: readonly TableShare[], behind: number, nowNs: number): UnderWay[] {
    const cut = (this.answered.get(stream) ?? []).flatMap(c => {
      const fromNs = Math.max(c.fromNs, nowNs - c.activeNs)
      const toNs = Math.min(c.toNs, nowNs)
      if (toNs <= fromNs) return []
      c.toNs = fromNs
      return [{ fromNs, toNs, count: (c.perS * (toNs - fromNs)) / 1e9 }]
    })
    this.late.delete(stream)
    this.abandoned = this.abandoned.filter(a => a.untilNs > nowNs)
    const count = cut.reduce((sum, c) => sum + c.count, behind)
    for (const share of shares) this.abandoned.push({ stream, share, count: count * share.share, untilNs: nowNs + share.idleNs })
    return cut
  }

  /** They go on after all. */
  resume(stream: number): void {
    this.abandoned = this.abandoned.filter(a => a.stream !== stream)
  }

  /** By row of the director's real servers. */
  countsOf(director: Director, nowNs: number): Map<number, Counts> {
    const out = new Map<number, Counts>()
    const at = (dest: number): Counts => {
      const known = out.get(dest) ?? { active: 0, inactive: 0 }
      out.set(dest, known)
      return known
    }
    for (const { shares, count } of this.late.values())
      for (const s of shares) if (s.director === director) at(s.dest).active += count * s.share
    for (const { share, count, untilNs } of this.abandoned)
      if (share.director === director && untilNs > nowNs) at(share.dest).active += count
    for (const lists of [this.answered, this.halfOpen])
      for (const c of Array.from(lists.values()).flat())
        for (const s of c.shares) {
          if (s.director !== director) continue
          const counts = at(s.dest)
          counts.active += (c.perS * s.share * within(c, nowNs - c.activeNs, nowNs)) / 1e9
          counts.inactive += (c.perS * s.share * within(c, nowNs - c.activeNs - c.stays(s), nowNs - c.activeNs)) / 1e9
        }
    return out
  }

  /** Lets `look` see the director's table with these entries counted in it. */
  seen<T>(director: Director, nowNs: number, look: () => T): T {
    if (this.answered.size + this.halfOpen.size + this.late.size === 0) return look()
    const counts = Array.from(this.countsOf(director, nowNs), ([dest, c]) => [dest, Math.round(c.active), Math.round(c.inactive)])
    const { active, inactive } = director.dests
    for (const [dest, a, i] of counts) {
      active[dest] += a
      inactive[dest] += i
    }
    const result = look()
    for (const [dest, a, i] of counts) {
      active[dest] -= a
      inactive[dest] -= i
    }
    return result
  }
}

/** How much of [fromNs, toNs) the cohort's beginnings cover, ns. */
const within = (c: Cohort, fromNs: number, toNs: number): number => Math.max(0, Math.min(c.toNs, toNs) - Math.max(c.fromNs, fromNs))

/** Goes on with the last cohort if it is the same; those whose entries are all gone are forgotten. */
function add(lists: Map<number, Cohort[]>, stream: number, c: Cohort): void {
  if (c.perS <= 0 || c.shares.length === 0) return
  const list = lists.get(stream) ?? []
  lists.set(stream, list)
  const last = list[list.length - 1]
  if (last?.perS === c.perS && last.shares === c.shares && last.toNs === c.fromNs && last.activeNs === c.activeNs) {
    last.toNs = c.toNs
    return
  }
  list.push(c)
  const first = list.findIndex(old => old.shares.some(s => old.toNs + old.activeNs + old.stays(s) > c.fromNs))
  if (first > 0) list.splice(0, first)
}
