/** ActiveConn and InActConn of every director at the end of each segment; looked up only when they may have changed. */
import type { Directors } from '../compile/index.ts'
import type { DirectorMeasurement } from '../metrics/index.ts'

export class DirectorLog {
  private readonly directors: Directors
  private readonly active: Float64Array[]
  private readonly inactive: Float64Array[]

  constructor(directors: Directors, segments: number) {
    this.directors = directors
    this.active = directors.hosts.map(() => new Float64Array(segments))
    this.inactive = directors.hosts.map(() => new Float64Array(segments))
  }

  look(): void {}

  sample(segment: number): void {
    this.directors.hosts.forEach((host, d) => {
      const { dests } = this.directors.ipvs.director(host)
      let active = 0
      let inactive = 0
      for (let row = 1; row < dests.rows; row++) {
        active += dests.active[row]
        inactive += dests.inactive[row]
      }
      this.active[d][segment] = active
      this.inactive[d][segment] = inactive
    })
  }

  measurements(hostNames: readonly string[]): DirectorMeasurement[] {
    return this.directors.hosts.map((host, d) => ({ host: hostNames[host], active: this.active[d], inactive: this.inactive[d] }))
  }
}
