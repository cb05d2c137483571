/**
 * What a master sync daemon tells about a connection, and when it is worth telling: the rules of ip_vs_sync_conn_needed
 * (net/netfilter/ipvs/ip_vs_sync.c, 6.1). Recordings y01 to y04.
 */
import type { ConnectionTable } from './connection-table.ts'
import { FLAG_ASSURED, FLAG_INACTIVE, FLAG_NO_OUTPUT, FLAG_ONE_PACKET, FLAG_SYNC, FLAG_TEMPLATE, FORWARD_MASK } from './connection-table.ts'
import type { Settings } from './settings.ts'
import { TCP_ESTABLISHED, TCP_SYNCED } from './tcp-states.ts'
import { PACKET_TCP } from '../../net/index.ts'

export interface SyncRecord {
  /** PACKET_TCP, PACKET_UDP, or 0 for a template of a firewall-mark service. */
  readonly protocol: number
  /** State number; of a template 1 = assured. */
  readonly state: number
  /** 0 in version 0, which has no room for it. */
  readonly timeoutS: number
  /** As on the wire (include/uapi/linux/ip_vs.h). */
  readonly flags: number
  /** u32. */
  readonly client: number
  readonly clientPort: number
  readonly virtual: number
  readonly virtualPort: number
  readonly server: number
  readonly serverPort: number
  /** Firewall mark of the service, 0 = none. */
  readonly mark: number
}

/** One datagram between sync daemons. */
export interface SyncDatagram {
  readonly kind: 'ipvs-sync'
  readonly syncId: number
  readonly version: number
  /** UDP payload. */
  readonly bytes: number
  readonly records: readonly SyncRecord[]
}

export const SYNC_GROUP = 0xe0000051 // 224.0.0.81
export const SYNC_PORT = 8848
export const MESSAGE_HEADER_BYTES = 8
export const RECORD_BYTES = 36
export const MESSAGE_HEADER_BYTES_V0 = 4
export const RECORD_BYTES_V0 = 24

const WIRE_NO_OUTPUT = 0x80
const WIRE_INACTIVE = 0x100
const WIRE_SYNC = 0x20
const WIRE_TEMPLATE = 0x1000

const PAIRS: readonly (readonly [number, number])[] = [
  [FLAG_NO_OUTPUT, WIRE_NO_OUTPUT],
  [FLAG_INACTIVE, WIRE_INACTIVE],
  [FLAG_SYNC, WIRE_SYNC],
  [FLAG_TEMPLATE, WIRE_TEMPLATE],
]

export function wireFlags(flags: number): number {
  let out = flags & FORWARD_MASK
  for (const [ours, wire] of PAIRS) if ((flags & ours) !== 0) out |= wire
  return out
}

/** Our flags of a record as the backup takes them over: marked as learnt. */
export function flagsOfRecord(record: SyncRecord): number {
  let out = (record.flags & FORWARD_MASK) | FLAG_SYNC
  for (const [ours, wire] of PAIRS) if (ours !== FLAG_SYNC && (record.flags & wire) !== 0) out |= ours
  if ((out & FLAG_TEMPLATE) !== 0 && record.state === 1) out |= FLAG_ASSURED
  return out
}

const REFRESH_MIN_S = 10
/** Retries that a refresh period has room for: every eighth of it, at most three. */
const RETRY_SHARE = 8

/**
 * Whether entry `c` is told about at its `packetNumber`-th packet; notes that it was. A state other than ESTABLISHED is told as
 * soon as it is entered; ESTABLISHED and UDP at packets 3, 53, 103 … (threshold, period), or by the refresh period.
 */
export function worthTelling(
  table: ConnectionTable,
  c: number,
  packetNumber: number,
  now: number,
  settings: Settings,
  hz: number,
): boolean {
  const flags = table.flags[c]
  if ((flags & FLAG_ONE_PACKET) !== 0) return false
  const isTemplate = (flags & FLAG_TEMPLATE) !== 0
  const state = table.state[c]
  let changed = false
  if (!isTemplate) {
    if (settings.sync_persist_mode !== 0 && table.control[c] !== 0) return false
    if (table.protocol[c] === PACKET_TCP) {
      if (!TCP_SYNCED[state]) return false
      changed = state !== table.oldState[c]
    }
  }
  const before = table.syncEnds[c]
  const ends = (now + table.timeout[c]) & ~3
  let told = ends
  if (!changed || state === TCP_ESTABLISHED) {
    const refreshJiffies = settings.sync_refresh_period * hz
    if (refreshJiffies > 0) {
      const least = Math.min(refreshJiffies, Math.max(table.timeout[c] >> 1, REFRESH_MIN_S * hz))
      if (Math.abs(ends - before) < least) {
        const retries = before & 3
        if (retries >= settings.sync_retries || now < before - table.timeout[c] + refreshJiffies / RETRY_SHARE) return false
        told = ends | (retries + 1)
      }
    }
    if (settings.sync_period > 0) {
      if (!isTemplate && packetNumber % settings.sync_period !== settings.sync_threshold) return false
    } else if (refreshJiffies === 0 && packetNumber !== settings.sync_threshold) return false
  }
  table.oldState[c] = state
  table.syncEnds[c] = told
  return true
}
