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
  /** How long each entry stays. */
  readonly stays: (share: TableShare) => number
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
  /** By stream: closed connections, and those that no server answered. */
  private readonly inactive = new Map<number, Cohort[]>()
  private readonly halfOpen = new Map<number, Cohort[]>()
  private readonly open = new Map<number, { readonly shares: readonly TableShare[]; readonly count: number }>()
  private abandoned: Abandoned[] = []

  /** For `dt` ns from `fromNs` on, `perS` connections a second were closed. */
  closed(stream: number, shares: readonly TableShare[], perS: number, fromNs: number, dt: number): void {
    add(this.inactive, stream, { shares, perS, fromNs, toNs: fromNs + dt, stays: lingering })
  }

  /** The same of SYNs that a director sent on and nobody answered; `retryNs`: the last one of a connection comes so much later. */
  unanswered(stream: number, shares: readonly TableShare[], perS: number, retryNs: number, fromNs: number, dt: number): void {
    add(this.halfOpen, stream, { shares, perS, fromNs, toNs: fromNs + dt, stays: s => s.halfOpenNs + retryNs })
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
    for (const [what, lists] of [
      ['inactive', this.inactive],
      ['active', this.halfOpen],
    ] as const)
      for (const list of lists.values())
        for (const c of list)
          for (const s of c.shares) {
            const ns = Math.min(c.toNs, nowNs) - Math.max(c.fromNs, nowNs - c.stays(s))
            if (s.director === director && ns > 0) at(s.dest)[what] += (c.perS * s.share * ns) / 1e9
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

const lingering = (share: TableShare): number => share.lingerNs

/** Goes on with the last cohort if it is the same; those whose entries are all gone are forgotten. */
function add(lists: Map<number, Cohort[]>, stream: number, c: Cohort): void {
  if (c.perS <= 0 || c.shares.length === 0) return
  const list = lists.get(stream) ?? []
  lists.set(stream, list)
  const last = list[list.length - 1]
  if (last !== undefined && last.perS === c.perS && last.shares === c.shares && last.toNs === c.fromNs) {
    last.toNs = c.toNs
    return
  }
  list.push(c)
  const first = list.findIndex(old => old.shares.some(s => old.toNs + old.stays(s) > c.fromNs))
  if (first > 0) list.splice(0, first)
}
