/**
 * MISC_CHECK: a script's exit status; 0 is success, with misc_dynamic 2–255 are, too, and set the weight to two less.
 * The next run is counted from the start of the last one, not from its end. A run that fails while the server is down
 * changes nothing.
 */
import type { MiscCheck } from '../../../config/keepalived/index.ts'
import { counted, whyDown } from './retry-cycle.ts'
import type { AfterProbe, CheckerRules, CheckerState } from './types.ts'

/** The smallest exit status that stands for a weight, and the weight 0. */
const FIRST_WEIGHT_STATUS = 2

export const MISC_CHECK: CheckerRules<MiscCheck> = {
  order: c => ({ kind: 'script', path: c.path }),

  after(c, s, outcome, name, nowNs): AfterProbe {
    const status = outcome.status ?? (outcome.ok ? 0 : 1)
    const setsWeight = c.dynamic && status >= FIRST_WEIGHT_STATUS
    const ok = status === 0 || setsWeight
    const seen = counted(s, ok)
    const script = `Misc check to ${name} for [${c.path}]`
    const next = (state: CheckerState): Pick<AfterProbe, 'state' | 'delayNs'> => {
      const everyNs = state.retries > 0 ? c.delayBeforeRetryNs : c.delayLoopNs
      return { state, delayNs: Math.max(0, s.startedNs + everyNs - nowNs) }
    }
    const weight = setsWeight ? { weight: status - FIRST_WEIGHT_STATUS } : {}
    if (ok)
      return {
        ...next({ ...seen, up: true, hasRun: true, retries: 0 }),
        ...weight,
        verdict: s.up ? null : 'up',
        log: !s.up || !s.hasRun ? [`${script} succeeded.`] : [],
        why: `the script ended with ${status}; one success is enough`,
      }
    const retried = s.up && s.retries < c.retry
    if (!s.up || retried)
      return { ...next({ ...seen, hasRun: true, retries: s.retries + (retried ? 1 : 0) }), verdict: null, log: [], why: '' }
    return {
      ...next({ ...seen, up: false, hasRun: true, retries: 0 }),
      verdict: 'down',
      log: [`${script} failed (exited with status ${status}).`],
      why: whyDown(c, s, seen, outcome),
    }
  },
}
