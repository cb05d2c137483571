/** Why a packet ended without being delivered: names for reports, numbers for the hot path, and the rule behind each. */
import type { CauseRule } from '../trace/contract.ts'

/** Index = number. */
export const DROP_REASONS = [
  'queue full',
  'no carrier',
  'cut off',
  'line loss',
  'host is down',
  'no route',
  'not for this host',
  'time to live exceeded',
  'nobody listens on the port',
  'no answer to ARP',
  'waiting for ARP: too many',
  'no real server is available',
  'the real server is gone',
  'keepalived does not accept packets to the VIP',
  'too large for the link',
  'IPVS drop_packet',
  'server hangs',
  'IPVS: conntrack holds the old connection',
  'the host takes everything in silence',
  'no interface has the MAC',
] as const

export type DropReason = (typeof DROP_REASONS)[number]

/** The rule behind each reason. */
export const DROP_RULES: Readonly<Record<DropReason, CauseRule>> = {
  'queue full': 'loss-queue-full',
  'no carrier': 'loss-no-carrier',
  'cut off': 'loss-cut-off',
  'line loss': 'loss-line',
  'host is down': 'loss-host-down',
  'no route': 'loss-no-route',
  'not for this host': 'loss-not-local',
  'time to live exceeded': 'loss-ttl',
  'nobody listens on the port': 'loss-port-closed',
  'no answer to ARP': 'loss-arp-failed',
  'waiting for ARP: too many': 'loss-arp-queue',
  'no real server is available': 'ipvs-no-destination',
  'the real server is gone': 'ipvs-dead-destination',
  'keepalived does not accept packets to the VIP': 'loss-not-accepted',
  'too large for the link': 'loss-too-large',
  'IPVS drop_packet': 'ipvs-drop-packet',
  'server hangs': 'loss-server-hangs',
  'IPVS: conntrack holds the old connection': 'ipvs-conntrack-drop',
  'the host takes everything in silence': 'loss-silent',
  'no interface has the MAC': 'loss-no-such-mac',
}

export const DROP_QUEUE_FULL = 0
export const DROP_NO_CARRIER = 1
export const DROP_CUT = 2
export const DROP_LINE_LOSS = 3
export const DROP_HOST_DOWN = 4
export const DROP_NO_ROUTE = 5
export const DROP_NOT_LOCAL = 6
export const DROP_TTL = 7
export const DROP_PORT_CLOSED = 8
export const DROP_ARP_FAILED = 9
export const DROP_ARP_QUEUE = 10
export const DROP_IPVS_NO_DESTINATION = 11
export const DROP_IPVS_DEAD_DESTINATION = 12
export const DROP_NOT_ACCEPTED = 13
export const DROP_TOO_LARGE = 14
export const DROP_IPVS_RATE = 15
export const DROP_SERVER_HANGS = 16
export const DROP_IPVS_CONNTRACK = 17
export const DROP_SILENT = 18
/** The switch floods it and nobody takes it: whoever sent it keeps an ARP entry of an interface that is gone. */
export const DROP_NO_SUCH_MAC = 19
