/**
 * Frames of one link that were accepted and have not arrived: first in, first out. Positions are counters that only
 * grow (and wrap at 2³²); `& mask` finds the slot. Three pointers: `head` arrives next, `waitHead` is the first whose
 * transmission had not started when last asked, `tail` is free.
 *
 * A slot is four doubles side by side (arrival, start, sequence, packet row): one cache line serves two frames.
 */
const STRIDE_BITS = 2
const SLOTS_AT_FIRST = 16

export class FrameRing {
  head = 0
  waitHead = 0
  tail = 0
  private mask = SLOTS_AT_FIRST - 1
  private slots = new Float64Array(SLOTS_AT_FIRST << STRIDE_BITS)

  /** True when the ring was empty: the caller must schedule the arrival. */
  push(arrival: number, start: number, sequence: number, p: number): boolean {
    const tail = this.tail
    const empty = this.head === tail
    if (((tail - this.head) | 0) > this.mask) this.grow()
    const at = (tail & this.mask) << STRIDE_BITS
    const slots = this.slots
    slots[at] = arrival
    slots[at + 1] = start
    slots[at + 2] = sequence
    slots[at + 3] = p
    this.tail = (tail + 1) | 0
    return empty
  }

  shift(): number {
    const p = this.slots[((this.head & this.mask) << STRIDE_BITS) + 3]
    this.head = (this.head + 1) | 0
    return p
  }

  headArrival(): number {
    return this.slots[(this.head & this.mask) << STRIDE_BITS]
  }

  headSequence(): number {
    return this.slots[((this.head & this.mask) << STRIDE_BITS) + 2]
  }

  packetAt(position: number): number {
    return this.slots[((position & this.mask) << STRIDE_BITS) + 3]
  }

  /** How many frames wait for the transmitter at `now` (one whose turn comes exactly now still waits). */
  waiting(now: number): number {
    const slots = this.slots
    const mask = this.mask
    let w = this.waitHead
    if (((w - this.head) | 0) < 0) w = this.head
    while (w !== this.tail && slots[((w & mask) << STRIDE_BITS) + 1] < now) w = (w + 1) | 0
    this.waitHead = w
    return (this.tail - w) | 0
  }

  private grow(): void {
    const mask = this.mask * 2 + 1
    const slots = new Float64Array((mask + 1) << STRIDE_BITS)
    for (let i = this.head; i !== this.tail; i = (i + 1) | 0) {
      const from = (i & this.mask) << STRIDE_BITS
      slots.set(this.slots.subarray(from, from + (1 << STRIDE_BITS)), (i & mask) << STRIDE_BITS)
    }
    this.slots = slots
    this.mask = mask
  }
}
