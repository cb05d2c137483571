/**
 * A trace as bytes, and back: what `--trace OUT` writes and what the page opens. Little-endian.
 *
 * `LVSIMTR1`, u32 length of a JSON head (header, happenings, coverage, notes, end), the head, padding to 8, then chunks:
 * u32 place, u32 rows, u8 lost with 7 of padding, columns. Rates come first, as a chunk of their own in the head's
 * lengths. The reader trusts nothing: every length is bounded by what is there, every index by the header, starts
 * must ascend; a damaged file is a problem with a sentence, never a throw or a hang.
 */
import { chunkBytes, columnsOf, type PacketChunk } from './columns.ts'
import type { Happening } from './contract.ts'
import type { Coverage } from './packet-trace.ts'
import { CLASS_COUNT } from './rate-series.ts'
import { Trace, type TraceHeader } from './trace.ts'

const MAGIC = 'LVSIMTR'
export const TRACE_FILE_VERSION = 1
const HEAD_BYTES_MAX = 1 << 28
const LINKS_MAX = 1 << 16
const CHUNK_HEAD = 16

interface Head {
  readonly header: TraceHeader
  readonly happenings: readonly Happening[]
  readonly coverage: readonly Coverage[]
  readonly notes: readonly string[]
  readonly untilNs: number
}

export function serialiseTrace(trace: Trace): Uint8Array<ArrayBuffer> {
  const { header, happenings, coverage, notes, untilNs } = trace
  const head = encodeText(JSON.stringify({ header, happenings, coverage, notes, untilNs } satisfies Head, infinityAsText))
  const chunks: Uint8Array[] = []
  const add = (lists: Trace['flights'], lost: number): void =>
    lists.forEach((list, place) => {
      for (const part of list.parts) {
        const rowsHead = new DataView(new ArrayBuffer(CHUNK_HEAD))
        rowsHead.setUint32(0, place, true)
        rowsHead.setUint32(4, part.rows, true)
        rowsHead.setUint8(8, lost)
        chunks.push(new Uint8Array(rowsHead.buffer), new Uint8Array(part.columns.start.buffer, 0, chunkBytes(part.rows)))
      }
    })
  add(trace.flights, 0)
  add(trace.losses, 1)
  const { packets, bytes, drops } = trace.rates
  const rates = [packets, bytes, drops].map(a => new Uint8Array(a.buffer, 0, a.byteLength))
  const size = 12 + head.length
  const pieces = [encodeText(MAGIC + TRACE_FILE_VERSION), u32(head.length), head, new Uint8Array(pad(size) - size)]
  for (const r of rates) pieces.push(r, new Uint8Array(pad(r.length) - r.length))
  return join([...pieces, ...chunks])
}

export type ParsedTrace = { readonly trace: Trace } | { readonly problem: string }

export function parseTrace(bytes: Uint8Array): ParsedTrace {
  const magic = decodeText(bytes.subarray(0, 8))
  if (!magic.startsWith(MAGIC)) return { problem: 'this is not a trace of lvsim' }
  if (magic !== MAGIC + TRACE_FILE_VERSION)
    return { problem: `this trace was written by another version of lvsim (${magic.slice(MAGIC.length)}, here ${TRACE_FILE_VERSION})` }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12) return { problem: 'the trace ends in the middle of its head' }
  const headLength = view.getUint32(8, true)
  if (headLength > HEAD_BYTES_MAX || 12 + headLength > bytes.length) return { problem: 'the trace ends in the middle of its head' }
  const head = parseHead(decodeText(bytes.subarray(12, 12 + headLength)))
  if (typeof head === 'string') return { problem: head }
  const trace = new Trace(head.header)
  const { rates } = trace
  let at = pad(12 + headLength)
  for (const column of [rates.packets, rates.bytes, rates.drops]) {
    if (at + column.byteLength > bytes.length) return { problem: 'the trace ends in the middle of its rates' }
    new Uint8Array(column.buffer).set(bytes.subarray(at, at + column.byteLength))
    at += pad(column.byteLength)
  }
  const chunks = readChunks(bytes, view, at, trace)
  if (typeof chunks === 'string') return { problem: chunks }
  const none = { fromBin: 0, count: 0, packets: new Uint32Array(0), bytes: new Float64Array(0), drops: new Uint32Array(0) }
  trace.add({ ...head, chunks, rates: none })
  return { trace }
}

function readChunks(bytes: Uint8Array, view: DataView, from: number, trace: Trace): PacketChunk[] | string {
  const chunks: PacketChunk[] = []
  const last = new Map<number, number>()
  let at = from
  while (at < bytes.length) {
    if (at + CHUNK_HEAD > bytes.length) return 'the trace ends in the middle of a chunk'
    const place = view.getUint32(at, true)
    const rows = view.getUint32(at + 4, true)
    const lost = view.getUint8(at + 8) === 1
    at += CHUNK_HEAD
    if (place >= (lost ? trace.losses : trace.flights).length) return `the trace speaks of place ${place}, which its head does not have`
    if (rows === 0 || rows > 65_536 || at + chunkBytes(rows) > bytes.length) return 'the trace ends in the middle of a chunk'
    const buffer = bytes.slice(at, at + chunkBytes(rows)).buffer as ArrayBuffer
    const key = place * 2 + Number(lost)
    const end = checkAscending(columnsOf(buffer, rows).start, columnsOf(buffer, rows).arrival, last.get(key) ?? 0)
    if (end < 0) return `the times of place ${place} are not in order`
    last.set(key, end)
    chunks.push({ place, lost, rows, buffer })
    at += chunkBytes(rows)
  }
  return chunks
}

