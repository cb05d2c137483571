/** The one-file form has no solver: the plan keeps its bound, and says so. */
import type { plan } from '../../sim-core/index.ts'

export const loadSolver = (): Promise<plan.Solver | undefined> => Promise.resolve(undefined)
