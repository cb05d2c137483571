/** A small reader of pcapng and of the packets in it, written from the formats and not from the writer, for the tests. */
export interface ReadPacket {
  readonly atNs: number
  readonly bytes: Uint8Array
  readonly length: number
  readonly direction: number
  readonly comment: string
}

export interface ReadCapture {
  readonly application: string
  readonly name: string
  readonly resolution: number
  readonly packets: readonly ReadPacket[]
  readonly statistics: { readonly comment: string; readonly received: number }
}

export function readCapture(bytes: Uint8Array): ReadCapture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const packets: ReadPacket[] = []
  let [application, name, resolution] = ['', '', 0]
  let statistics = { comment: '', received: -1 }
  for (let at = 0; at < bytes.length; ) {
    const type = view.getUint32(at, true)
    const length = view.getUint32(at + 4, true)
    if (length % 4 !== 0 || view.getUint32(at + length - 4, true) !== length) throw new Error(`block at ${at}: lengths differ`)
    const options = (from: number) => readOptions(bytes, view, at + 8 + from, at + length - 4)
    if (type === 0x0a0d0d0a) application = text(options(16).get(4))
    else if (type === 1) {
      name = text(options(8).get(2))
      resolution = options(8).get(9)?.[0] ?? 6
    } else if (type === 6) {
      const kept = view.getUint32(at + 20, true)
      const o = options(20 + kept + ((4 - (kept & 3)) & 3))
      packets.push({
        atNs: view.getUint32(at + 12, true) * 2 ** 32 + view.getUint32(at + 16, true),
        bytes: bytes.slice(at + 28, at + 28 + kept),
        length: view.getUint32(at + 24, true),
        direction: o.get(2)?.[0] ?? 0,
        comment: text(o.get(1)),
      })
    } else if (type === 5) {
      const o = options(12)
      statistics = {
        comment: text(o.get(1)),
        received: Number(new DataView(Uint8Array.from(o.get(4) as Uint8Array).buffer).getBigUint64(0, true)),
      }
    } else throw new Error(`block at ${at}: type ${type}`)
    at += length
  }
  return { application, name, resolution, packets, statistics }
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

function readOptions(bytes: Uint8Array, view: DataView, from: number, to: number): Map<number, Uint8Array> {
  const out = new Map<number, Uint8Array>()
  for (let at = from; at < to; ) {
    const code = view.getUint16(at, true)
    const length = view.getUint16(at + 2, true)
    if (code === 0) return out
    out.set(code, bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length + ((4 - (length & 3)) & 3)
  }
  return out
}

export interface ReadIp {
  readonly protocol: number
  readonly ttl: number
  readonly src: string
  readonly dst: string
  readonly payload: Uint8Array
  /** Whether all of it was captured. */
  readonly whole: boolean
  /** What is wrong with its checksums; empty when nothing is. */
  readonly wrong: readonly string[]
}

const ETHERTYPE_IPV4 = 0x0800

/** The IPv4 packet of a frame; undefined for ARP. */
export function readIp(packet: ReadPacket): ReadIp | undefined {
  return word(packet.bytes, 12) === ETHERTYPE_IPV4 ? ipOf(packet.bytes.subarray(14), packet.length - 14) : undefined
}

function ipOf(ip: Uint8Array, length: number): ReadIp {
  const total = word(ip, 2)
  const wrong: string[] = []
  if (total !== length) wrong.push(`total length ${total} of ${length}`)
  if (onesSum(ip.subarray(0, 20)) !== 0xffff) wrong.push('IP checksum')
  const payload = ip.subarray(20)
  const whole = payload.length === total - 20
  const protocol = ip[9]
  const pseudo = Uint8Array.from([...ip.subarray(12, 20), 0, protocol, (total - 20) >> 8, (total - 20) & 255])
  if (protocol === 4) wrong.push(...ipOf(payload, total - 20).wrong)
  else if (protocol === 1 && whole && onesSum(payload) !== 0xffff) wrong.push('ICMP checksum')
  else if (protocol === 112) {
    const version = payload[0] >> 4
    if (onesSum(version === 3 ? joined(pseudo, payload) : payload) !== 0xffff) wrong.push(`VRRP ${version} checksum`)
  } else if (protocol === 6 || protocol === 17) {
    // What is cut off are zeros, which add nothing.
    if (onesSum(joined(pseudo, payload)) !== 0xffff) wrong.push(`checksum of protocol ${protocol}`)
  }
  return { protocol, ttl: ip[8], src: dotted(ip, 12), dst: dotted(ip, 16), payload, whole, wrong }
}

export const word = (bytes: Uint8Array, at: number): number => (bytes[at] << 8) | bytes[at + 1]
export const dotted = (bytes: Uint8Array, at: number): string => Array.from(bytes.subarray(at, at + 4)).join('.')

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}

/** One's complement sum of 16-bit words; 0xffff over a whole that holds its right checksum (RFC 1071). */
function onesSum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0)
    if (sum > 0xffff) sum -= 0xffff
  }
  return sum
}
