/**
 * A chunk of packet rows: one ArrayBuffer with the columns one after the other, widest first, so that every column is
 * aligned and a whole chunk moves between threads (or to a file) as one transferable piece. 64 bytes a row.
 *
 * A row is one frame on one link ("sent"), or one packet that ended somewhere ("lost"; start = arrival = when).
 * A chunk never changes once it left the writer.
 */
export interface PacketColumns {
  /** First bit on the line, ns. Ascending within a place. */
  readonly start: Float64Array
  /** Last bit at the other end, ns. */
  readonly arrival: Float64Array
  /** How long it had waited in the queue before `start`, ns; at most 4.29 s (then 2³² − 1). */
  readonly waitNs: Uint32Array
  /** IPv4 addresses as in the frame (of ARP: sender and target). */
  readonly src: Uint32Array
  readonly dst: Uint32Array
  readonly seq: Int32Array
  readonly ack: Int32Array
  /** The same for every hop, and every flooded copy, of one packet. */
  readonly serial: Uint32Array
  /** What the kind needs: VRRP: vrid << 8 | priority; ARP: operation; ICMP: type << 8 | code. */
  readonly info: Uint32Array
  readonly srcPort: Uint16Array
  readonly dstPort: Uint16Array
  readonly ipBytes: Uint16Array
  readonly payloadBytes: Uint16Array
  /** Numbers of net/macs.ts; the header of the trace has their names. */
  readonly srcMac: Uint16Array
  readonly dstMac: Uint16Array
  /** Traffic source, 65535: the control plane. */
  readonly traffic: Uint16Array
  /** net/packets.ts: 1 ARP, 2 VRRP, 3 UDP, 4 TCP, 5 ICMP, 6 IPIP. */
  readonly kind: Uint8Array
  /** TCP flags. */
  readonly flags: Uint8Array
  readonly ttl: Uint8Array
  /** Low four bits: how many links it had crossed before this one; high four: how many of its connection went before (hopOf, orderOf). */
  readonly steps: Uint8Array
  /** MARK_… bits. */
  readonly marks: Uint8Array
  /** Lost rows: index into the header's drop reasons. */
  readonly reason: Uint8Array
}

export const MARK_RETRANSMISSION = 1
/** Both saturate. */
export const STEPS_MAX = 15
export const stepsOf = (hop: number, order: number): number => Math.min(hop, STEPS_MAX) | (Math.min(order, STEPS_MAX) << 4)
export const hopOf = (c: PacketColumns, row: number): number => c.steps[row] & 15
export const orderOf = (c: PacketColumns, row: number): number => c.steps[row] >> 4
export const NO_TRAFFIC_COLUMN = 65_535
export const ROW_BYTES = 64

type ColumnName = keyof PacketColumns
type ColumnType = typeof Float64Array | typeof Uint32Array | typeof Int32Array | typeof Uint16Array | typeof Uint8Array

/** The layout: never reordered without a new file version (file.ts). */
const LAYOUT: readonly (readonly [ColumnName, ColumnType])[] = [
  ['start', Float64Array],
  ['arrival', Float64Array],
  ['waitNs', Uint32Array],
  ['src', Uint32Array],
  ['dst', Uint32Array],
  ['seq', Int32Array],
  ['ack', Int32Array],
  ['serial', Uint32Array],
  ['info', Uint32Array],
  ...(['srcPort', 'dstPort', 'ipBytes', 'payloadBytes', 'srcMac', 'dstMac', 'traffic'] as const).map(n => [n, Uint16Array] as const),
  ...(['kind', 'flags', 'ttl', 'steps', 'marks', 'reason'] as const).map(n => [n, Uint8Array] as const),
]

export const COLUMN_NAMES: readonly ColumnName[] = LAYOUT.map(([name]) => name)

export interface PacketChunk {
  /** Link number, or link count + host number for a loss inside a host. */
  readonly place: number
  readonly lost: boolean
  readonly rows: number
  /** Exactly `rows` × ROW_BYTES, rounded up to 8. */
  readonly buffer: ArrayBuffer
}

/** Bytes of a chunk with room for `rows`: each column starts at a multiple of its element size because widths descend. */
export const chunkBytes = (rows: number): number => Math.ceil((rows * ROW_BYTES) / 8) * 8

export function columnsOf(buffer: ArrayBuffer, rows: number): PacketColumns {
  const out: Partial<Record<ColumnName, unknown>> = {}
  let offset = 0
  for (const [name, type] of LAYOUT) {
    out[name] = new type(buffer, offset, rows)
    offset += rows * type.BYTES_PER_ELEMENT
  }
  return out as unknown as PacketColumns
}

/** The first `rows` rows as a chunk of their own, in exactly the room they need. */
export function copyRows(from: PacketColumns, rows: number): ArrayBuffer {
  const buffer = new ArrayBuffer(chunkBytes(rows))
  const to = columnsOf(buffer, rows)
  for (const name of COLUMN_NAMES) (to[name] as Float64Array).set(from[name].subarray(0, rows) as Float64Array)
  return buffer
}
