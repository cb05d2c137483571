/**
 * Histograms of a window, with the values that were not worth recording: a packet that does not wait is counted by
 * the link, not by its histogram, so zeros are put back here.
 */
import { Histogram } from '../base/histogram.ts'

export interface Distribution {
  readonly count: number
  readonly mean: number
  readonly min: number
  readonly max: number
  /** q from 0 to 1; 0 when nothing was recorded. */
  quantile(q: number): number
}

/** `count` values in all, of which those in `parts` are above zero (or, where `count` is left out, all there are). */
export function distribution(parts: readonly (Histogram | null)[], count?: number): Distribution {
  const merged = new Histogram()
  for (const part of parts) if (part !== null) merged.add(part)
  const all = Math.max(count ?? merged.count, merged.count)
  const zeros = all - merged.count
  return {
    count: all,
    mean: all === 0 ? 0 : merged.sum / all,
    min: zeros > 0 || all === 0 ? 0 : merged.min,
    max: merged.max,
    quantile: q => {
      const rank = Math.max(1, Math.ceil(q * all)) - zeros
      return rank <= 0 || merged.count === 0 ? 0 : merged.quantile(rank / merged.count)
    },
  }
}
