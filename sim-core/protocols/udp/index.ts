export type { PacketMeter } from './packet-meter.ts'
export { type DatagramReceiver, Udp, UDP_ANSWER, UDP_QUERY } from './udp.ts'