/** The last start, or −1. */
function checkAscending(start: Float64Array, arrival: Float64Array, from: number): number {
  let last = from
  for (let i = 0; i < start.length; i++) {
    if (!(start[i] >= last) || !(arrival[i] >= start[i]) || arrival[i] === Number.POSITIVE_INFINITY) return -1
    last = start[i]
  }
  return last
}

function parseHead(text: string): Head | string {
  let raw: unknown
  try {
    raw = JSON.parse(text, textAsInfinity)
  } catch {
    return 'the head of the trace is not JSON'
  }
  const wrong = 'the head of the trace is incomplete'
  if (!isRecord(raw) || !isRecord(raw['header'])) return wrong
  const h = raw['header']
  const list = (v: unknown, item: (x: unknown) => boolean): boolean => Array.isArray(v) && v.length <= LINKS_MAX && v.every(item)
  const isText = (x: unknown): boolean => typeof x === 'string'
  const headerGood =
    isText(h['scenario']) &&
    isNumber(h['durationNs']) &&
    (h['durationNs'] as number) <= 1e16 &&
    list(h['hosts'], isText) &&
    list(h['traffic'], isText) &&
    list(h['dropReasons'], isText) &&
    list(h['macs'], m => isRecord(m) && isText(m['name'])) &&
    list(h['links'], l => isRecord(l) && isText(l['name']) && isText(l['from']) && isText(l['to']) && isNumber(l['rateBps']))
  if (
    !headerGood ||
    !isNumber(raw['untilNs']) ||
    !Array.isArray(raw['happenings']) ||
    !Array.isArray(raw['coverage']) ||
    !Array.isArray(raw['notes'])
  )
    return wrong
  let last = 0
  for (const e of raw['happenings'] as unknown[]) {
    if (!isRecord(e) || !isNumber(e['t']) || !isText(e['host']) || !isText(e['kind']) || !isText(e['what']) || !isRecord(e['fields']))
      return wrong
    if ((e['t'] as number) < last) return 'the happenings of the trace are not in order'
    last = e['t'] as number
  }
  if (!(raw['coverage'] as unknown[]).every(c => isRecord(c) && isNumber(c['fromNs']) && isNumber(c['stride']))) return wrong
  if (binsOf(h) * (h['links'] as unknown[]).length * CLASS_COUNT > 1 << 28) return 'the trace has too many links for its length'
  return raw as unknown as Head
}

const binsOf = (h: Record<string, unknown>): number => ((h['durationNs'] as number) > 0 ? 2_000 : 1)
const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isNumber = (v: unknown): boolean => typeof v === 'number' && v >= 0
const pad = (n: number): number => Math.ceil(n / 8) * 8
const infinityAsText = (_: string, v: unknown): unknown => (v === Number.POSITIVE_INFINITY ? 'Infinity' : v)
const textAsInfinity = (_: string, v: unknown): unknown => (v === 'Infinity' ? Number.POSITIVE_INFINITY : v)

function u32(n: number): Uint8Array {
  const out = new DataView(new ArrayBuffer(4))
  out.setUint32(0, n, true)
  return new Uint8Array(out.buffer)
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of pieces) {
    out.set(p, at)
    at += p.length
  }
  return out
}

/** UTF-8 by hand: TextEncoder is not of the language, and this code runs anywhere. */
export function encodeText(text: string): Uint8Array {
  const out: number[] = []
  for (const ch of text) {
    const c = ch.codePointAt(0) as number
    if (c < 0x80) out.push(c)
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63))
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
  }
  return Uint8Array.from(out)
}

/** Malformed bytes become U+FFFD, one each. */
export function decodeText(bytes: Uint8Array): string {
  const out: string[] = []
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i]
    const more = b < 0x80 ? 0 : b >= 0xf0 && b < 0xf5 ? 3 : b >= 0xe0 && b < 0xf0 ? 2 : b >= 0xc2 && b < 0xe0 ? 1 : -1
    let c = more < 0 ? 0xfffd : more === 0 ? b : b & (63 >> more)
    let n = 1
    for (; more > 0 && n <= more; n++) {
      const next = bytes[i + n]
      if (next === undefined || (next & 0xc0) !== 0x80) break
      c = (c << 6) | (next & 63)
    }
    if (more > 0 && (n <= more || c > 0x10ffff)) {
      c = 0xfffd
      n = 1
    }
    out.push(String.fromCodePoint(c))
    i += n
  }
  return out.join('')
}
