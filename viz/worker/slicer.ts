/**
 * How far a simulation should go before it lets others speak: about 20 ms of our time, found from how long the last
 * slices took.
 */
const SLICE_MS = 20
const SLICE_MIN_NS = 1e5
const SLICE_MAX_NS = 5e9

export class Slicer {
  private sliceNs = 1e7
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  /** Runs `step(ns)` once and remembers how long it took. */
  run(step: (sliceNs: number) => void): void {
    const began = this.now()
    step(this.sliceNs)
    const took = Math.max(0.05, this.now() - began)
    const factor = Math.min(4, Math.max(0.25, SLICE_MS / took))
    this.sliceNs = Math.min(SLICE_MAX_NS, Math.max(SLICE_MIN_NS, this.sliceNs * factor))
  }
}
