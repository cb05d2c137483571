/** Planning questions for tests: the coursework's, with what a test changes. */
import type { PlanModel, PlanQuestion } from '../../sim-core/plan/index.ts'
import { makeModel } from '../../sim-core/plan/index.ts'

/** Three balancers b1–b3 on 1 Gbit/s, 1.5 Gbit/s of 1500-byte IP packets, one loss. */
export const COURSEWORK: PlanQuestion = {
  balancers: ['b1', 'b2', 'b3'].map(name => ({ name, linkBps: 1e9 })),
  survive: 1,
  trafficBps: 1.5e9,
}

export function modelOf(change: Partial<PlanQuestion> = {}): PlanModel {
  const made = makeModel({ ...COURSEWORK, ...change })
  if (!made.ok) throw new Error(made.problems.map(p => p.message).join('\n'))
  return made.model
}
