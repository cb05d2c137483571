/** TCP_CHECK: the handshake is the check. It repeats its whole retry cycle while the server is down (recording h01). */
import type { TcpCheck } from '../../../config/keepalived/index.ts'
import { afterCheck, targetOf } from './retry-cycle.ts'
import type { CheckerRules } from './types.ts'

export const TCP_CHECK: CheckerRules<TcpCheck> = {
  order: c => ({ kind: 'connect', ...targetOf(c) }),
  after: (c, state, outcome, name) =>
    afterCheck(c, state, outcome, true, {
      succeeded: `TCP connection to ${name} success.`,
      failed: `TCP_CHECK on service ${name} failed`,
    }),
}
