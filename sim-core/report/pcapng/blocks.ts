/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng): the head of a section, one interface, packets with nanosecond
 * stamps and comments, and statistics at the end. Little-endian; the epoch is the start of the run.
 */
import { encodeText } from '../../trace/file.ts'
import type { Frame } from './frame.ts'

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
const INTERFACE_STATISTICS = 5
const ENHANCED_PACKET = 6
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const LINKTYPE_ETHERNET = 1
const SNAP_BYTES = 262_144

const OPT_END = 0
const OPT_COMMENT = 1
const SHB_APPLICATION = 4
const IF_NAME = 2
const IF_DESCRIPTION = 3
const IF_SPEED = 8
const IF_TSRESOL = 9
const EPB_FLAGS = 2
const ISB_RECEIVED = 4
const ISB_DROPPED = 5
const NANOSECONDS = 9

export const INBOUND = 1
export const OUTBOUND = 2

export const sectionHeader = (application: string, comment: string): Uint8Array =>
  block(SECTION_HEADER, 16, [text(OPT_COMMENT, comment), text(SHB_APPLICATION, application)], view => {
    view.setUint32(0, BYTE_ORDER_MAGIC, true)
    view.setUint16(4, 1, true)
    view.setUint32(8, 0xffffffff, true)
    view.setUint32(12, 0xffffffff, true)
  })

export const interfaceDescription = (name: string, description: string, rateBps: number): Uint8Array =>
  block(
    INTERFACE_DESCRIPTION,
    8,
    [
      text(IF_NAME, name),
      text(IF_DESCRIPTION, description),
      ...(Number.isFinite(rateBps) ? [option(IF_SPEED, whole64(rateBps))] : []),
      option(IF_TSRESOL, Uint8Array.of(NANOSECONDS)),
    ],
    view => {
      view.setUint16(0, LINKTYPE_ETHERNET, true)
      view.setUint32(4, SNAP_BYTES, true)
    },
  )

export function enhancedPacket(atNs: number, { bytes, length }: Frame, direction: number, comment: string): Uint8Array {
  const flags = new Uint8Array(4)
  flags[0] = direction
  const options = [option(EPB_FLAGS, flags), ...(comment === '' ? [] : [text(OPT_COMMENT, comment)])]
  const padded = bytes.length + padding(bytes.length)
  return block(ENHANCED_PACKET, 20 + padded, options, (view, body) => {
    stamp(view, 4, atNs)
    view.setUint32(12, bytes.length, true)
    view.setUint32(16, length, true)
    body.set(bytes, 20)
  })
}

/** `received`: packets written; `dropped`: left out because of the limit. */
export const interfaceStatistics = (atNs: number, received: number, dropped: number, comment: string): Uint8Array =>
  block(
    INTERFACE_STATISTICS,
    12,
    [text(OPT_COMMENT, comment), option(ISB_RECEIVED, whole64(received)), option(ISB_DROPPED, whole64(dropped))],
    view => stamp(view, 4, atNs),
  )

function stamp(view: DataView, at: number, ns: number): void {
  view.setUint32(at, Math.floor(ns / 4_294_967_296), true)
  view.setUint32(at + 4, ns % 4_294_967_296, true)
}

const padding = (length: number): number => (4 - (length & 3)) & 3

function block(type: number, fixed: number, options: readonly Uint8Array[], fill: (view: DataView, body: Uint8Array) => void): Uint8Array {
  const end = option(OPT_END, new Uint8Array(0))
  const all = options.length === 0 ? [] : [...options, end]
  const length = 12 + fixed + all.reduce((n, o) => n + o.length, 0)
  const out = new Uint8Array(length)
  const view = new DataView(out.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, length, true)
  fill(new DataView(out.buffer, 8, fixed), out.subarray(8, 8 + fixed))
  let at = 8 + fixed
  for (const o of all) {
    out.set(o, at)
    at += o.length
  }
  view.setUint32(at, length, true)
  return out
}

function option(code: number, value: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + value.length + padding(value.length))
  const view = new DataView(out.buffer)
  view.setUint16(0, code, true)
  view.setUint16(2, value.length, true)
  out.set(value, 4)
  return out
}

/** Options are at most 64 KiB. */
const TEXT_MAX = 65_000
const text = (code: number, value: string): Uint8Array => option(code, encodeText(value).slice(0, TEXT_MAX))

function whole64(n: number): Uint8Array {
  const out = new Uint8Array(8)
  const view = new DataView(out.buffer)
  view.setUint32(0, n % 4_294_967_296, true)
  view.setUint32(4, Math.floor(n / 4_294_967_296), true)
  return out
}
