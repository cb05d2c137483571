/**
 * The retry counter that all checkers but HTTP_GET and MISC_CHECK share: a success ends it, `retry` + 1 failures in a
 * row are a verdict, and until then the next check comes delay_before_retry after the last one's end.
 *
 * TCP_CHECK (of 2.2) and SMTP_CHECK go on like that while the server is down; the others then check once a delay_loop.
 * (keepalived 2.2.7, check_tcp.c, check_udp.c, check_ping.c, check_dns.c; recording h01.)
 */
import { parseIpv4 } from '../../../base/address.ts'
import { assert } from '../../../base/assert.ts'
import type { CheckerCommon } from '../../../config/keepalived/index.ts'
import { secondsText } from '../../../protocols/vrrp/index.ts'
import type { AfterProbe, CheckerState, ProbeOutcome } from './types.ts'

export interface CycleWords {
  readonly succeeded: string
  /** Without the full stop: `after N retries` may follow. */
  readonly failed: string
}

export function afterCheck(
  c: CheckerCommon,
  s: CheckerState,
  outcome: ProbeOutcome,
  cyclesWhileDown: boolean,
  words: CycleWords,
): AfterProbe {
  const { ok } = outcome
  const seen = counted(s, ok)
  const inDoubt = s.up || !s.hasRun
  const concluded = ok || (s.retries >= c.retry && (cyclesWhileDown || inDoubt))
  if (!concluded) {
    const retries = cyclesWhileDown || s.up ? s.retries + 1 : s.retries
    const delayNs = retries > s.retries ? c.delayBeforeRetryNs : c.delayLoopNs
    return { state: { ...seen, hasRun: true, retries }, verdict: null, delayNs, log: [], why: '' }
  }
  const after = c.retry > 0 && s.hasRun ? ` after ${c.retry} retries` : ''
  const log = ok ? (!s.up || !s.hasRun ? [words.succeeded] : []) : inDoubt ? [`${words.failed}${after}.`] : []
  return {
    state: { ...seen, hasRun: true, retries: 0, up: ok },
    verdict: s.up === ok ? null : ok ? 'up' : 'down',
    delayNs: c.delayLoopNs,
    log,
    why: ok ? `${outcome.what}; one success is enough` : whyDown(c, s, seen, outcome),
  }
}

/** The failures in a row, with this check. */
export const counted = (s: CheckerState, ok: boolean): CheckerState =>
  ok ? { ...s, failingSinceNs: null, failures: 0 } : { ...s, failingSinceNs: s.failingSinceNs ?? s.startedNs, failures: s.failures + 1 }

/** Why a server is taken out; `seen` counts this failure, too. */
export function whyDown(c: CheckerCommon, s: CheckerState, seen: CheckerState, outcome: ProbeOutcome): string {
  const since = secondsText(seen.failingSinceNs ?? s.startedNs)
  if (!s.hasRun) return `${outcome.what} since ${since}; the first check after the start has no retries`
  if (c.retry === 0) return `${outcome.what} since ${since}; retry is 0`
  return (
    `${outcome.what}, ${seen.failures} times in a row: the check of ${since} and ` +
    `${c.retry} ${c.retry === 1 ? 'retry' : 'retries'} after delay_before_retry ${secondsText(c.delayBeforeRetryNs)} each`
  )
}

export function addressOf(text: string): number {
  const ip = parseIpv4(text)
  assert(ip !== undefined, `${text} was read as an IPv4 address`)
  return ip
}

/** Where a checker connects, from where, and how long each step may take. */
export const targetOf = (c: CheckerCommon) => ({
  ip: addressOf(c.connectIp),
  port: c.connectPort,
  bindIp: c.bindIp === undefined ? null : addressOf(c.bindIp),
  bindPort: c.bindPort ?? null,
  timeoutNs: c.connectTimeoutNs as number,
})
