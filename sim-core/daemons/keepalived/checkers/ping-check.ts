/** PING_CHECK: an ICMP echo that is answered says that the host is there, and nothing of its service. */
import type { PingCheck } from '../../../config/keepalived/index.ts'
import { afterCheck, targetOf } from './retry-cycle.ts'
import type { CheckerRules } from './types.ts'

export const PING_CHECK: CheckerRules<PingCheck> = {
  order: c => ({ kind: 'ping', ...targetOf(c) }),
  after: (c, state, outcome, name) =>
    afterCheck(c, state, outcome, false, {
      succeeded: `ICMP connection to ${name} success.`,
      failed: `ICMP CHECK on service ${name} failed`,
    }),
}
