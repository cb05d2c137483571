/**
 * HTTP_GET and SSL_GET: a GET of each URL in turn, delay_loop between them; the status must be among those wanted.
 *
 * A URL that failed too often takes the server down and is then asked for alone, once in the longer of delay_before_retry
 * and delay_loop; when it answers again, all URLs are asked for once more before the server is up: with one URL that
 * is the second success (keepalived 2.2.7, check_http.c; recording h02). What a page says (digest, regex) is not
 * simulated: an answer with a wanted status counts.
 */
import type { HttpCheck } from '../../../config/keepalived/index.ts'
import { counted, targetOf, whyDown } from './retry-cycle.ts'
import type { AfterProbe, CheckerRules, CheckerState, ProbeOutcome } from './types.ts'

/** Status of the outcome, judged by the URL that was asked for. */
function judged(c: HttpCheck, s: CheckerState, outcome: ProbeOutcome): ProbeOutcome {
  const { status } = outcome
  if (!outcome.ok || status === undefined) return outcome
  const wanted = c.urls[s.url]?.statusCodes ?? []
  return wanted.some(([from, to]) => status >= from && status <= to) ? outcome : { ...outcome, ok: false, what: `status ${status}` }
}

function succeeded(c: HttpCheck, s: CheckerState, outcome: ProbeOutcome, name: string): AfterProbe {
  const log = s.up ? [] : [`HTTP status code success to ${name} url(${c.urls[s.url]?.path ?? '/'})`]
  const last = s.url + 1 >= c.urls.length
  const complete = last && s.failedUrl === null
  const again = s.failedUrl !== null
  const hasRun = s.hasRun || complete
  const up = s.up || complete
  const fast = c.fastRecovery && (!hasRun || !up)
  return {
    state: {
      ...counted(s, true),
      up,
      hasRun,
      retries: hasRun ? 0 : c.retry,
      url: last || again ? 0 : s.url + 1,
      failedUrl: null,
    },
    verdict: complete && !s.up ? 'up' : null,
    delayNs: fast ? 0 : c.delayLoopNs,
    log,
    why: `${outcome.what}: every URL has answered since the one that failed did so again`,
  }
}

function failed(c: HttpCheck, s: CheckerState, outcome: ProbeOutcome, name: string): AfterProbe {
  const seen = counted(s, false)
  const inDoubt = s.up || !s.hasRun
  const retries = s.retries + (inDoubt ? 1 : 0)
  const down = inDoubt && retries > c.retry
  const failedUrl = down ? s.url : s.failedUrl
  const after = c.retry > 0 ? ` after ${retries - 1} retries` : ''
  return {
    state: { ...seen, up: s.up && !down, hasRun: true, retries, failedUrl },
    verdict: down && s.up ? 'down' : null,
    delayNs: failedUrl === null ? c.delayBeforeRetryNs : Math.max(c.delayBeforeRetryNs, c.delayLoopNs),
    log: down ? [`HTTP_CHECK on service ${name} failed${after}.`] : [],
    why: whyDown(c, s, seen, outcome),
  }
}

export const HTTP_GET: CheckerRules<HttpCheck> = {
  order: (c, s) => ({
    kind: 'http',
    path: c.urls[s.url]?.path ?? '/',
    host: c.urls[s.url]?.virtualhost ?? c.virtualhost ?? `${c.connectIp}:${c.connectPort}`,
    version: c.httpProtocol,
    tls: c.kind === 'SSL_GET',
    ...targetOf(c),
  }),
  after(c, s, outcome, name) {
    const result = judged(c, s, outcome)
    return result.ok ? succeeded(c, s, result, name) : failed(c, s, result, name)
  },
}
