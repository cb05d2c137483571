/**
 * Who counts the packets of traffic sources. The counter reads what it needs from the packet's columns: `traffic` (the
 * source), `segment` (accounting segment of sending), `sentAt`, `ipBytes`, `src` and `dst`.
 */
export interface PacketMeter {
  /** A client handed the packet to its IP stack; all columns are filled. */
  packetSent(p: number): void
  /** The packet reached the application's port on `host`: it is served. */
  packetDelivered(host: number, p: number): void
}
