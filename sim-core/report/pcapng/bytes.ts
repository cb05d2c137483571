/** Bytes as they go on the wire: big-endian, in a buffer that is used again for every frame. */
export class Bytes {
  private data = new Uint8Array(2048)
  length = 0

  clear(): void {
    this.length = 0
  }

  u8(x: number): void {
    this.reserve(1)
    this.data[this.length++] = x
  }

  u16(x: number): void {
    this.u8(x >>> 8)
    this.u8(x)
  }

  u32(x: number): void {
    this.u16(x >>> 16)
    this.u16(x)
  }

  put(bytes: ArrayLike<number>): void {
    this.reserve(bytes.length)
    this.data.set(bytes, this.length)
    this.length += bytes.length
  }

  zeros(count: number): void {
    this.reserve(count)
    this.data.fill(0, this.length, this.length + count)
    this.length += count
  }

  putU16(at: number, x: number): void {
    this.data[at] = x >>> 8
    this.data[at + 1] = x
  }

  /** Sum of 16-bit words from `from` to the end, for checksums; an odd last byte is padded. */
  sum(from: number): number {
    let sum = 0
    for (let i = from; i < this.length; i += 2) sum += (this.data[i] << 8) | (i + 1 < this.length ? this.data[i + 1] : 0)
    return sum
  }

  copy(): Uint8Array {
    return this.data.slice(0, this.length)
  }

  private reserve(count: number): void {
    if (this.length + count <= this.data.length) return
    const wider = new Uint8Array(Math.max(this.data.length * 2, this.length + count))
    wider.set(this.data)
    this.data = wider
  }
}

/** The Internet checksum (RFC 1071) of a sum of 16-bit words. */
export function checksum(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}

/** The sum over the pseudo-header of IPv4 (RFC 9293 §3.1): addresses, protocol, length of what follows. */
export function pseudoHeaderSum(src: number, dst: number, protocol: number, length: number): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length
}
