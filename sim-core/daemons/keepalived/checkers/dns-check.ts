/** DNS_CHECK: a query over UDP that is answered. Once the server is down it is asked once a delay_loop. */
import type { DnsCheck } from '../../../config/keepalived/index.ts'
import { afterCheck, targetOf } from './retry-cycle.ts'
import type { CheckerRules } from './types.ts'

const DNS_HEADER_BYTES = 12
/** Query type and class. */
const QUESTION_BYTES = 4
/** Length byte of the first label and the root. */
const NAME_OVERHEAD_BYTES = 2

export const DNS_CHECK: CheckerRules<DnsCheck> = {
  order: c => ({
    kind: 'udp',
    payloadBytes: DNS_HEADER_BYTES + QUESTION_BYTES + (c.name === '.' ? 1 : c.name.length + NAME_OVERHEAD_BYTES),
    reply: true,
    ...targetOf(c),
  }),
  after: (c, state, outcome, name) =>
    afterCheck(c, state, outcome, false, {
      succeeded: `DNS_CHECK (${name}) success.`,
      failed: `DNS_CHECK (${name}) ${outcome.what}`,
    }),
}
