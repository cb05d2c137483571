/** SMTP_CHECK: banner, HELO and QUIT, each with the answer that RFC 5321 wants. Retries as TCP_CHECK. */
import type { SmtpCheck } from '../../../config/keepalived/index.ts'
import { afterCheck, targetOf } from './retry-cycle.ts'
import type { CheckerRules } from './types.ts'

export const SMTP_CHECK: CheckerRules<SmtpCheck> = {
  order: c => ({ kind: 'smtp', helo: c.heloName, ...targetOf(c) }),
  after: (c, state, outcome, name) =>
    afterCheck(c, state, outcome, true, {
      succeeded: `Remote SMTP server ${name} succeed on service.`,
      failed: `SMTP_CHECK on service ${name} failed`,
    }),
}
