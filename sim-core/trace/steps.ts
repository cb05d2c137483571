/** The next or previous thing that can be seen: a happening that the caller shows, or the start of a packet. Pure. */
import type { Happening } from './contract.ts'
import { lookOf } from './frame.ts'
import type { Trace } from './trace.ts'

/** The first shown happening after t (or last before it). */
export function nextHappening(trace: Trace, t: number, shown: (h: Happening) => boolean): Happening | undefined {
  const list = trace.happenings
  for (let i = trace.happeningAt(t); i < list.length; i++) if (list[i].t > t && shown(list[i])) return list[i]
  return undefined
}

export function previousHappening(trace: Trace, t: number, shown: (h: Happening) => boolean): Happening | undefined {
  const list = trace.happenings
  for (let i = trace.happeningAt(t) - 1; i >= 0; i--) if (shown(list[i])) return list[i]
  return undefined
}

/** Rows looked at on each link before giving up: a step must answer at once even when everything is filtered out. */
const ROWS_MAX = 50_000

/** Start of the first drawn packet after t; undefined: none. */
export function nextPacket(trace: Trace, t: number, looks: number): number | undefined {
  let best = Number.POSITIVE_INFINITY
  for (const list of trace.flights) {
    const from = list.countUntil(t, true)
    for (let n = from; n < list.rows && n < from + ROWS_MAX; n++) {
      const { columns, row } = list.at(n)
      if (columns.start[row] >= best) break
      if ((looks & (1 << lookOf(columns, row))) === 0) continue
      best = columns.start[row]
      break
    }
  }
  return best === Number.POSITIVE_INFINITY ? undefined : best
}

export function previousPacket(trace: Trace, t: number, looks: number): number | undefined {
  let best = Number.NEGATIVE_INFINITY
  for (const list of trace.flights) {
    const to = list.countUntil(t, false)
    for (let n = to - 1; n >= 0 && n > to - ROWS_MAX; n--) {
      const { columns, row } = list.at(n)
      if (columns.start[row] <= best) break
      if ((looks & (1 << lookOf(columns, row))) === 0) continue
      best = columns.start[row]
      break
    }
  }
  return best === Number.NEGATIVE_INFINITY ? undefined : best
}
