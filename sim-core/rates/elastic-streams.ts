/** TCP. */
import type { Elastic } from './elastic.ts'
import type { Fabric } from './fabric.ts'

export class ElasticStreams implements Elastic {
  readonly pps: Float64Array
  readonly bps: Float64Array

  constructor(fabric: Fabric) {
    this.pps = new Float64Array(fabric.options.length)
    this.bps = new Float64Array(fabric.options.length)
  }

  demand(): void {}
  share(): boolean {
    return false
  }
  nextTurnNs(): number {
    return Number.POSITIVE_INFINITY
  }
  turn(): void {}
  flow(): void {}
  tell(): void {}
  packets(): { sent: number; lost: number } {
    return { sent: 0, lost: 0 }
  }
}
