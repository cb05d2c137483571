/**
 * What a metric is. One definition gives its documentation (`lvsim metrics`), the check of expectations that name it,
 * and its value. To add one: write it in the file of its family (or a new file) and list it in registry.ts.
 */
import type { RunView } from './view.ts'

/** How values are written and compared: ratios as percentages, times as durations. */
export type MetricUnit = 'ratio' | 's' | 'bit/s' | 'packets' | 'requests' | 'entries' | 'times' | 'hosts' | 'name'

/** What `of:` names. */
export type MetricLabel = 'link' | 'traffic' | 'vip' | 'director' | 'none'

export const STATS = ['mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'total'] as const
export type Stat = (typeof STATS)[number]

export interface Question {
  readonly view: RunView
  /** Canonical: `switch→b2`, a traffic's name, a VIP, `b1/172.28.128.31:80`; '' for `none`. */
  readonly of: string
  readonly window: string
  readonly fromNs: number
  readonly toNs: number
  readonly stat: Stat
  readonly binNs: number
  readonly atNs?: number
}

/** A number in the metric's unit (s as ns), a name, or why there is none. */
export type Observed =
  | { readonly value: number; readonly text?: string }
  | { readonly value: string; readonly text?: string }
  | { readonly value: undefined; readonly text: string }

export interface Metric {
  readonly name: string
  readonly unit: MetricUnit
  readonly of: MetricLabel
  /** One sentence. */
  readonly meaning: string
  /** How it is counted, where that is not obvious. */
  readonly definition?: string
  /** Which `stat` it takes, the default first; empty: it is one number. */
  readonly stats: readonly Stat[]
  /** Whether `at:` a time is possible, needed, or makes no sense. */
  readonly at: 'may' | 'must' | 'never'
  /** Why the flow level (`model: rates`) cannot tell it; absent: it can. */
  readonly notInRates?: string
  readonly value: (question: Question) => Observed
  /** How it changed from `fromNs` to `toNs`, where that is known to the instant; else `always` and `never` look at bins. */
  readonly course?: (question: Question) => readonly Stretch[] | undefined
}

/** [fromNs, toNs): the metric had one value. */
export interface Stretch {
  readonly fromNs: number
  readonly toNs: number
  readonly value: number | string
}
