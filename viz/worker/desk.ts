/**
 * What the page asks of the core besides runs: the problems of a text that is being written, a first scenario for
 * keepalived.conf files that came without one, a plan. Answered in a worker of its own, so that no run waits for it.
 */
import { loadScenario, mapFiles, plan, type Problem } from '../../sim-core/index.ts'
import type { Files } from './protocol.ts'
import { answerPlan, type PlanAnswered, type PlanAsked } from './plan-desk.ts'

export type DeskQuestion =
  | { readonly kind: 'problems'; readonly files: Files; readonly scenario: string }
  | { readonly kind: 'starter'; readonly files: Files }
  | { readonly kind: 'plan'; readonly asked: PlanAsked }

export type DeskAnswer =
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  /** `files` with the scenario among them; none when there is no cluster in these files. */
  | {
      readonly kind: 'starter'
      readonly opened?: { readonly files: Files; readonly scenario: string }
      readonly problems: readonly Problem[]
    }
  | { readonly kind: 'plan'; readonly plan: PlanAnswered }

export async function answerDesk(question: DeskQuestion): Promise<DeskAnswer> {
  if (question.kind === 'problems')
    return { kind: 'problems', problems: loadScenario(question.scenario, mapFiles(question.files)).problems }
  if (question.kind === 'starter') return starter(question.files)
  return { kind: 'plan', plan: await answerPlan(question.asked) }
}

const SCENARIO = 'scenario.yaml'
/** What a host is called whose only file is the bare `keepalived.conf`. */
const NAMELESS = 'balancer'

function starter(given: Files): DeskAnswer {
  const files = Object.fromEntries(
    Object.entries(given).map(([path, text]) => [path === 'keepalived.conf' ? `${NAMELESS}.keepalived.conf` : path, text]),
  )
  const { hosts } = plan.filesOfFolder(Object.keys(files))
  if (hosts.length === 0) return { kind: 'starter', problems: [] }
  const made = plan.starterScenario({ file: SCENARIO, hosts, files: mapFiles(files) })
  if (!made.ok) return { kind: 'starter', problems: made.problems }
  return { kind: 'starter', problems: made.problems, opened: { files: { ...files, [SCENARIO]: made.text }, scenario: SCENARIO } }
}
