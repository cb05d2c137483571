/** Expectations of a scenario, checked and complete, and what became of them. */
import type { Position } from '../base/problem.ts'
import type { Stat } from '../metrics/index.ts'

/** `is:` in the metric's unit; times are ns, ratios 1 = 100 %. */
export type Comparison =
  | { readonly kind: 'compare'; readonly op: '<' | '<=' | '>' | '>=' | '==' | '!='; readonly value: number }
  | { readonly kind: 'between'; readonly from: number; readonly to: number }
  /** |observed − value| ≤ tolerance. */
  | { readonly kind: 'near'; readonly value: number; readonly tolerance: number }
  | { readonly kind: 'name'; readonly not: boolean; readonly anyOf: readonly string[] }

/** A comparison that is not about one value but about a quantity's course through the window. */
export type OverTime =
  /** At every instant. */
  | { readonly kind: 'always' }
  /** At no time for longer than so. */
  | { readonly kind: 'never'; readonly longerThanNs: number }
  /** From `afterNs + withinNs` to the end of the window; what happens before does not count. */
  | { readonly kind: 'within'; readonly afterNs: number; readonly withinNs: number }

export interface Expectation {
  readonly at: Position
  /** As it was written, on one line: `link.offered of switch→b2, window after, mean: 102.5 % ± 0.3 %`. */
  readonly text: string
  readonly metric: string
  /** Canonical label; '' when the metric takes none. */
  readonly of: string
  readonly window: string
  readonly atNs?: number
  readonly stat: Stat
  readonly binNs: number
  readonly is: Comparison
  readonly over?: OverTime
  /** Only looked at (measure.ts): it expects nothing. */
  readonly measured?: true
}

export interface ExpectationVerdict {
  readonly expectation: Expectation
  readonly ok: boolean
  /** False: the run was stopped before it could be judged. */
  readonly reached: boolean
  /** In words: `102.5 %`. */
  readonly observed: string
  /** In the metric's unit (times in ns). */
  readonly value?: number | string
  /** When it was broken, if it is known more exactly than by its window. */
  readonly whenNs?: number
  /** Why it failed, one clause; absent when it held. */
  readonly reason?: string
}
