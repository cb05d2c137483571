/**
 * Frames of one link that were accepted and have not arrived: first in, first out. Positions are counters that only
 * grow (and wrap at 2³²); `& mask` finds the slot. Three pointers: `head` arrives next, `waitHead` is the first whose
 * transmission had not started when last asked, `tail` is free.
 */
const STRIDE = 3

export class FrameRing {
  head = 0
  waitHead = 0
  tail = 0
  private mask = 15
  /** arrival, start, sequence of each slot. */
  private times = new Float64Array(16 * STRIDE)
  private packet = new Int32Array(16)

  /** True when the ring was empty: the caller must schedule the arrival. */
  push(arrival: number, start: number, sequence: number, p: number): boolean {
    const empty = this.head === this.tail
    if (((this.tail - this.head) | 0) > this.mask) this.grow()
    const slot = this.tail & this.mask
    const at = slot * STRIDE
    this.times[at] = arrival
    this.times[at + 1] = start
    this.times[at + 2] = sequence
    this.packet[slot] = p
    this.tail = (this.tail + 1) | 0
    return empty
  }

  shift(): number {
    const p = this.packet[this.head & this.mask]
    this.head = (this.head + 1) | 0
    return p
  }

  headArrival(): number {
    return this.times[(this.head & this.mask) * STRIDE]
  }

  headSequence(): number {
    return this.times[(this.head & this.mask) * STRIDE + 2]
  }

  packetAt(position: number): number {
    return this.packet[position & this.mask]
  }

  /** How many frames wait for the transmitter at `now` (one whose turn comes exactly now still waits). */
  waiting(now: number): number {
    let w = this.waitHead
    if (((w - this.head) | 0) < 0) w = this.head
    while (w !== this.tail && this.times[(w & this.mask) * STRIDE + 1] < now) w = (w + 1) | 0
    this.waitHead = w
    return (this.tail - w) | 0
  }

  private grow(): void {
    const slots = (this.mask + 1) * 2
    const times = new Float64Array(slots * STRIDE)
    const packet = new Int32Array(slots)
    for (let i = this.head; i !== this.tail; i = (i + 1) | 0) {
      const from = i & this.mask
      const to = i & (slots - 1)
      packet[to] = this.packet[from]
      for (let k = 0; k < STRIDE; k++) times[to * STRIDE + k] = this.times[from * STRIDE + k]
    }
    this.times = times
    this.packet = packet
    this.mask = slots - 1
  }
}
