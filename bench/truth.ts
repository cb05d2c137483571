/**
 * W2 and W3 in ns-3 (release 3.37, the programs in peers/ns3): what the waits at director 1's link and the drops came to, and
 * the loss and the fairness of the TCP flows; whether ours agree. Means over independent runs are compared by Welch's test at 5 %; what does not vary is compared as it is.
 */
import { studentT } from '../sim-core/sweep/statistics.ts'

/** Mean over `runs`, and half the width of its 95 % confidence interval. */
interface Known {
  readonly mean: number
  readonly half: number
}

interface TruthOfWorkload {
  readonly workload: string
  readonly runs: number
  readonly figures: Readonly<Record<string, Known>>
}

/** ns-3's figures are given to this; so much may two figures differ that are equal. */
const EXACT_US = 0.1

export const TRUTH: readonly TruthOfWorkload[] = [
  { workload: 'W2-constant-1.0', runs: 1, figures: { wait_mean_us: exactly(2), wait_p99_us: exactly(4), drops: exactly(0) } },
  { workload: 'W2-jittered-1.0', runs: 20, figures: { wait_mean_us: { mean: 6.0, half: 0.7 }, wait_p99_us: { mean: 11.9, half: 1.4 } } },
  { workload: 'W2-poisson-1.0', runs: 100, figures: { wait_mean_us: { mean: 3573, half: 341 }, wait_p99_us: { mean: 7918, half: 483 } } },
  { workload: 'W2-poisson-1.2', runs: 10, figures: { wait_mean_us: { mean: 11_889, half: 4 }, drops: { mean: 82_200, half: 671 } } },
  { workload: 'W2-jittered-1.2', runs: 10, figures: { drops: { mean: 82_335, half: 0.2 } } },
  // Of peers/ns3/figures.json.
  { workload: 'W3-newreno', runs: 5, figures: { loss: { mean: 0.0059, half: 0.000365 }, jain: { mean: 0.8388, half: 0.0335 } } },
  { workload: 'W3-cubic', runs: 5, figures: { loss: { mean: 0.002685, half: 0.00041 }, jain: { mean: 0.7086, half: 0.0723 } } },
]

function exactly(mean: number): Known {
  return { mean, half: 0 }
}

export interface Agreement {
  readonly workload: string
  readonly figure: string
  readonly runs: number
  readonly ours: Known
  readonly ns3: Known
  /** Welch's t and its degrees of freedom; null where nothing varies. */
  readonly t: number | null
  readonly degrees_of_freedom: number | null
  readonly agrees: boolean
}

/** How many runs (seeds) a workload needs to be compared; undefined: nothing to compare. */
export const runsOfTruth = (workload: string): number | undefined => TRUTH.find(t => t.workload === workload)?.runs

/** Our figures over `runs` seeds next to ns-3's. `loadStatistics()` comes first. */
export function compareWithTruth(
  workload: string,
  runs: number,
  figures: Readonly<Record<string, { readonly mean: number; readonly standard_error: number }>>,
): Agreement[] {
  const truth = TRUTH.find(t => t.workload === workload)
  if (truth === undefined) return []
  return Object.entries(truth.figures).map(([figure, ns3]) => {
    const { mean, standard_error } = figures[figure]
    const ours = { mean, half: runs > 1 ? standard_error * studentT(runs - 1) : 0 }
    if (ns3.half === 0)
      return { workload, figure, runs, ours, ns3, t: null, degrees_of_freedom: null, agrees: Math.abs(mean - ns3.mean) <= EXACT_US }
    const welch = welchTest(
      { mean, error: standard_error, n: runs },
      { mean: ns3.mean, error: ns3.half / studentT(truth.runs - 1), n: truth.runs },
    )
    return { workload, figure, runs, ours, ns3, ...welch }
  })
}

interface Sample {
  readonly mean: number
  /** Standard error of the mean. */
  readonly error: number
  readonly n: number
}

/** Welch's test of equal means at 5 %, with the Welch–Satterthwaite degrees of freedom. */
export function welchTest(a: Sample, b: Sample): { t: number; degrees_of_freedom: number; agrees: boolean } {
  const va = a.error * a.error
  const vb = b.error * b.error
  const t = (a.mean - b.mean) / Math.sqrt(va + vb)
  const df = (va + vb) ** 2 / (va ** 2 / Math.max(1, a.n - 1) + vb ** 2 / Math.max(1, b.n - 1))
  return { t, degrees_of_freedom: df, agrees: Math.abs(t) <= studentT(df) }
}
