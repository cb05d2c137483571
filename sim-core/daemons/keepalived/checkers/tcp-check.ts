/**
 * TCP_CHECK: the handshake is the check. While the server is down 2.2 repeats its whole retry cycle (recording h01);
 * later releases then check once a delay_loop (check_tcp.c of 2.3.4).
 */
import type { TcpCheck } from '../../../config/keepalived/index.ts'
import { afterCheck, targetOf } from './retry-cycle.ts'
import type { CheckerRules } from './types.ts'

const tcpCheck = (cyclesWhileDown: boolean): CheckerRules<TcpCheck> => ({
  order: c => ({ kind: 'connect', ...targetOf(c) }),
  after: (c, state, outcome, name) =>
    afterCheck(c, state, outcome, cyclesWhileDown, {
      succeeded: `TCP connection to ${name} success.`,
      failed: `TCP_CHECK on service ${name} failed`,
    }),
})

export const TCP_CHECK = tcpCheck(true)
export const TCP_CHECK_LATER = tcpCheck(false)
