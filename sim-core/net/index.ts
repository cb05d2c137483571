export { AddressBook } from './addresses.ts'
export { ARP_PRESET_NAMES, ARP_PRESETS, type ArpPreset } from './arp-presets.ts'
export * from './drops.ts'
export { DELIVER, FORWARD } from './forwarding-cache.ts'
export * from './icmp.ts'
export { ACCEPTED, ACCEPTED_NS, BACKLOG_NS, DROPPED, LinkMeters, OFFERED_BYTES, QUEUE_MAX, WAIT_SUM_NS } from './link-meters.ts'
export { type LinkOptions, Links, type LinkTap } from './links.ts'
export * from './macs.ts'
export { type ArpMessage, type ArpSettings, LINUX_ARP, Neighbours } from './neighbours.ts'
export { type InterfaceOptions, Network, type NetworkHost, type NetworkOptions } from './network.ts'
export * from './packets.ts'
export {
  type HostOptions,
  LOCAL_ON_LO,
  LOCAL_ON_NIC,
  type NicOptions,
  NOT_LOCAL,
  type PacketHandler,
  type PacketHook,
  Stack,
} from './stack.ts'
export { MEMBERSHIP_NS, Snooping, type SnoopingOptions } from './snooping.ts'
export { floodHappening, Switches } from './switches.ts'
