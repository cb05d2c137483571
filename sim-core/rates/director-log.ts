/** ActiveConn and InActConn of every director at the end of each segment. */
import type { Directors } from '../compile/index.ts'
import type { DirectorMeasurement } from '../metrics/index.ts'
import type { Director } from '../protocols/ipvs/index.ts'
import type { TableGrowth } from './table-growth.ts'

export class DirectorLog {
  private readonly directors: Directors
  private readonly growth: TableGrowth
  private readonly now: () => number
  private readonly active: Float64Array[]
  private readonly inactive: Float64Array[]

  constructor(directors: Directors, growth: TableGrowth, segments: number, now: () => number) {
    this.directors = directors
    this.growth = growth
    this.now = now
    this.active = directors.hosts.map(() => new Float64Array(segments))
    this.inactive = directors.hosts.map(() => new Float64Array(segments))
  }

  sample(segment: number): void {
    this.directors.hosts.forEach((host, d) => {
      const director = this.directors.ipvs.director(host)
      this.growth.seen(director, this.now(), () => this.add(director, d, segment))
    })
  }

  private add({ dests }: Director, d: number, segment: number): void {
    let active = 0
    let inactive = 0
    for (let row = 1; row < dests.rows; row++) {
      active += dests.active[row]
      inactive += dests.inactive[row]
    }
    this.active[d][segment] = active
    this.inactive[d][segment] = inactive
  }

  measurements(hostNames: readonly string[]): DirectorMeasurement[] {
    return this.directors.hosts.map((host, d) => ({ host: hostNames[host], active: this.active[d], inactive: this.inactive[d] }))
  }
}
