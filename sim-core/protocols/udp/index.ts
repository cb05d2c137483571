export type { PacketMeter } from './packet-meter.ts'
export { type DatagramReceiver, Udp } from './udp.ts'
