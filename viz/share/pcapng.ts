/**
 * The trace's packets as pcapng, one interface a link, nanosecond times: what tcpdump on each cable would have seen.
 * Headers are rebuilt from the columns; payloads were never simulated, so packets are cut after their headers
 * (captured length < original length), as with a snap length. Checksums are right for IPv4 and left zero for TCP and UDP.
 * A comment says what the simulator knows (lost and why, retransmission).
 */
import type { PacketColumns, Trace } from '../../sim-core/index.ts'

const KIND_ARP = 1
const KIND_VRRP = 2
const KIND_UDP = 3
const KIND_TCP = 4
const KIND_ICMP = 5
const PROTOCOLS: Readonly<Record<number, number>> = { [KIND_VRRP]: 112, [KIND_UDP]: 17, [KIND_TCP]: 6, [KIND_ICMP]: 1, 6: 4 }
const ETHERNET = 14

export function writePcapng(trace: Trace): Uint8Array<ArrayBuffer> {
  const out = new Bytes()
  for (const part of pcapngParts(trace)) out.bytes(part)
  return out.done()
}

const PART_BYTES = 1 << 20

/** The same in parts of about a megabyte, in order, so that a page can take a breath between two of them. */
export function* pcapngParts(trace: Trace): Generator<Uint8Array<ArrayBuffer>> {
  let out = new Bytes(false, PART_BYTES + 4096)
  sectionHeader(out)
  for (const link of trace.header.links) interfaceBlock(out, link.name)
  for (const row of inOrder(trace)) {
    packetBlock(out, trace, row)
    if (out.length < PART_BYTES) continue
    yield out.done()
    out = new Bytes(false, PART_BYTES + 4096)
  }
  yield out.done()
}

interface Row {
  readonly link: number
  readonly c: PacketColumns
  readonly i: number
  readonly lost: boolean
}

/** All links' packets in order of time; each link's own are in order already. Equal times: by link, what arrived before what was lost. */
function* inOrder(trace: Trace): Generator<Row> {
  const links = trace.header.links.length
  const sources = [...trace.flights.slice(0, links), ...trace.losses.slice(0, links)].map((list, n) => ({
    list,
    link: n % links,
    lost: n >= links,
    number: 0,
    c: undefined as PacketColumns | undefined,
    i: 0,
    t: Number.POSITIVE_INFINITY,
  }))
  const next = (s: (typeof sources)[number]): void => {
    s.t = Number.POSITIVE_INFINITY
    if (s.number >= s.list.rows) return
    const { columns, row } = s.list.at(s.number++)
    s.c = columns
    s.i = row
    s.t = columns.start[row]
  }
  for (const s of sources) next(s)
  for (;;) {
    let first = sources[0]
    for (const s of sources) if (s.t < first.t || (s.t === first.t && s.link < first.link)) first = s
    if (first === undefined || first.c === undefined || first.t === Number.POSITIVE_INFINITY) return
    yield { link: first.link, c: first.c, i: first.i, lost: first.lost }
    next(first)
  }
}

function sectionHeader(out: Bytes): void {
  block(out, 0x0a0d0d0a, b => {
    b.u32(0x1a2b3c4d)
    b.u16(1)
    b.u16(0)
    b.u32(0xffffffff)
    b.u32(0xffffffff)
    option(b, 4, text('lvsim'))
    b.u32(0)
  })
}

function interfaceBlock(out: Bytes, name: string): void {
  block(out, 1, b => {
    b.u16(1)
    b.u16(0)
    b.u32(262144)
    option(b, 2, text(name))
    option(b, 9, Uint8Array.of(9))
    b.u32(0)
  })
}

function packetBlock(out: Bytes, trace: Trace, { link, c, i, lost }: Row): void {
  const t = c.start[i]
  const frame = frameOf(trace, c, i)
  const original = Math.max(frame.length, ETHERNET + c.ipBytes[i])
  const said = [...(lost ? [`lost: ${trace.header.dropReasons[c.reason[i]]}`] : []), ...((c.marks[i] & 1) === 0 ? [] : ['sent again'])]
  block(out, 6, b => {
    b.u32(link)
    b.u32(Math.floor(t / 4294967296))
    b.u32(t % 4294967296)
    b.u32(frame.length)
    b.u32(original)
    b.bytes(frame)
    b.pad()
    if (said.length > 0) {
      option(b, 1, text(said.join('; ')))
      b.u32(0)
    }
  })
}

/** Ethernet frame as far as its headers go; good until the next one is asked for. */
function frameOf(trace: Trace, c: PacketColumns, i: number): Uint8Array {
  const b = frameBytes
  b.length = 0
  b.bytes(macBytes(trace, c.dstMac[i]))
  b.bytes(macBytes(trace, c.srcMac[i]))
  const kind = c.kind[i]
  b.u16(kind === KIND_ARP ? 0x0806 : 0x0800)
  if (kind === KIND_ARP) {
    for (const v of [1, 0x0800, 0x0604, c.info[i] === 2 ? 2 : 1]) b.u16(v)
    b.bytes(macBytes(trace, c.srcMac[i]))
    b.u32(c.src[i])
    b.bytes(c.info[i] === 2 ? macBytes(trace, c.dstMac[i]) : new Uint8Array(6))
    b.u32(c.dst[i])
    return b.filled(0)
  }
  ipHeader(b, c, i)
  if (kind === KIND_TCP) tcpHeader(b, c, i)
  else if (kind === KIND_UDP) {
    b.u16(c.srcPort[i])
    b.u16(c.dstPort[i])
    b.u16(Math.max(8, c.ipBytes[i] - 20))
    b.u16(0)
  } else if (kind === KIND_VRRP) {
    // Version 2 form: vrid and priority are what the trace has; addresses are not kept in its columns.
    const body = Uint8Array.of(0x21, c.srcPort[i] & 255, c.dstPort[i] & 255, 0, 0, 1, 0, 0)
    const sum = checksum(body)
    body[6] = sum >> 8
    body[7] = sum & 255
    b.bytes(body)
  } else if (kind === KIND_ICMP) {
    b.u16(c.info[i])
    b.u16(0)
    b.u32(0)
  }
  return b.filled(0)
}

