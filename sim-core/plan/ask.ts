/**
 * From a read question to its answer: everything between the text that a user wrote and the report, except reading and
 * writing files. The command line and the page both come through here. Tested in test/plan/question.test.ts.
 */
import { hasErrors, type Problem } from '../base/problem.ts'
import { randomStream } from '../base/random.ts'
import type { Failover } from './failover.ts'
import { solveFailover } from './failover.ts'
import { makeModel } from './model.ts'
import type { RawQuestion, ReadQuestion } from './question/index.ts'
import { deploymentOf } from './question/index.ts'
import { makePlan, type PlanResult } from './result.ts'
import type { SkewOptions } from './skew.ts'
import type { SolveOptions } from './solve.ts'
import type { DeploymentOptions } from './write/index.ts'

export type Asked =
  | { readonly ok: true; readonly result: PlanResult; readonly deployment: DeploymentOptions; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const NS_PER_S = 1e9

export async function askPlan(read: ReadQuestion, options: SolveOptions = {}): Promise<Asked> {
  const { question, raw, placement } = read
  if (question === undefined || raw === undefined) return { ok: false, problems: read.problems }
  const made = makeModel(question, placement)
  const problems = [...read.problems, ...(made.ok ? [] : made.problems)]
  const failover = failoverOf(raw, question.balancers.length, question.survive)
  if (failover?.ok === false) problems.push({ ...failover.problem, at: placement('failover') })
  if (!made.ok || hasErrors(problems)) return { ok: false, problems }
  const chosen: Failover | undefined = failover?.ok === true ? failover.failover : undefined
  const vips = made.model.shares?.length ?? 0
  const result = await makePlan(made.model, {
    ...options,
    deployment: deploymentOf(raw, vips),
    ...(raw.vips_up_to === undefined ? {} : { upTo: raw.vips_up_to }),
    ...(chosen === undefined ? {} : { failover: chosen }),
    ...(raw.growth === undefined ? {} : { growthYearly: raw.growth }),
    ...skewOf(raw),
  })
  const deployment = { ...deploymentOf(raw, result.plan.vipNames.length), ...(chosen === undefined ? {} : { failover: chosen }) }
  return { ok: true, result, deployment, problems }
}

const failoverOf = (raw: RawQuestion, balancers: number, survive: number): ReturnType<typeof solveFailover> | undefined =>
  raw.failover === undefined ? undefined : solveFailover(balancers, survive, raw.failover / NS_PER_S)

function skewOf(raw: RawQuestion): { skew?: SkewOptions } {
  if (raw.skew === undefined || raw.skew === false) return {}
  const { resolvers, zipf, draws } = raw.skew === true ? {} : raw.skew
  const stream = randomStream(raw.seed ?? 1, 'skew')
  const optional = { resolvers, zipf, draws }
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  return { skew: { random: () => stream.next(), ...given } }
}
