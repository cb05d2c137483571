/** The readable twin of frameAt: looks at every row of the trace, says which are in the picture and where. */
import { type FrameOptions, lookOf, type Trace } from '../../sim-core/trace/index.ts'

export function plainFlights(trace: Trace, t: number, options: Pick<FrameOptions, 'hopNs' | 'looks'>): string[] {
  const out: string[] = []
  trace.flights.forEach((list, link) => {
    for (let n = 0; n < list.rows; n++) {
      const { columns: c, row: i } = list.at(n)
      const took = c.arrival[i] - c.start[i]
      const begins = c.start[i] + ((c.steps[i] % 16) + Math.floor(c.steps[i] / 16) * 0.22) * Math.max(0, options.hopNs - took)
      const lasts = Math.max(took, options.hopNs)
      if (begins <= t && t < begins + lasts && (options.looks >> lookOf(c, i)) & 1)
        out.push(`${link}:${n}:${((t - begins) / lasts).toFixed(9)}`)
    }
  })
  return out.sort()
}

export function plainQueued(trace: Trace, t: number): number[] {
  return trace.flights.map(list => {
    let waiting = 0
    for (let n = 0; n < list.rows; n++) {
      const { columns: c, row: i } = list.at(n)
      if (c.start[i] - c.waitNs[i] <= t && t < c.start[i]) waiting++
    }
    return waiting
  })
}
