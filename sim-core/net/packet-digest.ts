/** The two words that a packet brings into its receiver's digest, besides the time: kind, addresses, ports, size, flags. */
import type { AddressBook } from './addresses.ts'
import type { Packets } from './packets.ts'

export function digestA(packets: Packets, addresses: AddressBook, p: number): number {
  return Math.imul(addresses.value[packets.src[p]] | 0, 0x9e3779b1 | 0) ^ packets.kind[p]
}

export function digestB(packets: Packets, addresses: AddressBook, p: number): number {
  const ports = (packets.srcPort[p] << 16) ^ packets.dstPort[p]
  const address = Math.imul(addresses.value[packets.dst[p]] | 0, 0x85ebca77 | 0)
  return address ^ ports ^ (packets.ipBytes[p] << 8) ^ packets.flags[p]
}
