/**
 * Counts of durations in log-linear buckets: exact below 128 ns, then 128 buckets an octave, so a quantile is within
 * 0.4 % of the true value. Sums, minimum and maximum are exact. Histograms of parts add up to that of the whole,
 * which is what windows, shards and replications need.
 *
 * Values are ns, from 0 to 2³¹ − 1 (2.1 s) at full resolution; longer ones are counted in ms-wide steps of the same
 * shape (unit 2²⁰ ns). Recording allocates nothing.
 */
const SUB_BITS = 7
const SUB = 1 << SUB_BITS
const OCTAVES = 31 - SUB_BITS + 1
const FINE = SUB * OCTAVES
const COARSE_UNIT = 2 ** 20
const INT32_MAX = 2 ** 31 - 1

export class Histogram {
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = 0
  private zeros = 0
  /** Whole numbers of 32 bits while those hold all that was recorded; days of rates need more. */
  private buckets: Int32Array | Float64Array | null = null

  record(ns: number): void {
    this.count++
    if (ns <= 0) {
      this.zeros++
      this.min = 0
      return
    }
    this.sum += ns
    if (ns > this.max) this.max = ns
    if (ns < this.min) this.min = ns
    if (this.buckets === null) this.buckets = new Int32Array(FINE * 2)
    this.buckets[bucketOf(ns)]++
  }

  /** As record, n times. */
  recordMany(ns: number, n: number): void {
    if (n <= 0) return
    if (ns <= 0) {
      this.recordZeros(n)
      return
    }
    this.record(ns)
    this.makeRoomFor(n - 1)
    this.count += n - 1
    this.sum += (n - 1) * ns
    ;(this.buckets as Int32Array | Float64Array)[bucketOf(ns)] += n - 1
  }

  /** As record(0), n times. */
  recordZeros(n: number): void {
    if (n === 0) return
    this.count += n
    this.zeros += n
    this.min = 0
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count
  }

  /** The smallest recorded value (to bucket width) that at least the share `q` (0–1) of values does not exceed; 0 when empty. */
  quantile(q: number): number {
    if (this.count === 0) return 0
    let rank = Math.max(1, Math.ceil(q * this.count)) - this.zeros
    if (rank <= 0 || this.buckets === null) return 0
    for (let i = 0; i < this.buckets.length; i++) {
      rank -= this.buckets[i]
      if (rank <= 0) return Math.min(this.max, Math.max(this.min, middleOf(i)))
    }
    return this.max
  }

  private makeRoomFor(more: number): void {
    if (this.count + more > INT32_MAX && this.buckets instanceof Int32Array) this.buckets = Float64Array.from(this.buckets)
  }

  add(other: Histogram): void {
    this.makeRoomFor(other.count)
    this.count += other.count
    this.sum += other.sum
    this.zeros += other.zeros
    this.max = Math.max(this.max, other.max)
    this.min = Math.min(this.min, other.min)
    if (other.buckets === null) return
    if (this.buckets === null) this.buckets = this.count > INT32_MAX ? new Float64Array(FINE * 2) : new Int32Array(FINE * 2)
    for (let i = 0; i < FINE * 2; i++) this.buckets[i] += other.buckets[i]
  }

  copy(): Histogram {
    const out = new Histogram()
    out.add(this)
    return out
  }
}

function bucketOf(ns: number): number {
  return ns < 2147483648 ? fineBucket(ns | 0) : FINE + fineBucket(Math.min(2147483647, Math.floor(ns / COARSE_UNIT)))
}

function fineBucket(v: number): number {
  if (v < SUB) return v
  const octave = 31 - Math.clz32(v) - SUB_BITS
  return (octave + 1) * SUB + ((v >>> octave) & (SUB - 1))
}

function middleOf(bucket: number): number {
  if (bucket >= FINE) return middleOf(bucket - FINE) * COARSE_UNIT
  if (bucket < SUB) return bucket
  const octave = Math.floor(bucket / SUB) - 1
  return (SUB + (bucket % SUB)) * 2 ** octave + (2 ** octave - 1) / 2
}
