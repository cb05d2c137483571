/** What clients do: the registry of traffic kinds. */
import { type UdpOptions, udpOptions, udpSchema } from './udp.ts'

export * from './source.ts'
export { ARRIVALS, type Arrivals, type UdpOptions, UdpSources } from './udp.ts'

export type TrafficOptions = UdpOptions

/** Key in a scenario's traffic source → schema of its options, and the options made of them. */
export const TRAFFIC_KINDS = {
  udp: { schema: udpSchema, options: udpOptions },
} as const