function ipHeader(h: Bytes, c: PacketColumns, i: number): void {
  const start = h.length
  h.u16(0x4500)
  h.u16(c.ipBytes[i])
  h.u16(c.serial[i] & 0xffff)
  h.u16(0x4000)
  h.u16((c.ttl[i] << 8) | (PROTOCOLS[c.kind[i]] ?? 255))
  h.u16(0)
  h.u32(c.src[i])
  h.u32(c.dst[i])
  h.patch16(start + 10, checksum(h.filled(start)))
}

function tcpHeader(b: Bytes, c: PacketColumns, i: number): void {
  b.u16(c.srcPort[i])
  b.u16(c.dstPort[i])
  b.u32(c.seq[i] >>> 0)
  b.u32(c.ack[i] >>> 0)
  // What is neither IP header nor payload is TCP header: options are there, as no-operations.
  const header = Math.max(20, Math.min(60, c.ipBytes[i] - 20 - c.payloadBytes[i]))
  b.u16(((header >> 2) << 12) | c.flags[i])
  b.u16(0xffff)
  b.u32(0)
  for (let n = 20; n < (header >> 2) << 2; n += 4) b.u32(0x01010101)
}

function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

const GROUPS: readonly (readonly number[])[] = [
  [255, 255, 255, 255, 255, 255],
  [1, 0, 0x5e, 0, 0, 0x12],
  [1, 0, 0x5e, 0, 0, 0x51],
]

const known = new WeakMap<Trace, Map<number, Uint8Array>>()

function macBytes(trace: Trace, mac: number): Uint8Array {
  let macs = known.get(trace)
  if (macs === undefined) known.set(trace, (macs = new Map()))
  let bytes = macs.get(mac)
  if (bytes === undefined) macs.set(mac, (bytes = readMac(trace, mac)))
  return bytes
}

function readMac(trace: Trace, mac: number): Uint8Array {
  const group = GROUPS[mac]
  if (group !== undefined) return Uint8Array.from(group)
  const parts = (trace.header.macs[mac]?.text ?? '').split(':').map(p => Number.parseInt(p, 16))
  return parts.length === 6 ? Uint8Array.from(parts) : Uint8Array.of(2, 2, 0, 0, mac >> 8, mac & 255)
}

function block(out: Bytes, type: number, fill: (b: Bytes) => void): void {
  const start = out.length
  out.u32(type)
  out.u32(0)
  fill(out)
  const length = out.length + 4 - start
  out.u32(length)
  out.patch(start + 4, length)
}

function option(b: Bytes, code: number, value: Uint8Array): void {
  b.u16(code)
  b.u16(value.length)
  b.bytes(value)
  b.pad()
}

const text = (s: string): Uint8Array => new TextEncoder().encode(s)

/** A buffer that grows; little-endian, or network order when `big`. */
class Bytes {
  length = 0
  private buffer: Uint8Array<ArrayBuffer>
  private view: DataView
  private readonly little: boolean

  constructor(big = false, room = 192) {
    this.little = !big
    this.buffer = new Uint8Array(room)
    this.view = new DataView(this.buffer.buffer)
  }

  u16(v: number): void {
    this.room(2)
    this.view.setUint16(this.length, v & 0xffff, this.little)
    this.length += 2
  }

  u32(v: number): void {
    this.room(4)
    this.view.setUint32(this.length, v >>> 0, this.little)
    this.length += 4
  }

  bytes(v: Uint8Array): void {
    this.room(v.length)
    this.buffer.set(v, this.length)
    this.length += v.length
  }

  /** What is in it from `from` on, not copied. */
  filled(from: number): Uint8Array {
    return this.buffer.subarray(from, this.length)
  }

  patch16(at: number, v: number): void {
    this.view.setUint16(at, v, this.little)
  }

  patch(at: number, v: number): void {
    this.view.setUint32(at, v >>> 0, this.little)
  }

  /** To a multiple of four; a block begins at one. */
  pad(): void {
    while (this.length % 4 !== 0) {
      this.room(1)
      this.buffer[this.length++] = 0
    }
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.length)
  }

  private room(n: number): void {
    if (this.length + n <= this.buffer.length) return
    const wider = new Uint8Array(Math.max(this.buffer.length * 2, this.length + n))
    wider.set(this.buffer)
    this.buffer = wider
    this.view = new DataView(wider.buffer)
  }
}

/** One frame at a time is made here: millions of small buffers would cost more than all else. */
const frameBytes = new Bytes(true)
