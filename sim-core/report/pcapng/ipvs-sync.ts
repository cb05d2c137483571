/** Messages of the IPVS sync daemon as bytes: versions 0 and 1 (net/netfilter/ipvs/ip_vs_sync.c), for IPv4 connections. */
import { PACKET_TCP, PACKET_UDP } from '../../net/index.ts'
import type { SyncDatagram, SyncRecord } from '../../protocols/ipvs/index.ts'
import type { Bytes } from './bytes.ts'

const PROTOCOL_NUMBERS: Readonly<Record<number, number>> = { [PACKET_TCP]: 6, [PACKET_UDP]: 17 }
const RECORD_BYTES_V1 = 36
const VERSION = 1

export function writeSync(out: Bytes, datagram: SyncDatagram): void {
  const { records, syncId, bytes, version } = datagram
  if (version === 0) {
    out.u8(records.length)
    out.u8(syncId)
    out.u16(bytes)
    for (const r of records) writeRecord0(out, r)
    return
  }
  out.u8(0)
  out.u8(syncId)
  out.u16(bytes)
  out.u8(records.length)
  out.u8(VERSION)
  out.u16(0)
  for (const r of records) writeRecord1(out, r)
}

const protocolOf = (r: SyncRecord): number => PROTOCOL_NUMBERS[r.protocol] ?? 0

function writeRecord0(out: Bytes, r: SyncRecord): void {
  out.u8(0)
  out.u8(protocolOf(r))
  for (const port of [r.clientPort, r.virtualPort, r.serverPort]) out.u16(port)
  for (const address of [r.client, r.virtual, r.server]) out.u32(address)
  out.u16(r.flags)
  out.u16(r.state)
}

function writeRecord1(out: Bytes, r: SyncRecord): void {
  out.u8(0)
  out.u8(protocolOf(r))
  out.u16(RECORD_BYTES_V1)
  out.u32(r.flags)
  out.u16(r.state)
  for (const port of [r.clientPort, r.virtualPort, r.serverPort]) out.u16(port)
  out.u32(r.mark)
  out.u32(r.timeoutS)
  for (const address of [r.client, r.virtual, r.server]) out.u32(address)
}
