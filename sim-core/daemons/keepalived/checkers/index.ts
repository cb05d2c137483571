/** Checkers by keyword. FILE_CHECK and BFD_CHECK are read and not simulated: they never fail. */
import type { Checker } from '../../../config/keepalived/index.ts'
import type { KeepalivedRelease } from '../../../protocols/vrrp/index.ts'
import { DNS_CHECK } from './dns-check.ts'
import { HTTP_GET } from './http-get.ts'
import { MISC_CHECK } from './misc-check.ts'
import { PING_CHECK } from './ping-check.ts'
import { SMTP_CHECK } from './smtp-check.ts'
import { TCP_CHECK, TCP_CHECK_LATER } from './tcp-check.ts'
import type { CheckerRules } from './types.ts'
import { UDP_CHECK } from './udp-check.ts'

type Rules = { readonly [K in Checker['kind']]?: CheckerRules<Extract<Checker, { kind: K }>> }

const CHECKERS: Rules = {
  TCP_CHECK,
  HTTP_GET: HTTP_GET as CheckerRules<Extract<Checker, { kind: 'HTTP_GET' }>>,
  SSL_GET: HTTP_GET as CheckerRules<Extract<Checker, { kind: 'SSL_GET' }>>,
  SMTP_CHECK,
  DNS_CHECK,
  MISC_CHECK,
  UDP_CHECK,
  PING_CHECK,
}

export const isSimulated = (checker: Checker): boolean => CHECKERS[checker.kind] !== undefined

/** What differs after 2.2. */
const LATER: Rules = { TCP_CHECK: TCP_CHECK_LATER }

export function rulesOf(checker: Checker, release: KeepalivedRelease = '2.2'): CheckerRules<Checker> {
  const changed = release === '2.3+' ? LATER[checker.kind] : undefined
  return (changed ?? CHECKERS[checker.kind]) as unknown as CheckerRules<Checker>
}

export * from './types.ts'
