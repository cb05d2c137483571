/** UDP_CHECK: fails on an ICMP error, or on silence when a reply is required; without that silence is a success. */
import type { UdpCheck } from '../../../config/keepalived/index.ts'
import { afterCheck, targetOf } from './retry-cycle.ts'
import type { CheckerRules } from './types.ts'

/** keepalived pads what it sends without a payload of the user's. */
const DEFAULT_PAYLOAD_BYTES = 4

/** Hexadecimal digits, with spaces between bytes or without. */
const bytesOf = (payload: string | undefined): number =>
  payload === undefined ? DEFAULT_PAYLOAD_BYTES : Math.ceil(payload.replace(/[^0-9a-fA-F]/g, '').length / 2)

export const UDP_CHECK: CheckerRules<UdpCheck> = {
  order: c => ({ kind: 'udp', payloadBytes: bytesOf(c.payload), reply: c.requireReply, ...targetOf(c) }),
  after: (c, state, outcome, name) =>
    afterCheck(c, state, outcome, false, {
      succeeded: `UDP connection to ${name} success.`,
      failed: `UDP_CHECK on service ${name} failed`,
    }),
}
