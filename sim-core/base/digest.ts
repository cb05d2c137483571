/**
 * Running 64-bit hashes: what a run did, in one number a host. Two lanes of 32 bits, each multiplied and rotated a
 * word (the mixing steps are those of MurmurHash3, public domain). Not for security: for "are these two runs equal?".
 */
export class Digests {
  readonly low: Int32Array
  readonly high: Int32Array

  constructor(count: number) {
    this.low = new Int32Array(count).fill(0x1b873593)
    this.high = new Int32Array(count).fill(0x2545f491)
  }

  /** Mixes two words (any int32) into lane pair `i`. */
  mix(i: number, a: number, b: number): void {
    const l = Math.imul(this.low[i] ^ Math.imul(a, 0xcc9e2d51 | 0), 0x85ebca6b | 0)
    const h = Math.imul(this.high[i] ^ Math.imul(b, 0x1b873593), 0xc2b2ae35 | 0)
    this.low[i] = (l ^ (l >>> 15)) + h
    this.high[i] = (h ^ (h >>> 13)) + l
  }

  mixText(i: number, text: string): void {
    this.mix(i, hashText(text), text.length)
  }

  /** Mixes a whole number up to 2⁵³, such as a time in ns. */
  mixWhole(i: number, n: number): void {
    this.mix(i, n | 0, Math.floor(n / 4294967296) | 0)
  }

  hex(i: number): string {
    return hex32(this.high[i]) + hex32(this.low[i])
  }
}

/** 32-bit hash of a text by code units (FNV-1a, then mixed). */
export function hashText(text: string): number {
  let h = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b | 0)
  return h ^ (h >>> 13)
}

export const hex32 = (n: number): string => (n >>> 0).toString(16).padStart(8, '0')
