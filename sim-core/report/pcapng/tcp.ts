/** TCP segments as bytes, with the options that lvsim's TCP has: MSS, SACK, timestamps, window scaling. */
import { TCP_SYN } from '../../net/index.ts'
import { sackOf, type TcpBody } from '../../protocols/tcp/index.ts'
import { type Bytes, checksum, pseudoHeaderSum } from './bytes.ts'
import type { PacketFacts } from './facts.ts'

export const PROTOCOL_TCP = 6
const HEADER_BYTES = 20
const IP_HEADER_BYTES = 20
const CHECKSUM_AT = 16
/** What Linux announces with tcp_rmem's default of 6 MB. */
const WINDOW_SHIFT = 7
const WINDOW_MAX = 0xffff
/** `kind` of a SYN's body, see protocols/tcp/types.ts. */
const isSyn = (body: TcpBody | null): body is Extract<TcpBody, { mss: number }> => body !== null && 'mss' in body

const NOP = 1
const MSS = 2
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const SACK = 5
const TIMESTAMPS = 8

/** Connections whose SYN offered no scaling: their windows stand as they are. */
export type Unscaled = Set<string>
const connectionOf = (f: PacketFacts): string =>
  f.src * 65_536 + f.srcPort < f.dst * 65_536 + f.dstPort
    ? `${f.src}:${f.srcPort} ${f.dst}:${f.dstPort}`
    : `${f.dst}:${f.dstPort} ${f.src}:${f.srcPort}`

/** Writes header, options and the first `kept` bytes of the payload (zeros); the checksum is that of the whole segment. */
export function writeTcp(out: Bytes, f: PacketFacts, kept: number, unscaled: Unscaled): void {
  const from = out.length
  const optionBytes = Math.max(0, f.ipBytes - IP_HEADER_BYTES - HEADER_BYTES - f.payloadBytes)
  const syn = (f.flags & TCP_SYN) !== 0
  if (syn && optionBytes === 0) unscaled.add(connectionOf(f))
  const shift = syn || (unscaled.size > 0 && unscaled.has(connectionOf(f))) ? 0 : WINDOW_SHIFT
  out.u16(f.srcPort)
  out.u16(f.dstPort)
  out.u32(f.seq)
  out.u32(f.ack)
  out.u8(((HEADER_BYTES + optionBytes) / 4) << 4)
  out.u8(f.flags)
  out.u16(Math.min(WINDOW_MAX, f.window >> shift))
  out.u16(0)
  out.u16(0)
  writeOptions(out, f, optionBytes)
  out.zeros(kept)
  const length = HEADER_BYTES + optionBytes + f.payloadBytes
  out.putU16(from + CHECKSUM_AT, checksum(out.sum(from) + pseudoHeaderSum(f.src, f.dst, PROTOCOL_TCP, length)))
}

function writeOptions(out: Bytes, f: PacketFacts, optionBytes: number): void {
  const end = out.length + optionBytes
  const body = f.body as TcpBody | null
  if (isSyn(body) && optionBytes >= 20) {
    option(out, MSS, 4)
    out.u16(body.mss)
    if (body.sack) option(out, SACK_PERMITTED, 2)
    else pad(out, out.length + 2)
    if (body.timestamps) writeTimestamps(out, f)
    else pad(out, out.length + 10)
    out.u8(NOP)
    option(out, WINDOW_SCALE, 3)
    out.u8(WINDOW_SHIFT)
  } else if (optionBytes > 0) {
    const blocks = sackOf(body)?.blocks ?? []
    if (optionBytes - (blocks.length === 0 ? 0 : 4 + blocks.length * 4) >= 12) {
      pad(out, out.length + 2)
      writeTimestamps(out, f)
    }
    if (blocks.length > 0) {
      pad(out, out.length + 2)
      option(out, SACK, 2 + blocks.length * 4)
      for (const edge of blocks) out.u32(edge)
    }
  }
  pad(out, end)
}

function option(out: Bytes, kind: number, length: number): void {
  out.u8(kind)
  out.u8(length)
}

/** Milliseconds, as Linux's clock of timestamps. */
function writeTimestamps(out: Bytes, f: PacketFacts): void {
  option(out, TIMESTAMPS, 10)
  out.u32(Math.floor(f.sentAtNs / 1e6) % 4_294_967_296)
  out.u32(Math.floor(f.echoNs / 1e6) % 4_294_967_296)
}

function pad(out: Bytes, end: number): void {
  while (out.length < end) out.u8(NOP)
}
