/** What a window comes to, as a metric, so that a scenario can expect it. */
import type { Metric } from './metric.ts'

export const WINDOW_METRICS: readonly Metric[] = [
  {
    name: 'window.verdict',
    unit: 'name',
    of: 'none',
    meaning: 'HOLDS, DEGRADED or OUTAGE: what the report says of the window',
    definition:
      'HOLDS: all that was sent was delivered or answered and no link was offered more than its wire rate; OUTAGE: a VIP was unserved throughout; takeovers are judged apart',
    stats: [],
    at: 'never',
    value: q => {
      const window = q.view.windows.find(w => w.name === q.window)
      return window === undefined ? { value: undefined, text: `there is no window ${q.window}` } : { value: window.judgement.verdict }
    },
  },
]
