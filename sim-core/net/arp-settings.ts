/** What ARP says, and the times of a host's neighbour table: Linux's unless a preset gives others (arp-presets.ts). */
import { MILLISECOND_NS, SECOND_NS } from '../base/units.ts'

export interface ArpMessage {
  readonly operation: 'request' | 'reply'
  readonly senderMac: number
  /** Rows of the address book. */
  readonly sender: number
  readonly target: number
}

export interface ArpSettings {
  /** base_reachable_time, ns; the kernel draws 0.5–1.5 of it, we take the middle. */
  readonly reachableNs: number
  readonly delayFirstProbeNs: number
  readonly retransmitNs: number
  readonly probes: number
  /** unres_qlen_bytes, in bytes of kernel memory a packet takes. */
  readonly queueBytes: number
  /** A gratuitous ARP changes nothing: the entry lasts until its time is over. */
  readonly ignoresGratuitous?: boolean
}

export const LINUX_ARP: ArpSettings = {
  reachableNs: 30 * SECOND_NS,
  delayFirstProbeNs: 5 * SECOND_NS,
  retransmitNs: 1000 * MILLISECOND_NS,
  probes: 3,
  queueBytes: 212_992,
}
