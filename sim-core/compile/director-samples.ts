/** ActiveConn and InActConn of every director at the end of each segment: what `ipvsadm -Ln` would add up to. */
import type { Stateful } from '../base/tables.ts'
import type { DirectorMeasurement } from '../metrics/index.ts'
import type { Directors } from './directors.ts'

export class DirectorSamples implements Stateful {
  readonly stateFields = ['active', 'inactive']
  /** Row = segment × directors + director. */
  private active: Float64Array
  private inactive: Float64Array
  private readonly directors: Directors

  constructor(directors: Directors, segments: number) {
    this.directors = directors
    this.active = new Float64Array(segments * directors.hosts.length)
    this.inactive = new Float64Array(segments * directors.hosts.length)
  }

  sample(segment: number): void {
    this.directors.hosts.forEach((host, d) => {
      const { services, dests } = this.directors.ipvs.director(host)
      const row = segment * this.directors.hosts.length + d
      let active = 0
      let inactive = 0
      for (const service of services.list)
        for (const dest of service.servers) {
          active += dests.active[dest]
          inactive += dests.inactive[dest]
        }
      this.active[row] = active
      this.inactive[row] = inactive
    })
  }

  measurements(hostNames: readonly string[]): DirectorMeasurement[] {
    const count = this.directors.hosts.length
    const column = (values: Float64Array, d: number) => values.filter((_, row) => row % count === d)
    return this.directors.hosts.map((host, d) => ({
      host: hostNames[host],
      active: column(this.active, d),
      inactive: column(this.inactive, d),
    }))
  }
}
