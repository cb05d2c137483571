/**
 * Which of two plans is better: the worst link after any k losses, then the worst before, then fewer idle balancers,
 * then the fewest VIPs moved by the worst failure set, then backups spread over more heirs.
 *
 * Loads of unequal shares are dense, so a plan could always win a millionth on the first criterion by giving up
 * all others. Measured shares are not that exact: worst links within the same half a per cent of the bound count as equal.
 */
import { boundAfter } from './bound.ts'
import type { Instance } from './instance.ts'
import { equalShares } from './instance.ts'
import type { Recount } from './loads.ts'

/** Of the bound: unequal shares are compared in steps of this. */
export const UNEQUAL_STEP = 0.005

/** Negative when `a` is better. */
export function compareRecounts(instance: Instance, a: Recount, b: Recount): number {
  const bound = equalShares(instance) ? undefined : boundAfter(instance).ratio
  const level = (ratio: number): number => (bound === undefined ? ratio : levelAbove(bound, ratio))
  return (
    level(a.worstAfter.ratio) - level(b.worstAfter.ratio) ||
    level(a.worstBefore.ratio) - level(b.worstBefore.ratio) ||
    a.idle.length - b.idle.length ||
    a.moved - b.moved ||
    a.spread - b.spread
  )
}

/** How many steps above the bound an unequal plan's worst link is. */
export const levelAbove = (bound: number, ratio: number): number => Math.floor((ratio / bound - 1) / UNEQUAL_STEP + 1e-9)

/** Nothing left to gain: the ratio is at the bound or, with unequal shares, within the step by which those are compared. */
export const isClose = (instance: Instance, ratio: number, low: number): boolean =>
  equalShares(instance) ? ratio <= low : levelAbove(low, ratio) <= 0
