/**
 * SipHash-1-3 of one 32-bit word, as the kernel's hsiphash computes it on 64-bit machines; the low 32 bits of the result.
 * 64-bit words are kept as two int32. Algorithm: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
 * Checked in test/protocols/ipvs/schedulers.test.ts against a BigInt version.
 */
const v = new Int32Array(8)
const LENGTH_BYTE = 4 << 24

/** `key`: both halves of the 128-bit key are this 32-bit number. */
export function sipHash13(word: number, key: number): number {
  v[0] = 0x736f6d65
  v[1] = 0x70736575 ^ key
  v[2] = 0x646f7261
  v[3] = 0x6e646f6d ^ key
  v[4] = 0x6c796765
  v[5] = 0x6e657261 ^ key
  v[6] = 0x74656462 ^ LENGTH_BYTE
  v[7] = 0x79746573 ^ key ^ word
  round()
  v[0] ^= LENGTH_BYTE
  v[1] ^= word
  v[5] ^= 0xff
  round()
  round()
  round()
  return (v[1] ^ v[3] ^ v[5] ^ v[7]) >>> 0
}

function round(): void {
  add(0, 2)
  rotate(2, 13)
  xor(2, 0)
  swap(0)
  add(4, 6)
  rotate(6, 16)
  xor(6, 4)
  add(0, 6)
  rotate(6, 21)
  xor(6, 0)
  add(4, 2)
  rotate(2, 17)
  xor(2, 4)
  swap(4)
}

/** Words are named by the index of their high half. */
function add(a: number, b: number): void {
  const low = (v[a + 1] >>> 0) + (v[b + 1] >>> 0)
  v[a] = v[a] + v[b] + (low > 0xffffffff ? 1 : 0)
  v[a + 1] = low
}

function xor(a: number, b: number): void {
  v[a] ^= v[b]
  v[a + 1] ^= v[b + 1]
}

/** Left by 0 < n < 32. */
function rotate(a: number, n: number): void {
  const high = v[a]
  v[a] = (high << n) | (v[a + 1] >>> (32 - n))
  v[a + 1] = (v[a + 1] << n) | (high >>> (32 - n))
}

/** Left by 32. */
function swap(a: number): void {
  const high = v[a]
  v[a] = v[a + 1]
  v[a + 1] = high
}
