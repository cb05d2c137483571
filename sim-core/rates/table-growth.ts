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
}

/** Connections that were open when the way to their director ended. */
interface Abandoned {
  readonly share: TableShare
  readonly count: number
  readonly untilNs: number
}

export interface Counts {
  active: number
  inactive: number
}

export class TableGrowth {
  /** By stream. */
  private readonly cohorts = new Map<number, Cohort[]>()
  private readonly open = new Map<number, { readonly shares: readonly TableShare[]; readonly count: number }>()
  private abandoned: Abandoned[] = []

  /** For `dt` ns from `fromNs` on, `perS` connections a second were closed. */
  closed(stream: number, shares: readonly TableShare[], perS: number, fromNs: number, dt: number): void {
    if (perS <= 0 || shares.length === 0) return
    const list = this.cohorts.get(stream) ?? []
    const last = list[list.length - 1]
    if (last !== undefined && last.perS === perS && last.shares === shares && last.toNs === fromNs) last.toNs += dt
    else {
      list.push({ shares, perS, fromNs, toNs: fromNs + dt })
      const first = list.findIndex(c => c.shares.some(s => c.toNs + s.lingerNs > fromNs))
      if (first > 0) list.splice(0, first)
    }
    this.cohorts.set(stream, list)
  }

  underWay(stream: number, shares: readonly TableShare[], count: number): void {
    this.open.set(stream, { shares, count })
  }

  /** The connections under way of these shares go on elsewhere, or not at all: their entries stay until nobody uses them. */
  left(shares: readonly TableShare[], count: number, nowNs: number): void {
    this.abandoned = this.abandoned.filter(a => a.untilNs > nowNs)
    for (const share of shares) this.abandoned.push({ share, count: count * share.share, untilNs: nowNs + share.idleNs })
  }

  /** By row of the director's real servers. */
  countsOf(director: Director, nowNs: number): Map<number, Counts> {
    const out = new Map<number, Counts>()
    const at = (dest: number): Counts => {
      const known = out.get(dest) ?? { active: 0, inactive: 0 }
      out.set(dest, known)
      return known
    }
    for (const { shares, count } of this.open.values())
      for (const s of shares) if (s.director === director) at(s.dest).active += count * s.share
    for (const { share, count, untilNs } of this.abandoned)
      if (share.director === director && untilNs > nowNs) at(share.dest).active += count
    for (const list of this.cohorts.values())
      for (const c of list)
        for (const s of c.shares) {
          const ns = Math.min(c.toNs, nowNs) - Math.max(c.fromNs, nowNs - s.lingerNs)
          if (s.director === director && ns > 0) at(s.dest).inactive += (c.perS * s.share * ns) / 1e9
        }
    return out
  }

  /** Lets `look` see the director's table with these entries counted in it. */
  seen<T>(director: Director, nowNs: number, look: () => T): T {
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
