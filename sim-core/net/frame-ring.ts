/**
 * Frames that were handed to a line and have not arrived: first in, first out. Positions are counters that only grow
 * (and wrap at 2³²); `& mask` finds the slot. Three pointers: `head` arrives next, `waitHead` is the first whose
 * transmission had not started when last asked, `tail` is free.
 *
 * A slot is four doubles side by side (arrival, sequence, start, free) and two integers (packet row, link).
 */
const STRIDE_BITS = 2
const SLOTS_AT_FIRST = 16

export class FrameRing {
  head = 0
  waitHead = 0
  tail = 0
  /** When the last frame that was put in arrives, ns. */
  lastArrival = Number.NEGATIVE_INFINITY
  private mask = SLOTS_AT_FIRST - 1
  private times = new Float64Array(SLOTS_AT_FIRST << STRIDE_BITS)
  private frames = new Int32Array(SLOTS_AT_FIRST << 1)

  /** `arrival` is not before `lastArrival`. True when the ring was empty: the caller must schedule the arrival. */
  push(arrival: number, sequence: number, start: number, p: number, link: number): boolean {
    const tail = this.tail
    const empty = this.head === tail
    if (((tail - this.head) | 0) > this.mask) this.grow()
    const slot = tail & this.mask
    const at = slot << STRIDE_BITS
    const times = this.times
    times[at] = arrival
    times[at + 1] = sequence
    times[at + 2] = start
    this.frames[slot << 1] = p
    this.frames[(slot << 1) + 1] = link
    this.tail = (tail + 1) | 0
    this.lastArrival = arrival
    return empty
  }

  /** Takes the first frame out; its packet row is that of `packetAt(head)` before. */
  shift(): void {
    this.head = (this.head + 1) | 0
  }

  headArrival(): number {
    return this.times[(this.head & this.mask) << STRIDE_BITS]
  }

  headSequence(): number {
    return this.times[((this.head & this.mask) << STRIDE_BITS) + 1]
  }

  packetAt(position: number): number {
    return this.frames[(position & this.mask) << 1]
  }

  linkAt(position: number): number {
    return this.frames[((position & this.mask) << 1) + 1]
  }

  /** How many frames wait for the transmitter at `now` (one whose turn comes exactly now still waits). */
  waiting(now: number): number {
    const times = this.times
    const mask = this.mask
    let w = this.waitHead
    if (((w - this.head) | 0) < 0) w = this.head
    while (w !== this.tail && times[((w & mask) << STRIDE_BITS) + 2] < now) w = (w + 1) | 0
    this.waitHead = w
    return (this.tail - w) | 0
  }

  private grow(): void {
    const mask = this.mask * 2 + 1
    const times = new Float64Array((mask + 1) << STRIDE_BITS)
    const frames = new Int32Array((mask + 1) << 1)
    for (let i = this.head; i !== this.tail; i = (i + 1) | 0) {
      const from = i & this.mask
      const to = i & mask
      times.set(this.times.subarray(from << STRIDE_BITS, (from + 1) << STRIDE_BITS), to << STRIDE_BITS)
      frames.set(this.frames.subarray(from << 1, (from + 1) << 1), to << 1)
    }
    this.times = times
    this.frames = frames
    this.mask = mask
  }
}
