/**
 * Linux's token bucket filter (tc tbf) in front of a line: tokens of `burst` bytes, refilled at `rate`; a frame leaves
 * when the bucket holds its size; frames queue in order and the tail is dropped when queued bytes would exceed the
 * limit. Sizes are what tc counts: IP plus 14 bytes. Replays the capacity recordings (conformance ipvs c01–c05).
 *
 * Time is ns as a double with fractions: rates rarely divide a second, and the bucket's average must be exact.
 */
export class TokenBucket {
  private readonly nsPerByte: number
  private readonly burstNs: number
  private readonly queueBytes: number
  private readonly overheadBytes: number
  /** Tokens, in ns of the rate, as of `at`. */
  private tokensNs: number
  private at = 0
  /** Departure time and size of the frames that wait, oldest first. */
  private departures: number[] = []
  private sizes: number[] = []
  private queued = 0

  constructor(options: { rateBps: number; burstBytes: number; queueBytes: number; overheadBytes: number }) {
    this.nsPerByte = 8e9 / options.rateBps
    this.burstNs = options.burstBytes * this.nsPerByte
    this.queueBytes = options.queueBytes
    this.overheadBytes = options.overheadBytes
    this.tokensNs = this.burstNs
  }

  get rateBps(): number {
    return 8e9 / this.nsPerByte
  }

  /** Frames that wait, as of the last one that came. */
  get waiting(): number {
    return this.departures.length
  }

  get held(): { bytes: number; bytesMax: number } {
    return { bytes: this.queued, bytesMax: this.queueBytes }
  }

  /** When the frame may go to the line (≥ now), or −1 when the queue has no room for it. */
  release(now: number, ipBytes: number): number {
    const size = ipBytes + this.overheadBytes
    while (this.departures.length > 0 && this.departures[0] <= now) {
      this.departures.shift()
      this.queued -= this.sizes.shift() as number
    }
    if (this.queued + size > this.queueBytes) return -1
    const from = Math.max(now, this.at)
    const tokens = Math.min(this.burstNs, this.tokensNs + (from - this.at))
    const cost = size * this.nsPerByte
    const leave = tokens >= cost ? from : from + (cost - tokens)
    this.tokensNs = Math.min(this.burstNs, tokens + (leave - from)) - cost
    this.at = leave
    if (leave > now) {
      this.departures.push(leave)
      this.sizes.push(size)
      this.queued += size
    }
    return Math.ceil(leave)
  }
}
