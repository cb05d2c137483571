/**
 * The planner for the page: sliders in; the curve over the number of VIPs and one plan out, with its files, so that
 * the page can run it. Constructions and bounds answer at once; a solver is fetched only for a plan they do not prove.
 */
import { hasErrors, plan, type Problem } from '../../sim-core/index.ts'
import type { Files } from './protocol.ts'
import { loadSolver } from './highs.ts'

export interface PlanAsked {
  readonly balancers: number
  readonly linkBps: number
  /** IP bits a second. */
  readonly trafficBps: number
  readonly survive: number
  /** The plan wanted; the recommended one when left out. */
  readonly vips?: number
  /** Ask the solver when the bound does not prove the plan. */
  readonly prove?: boolean
}

export interface PlanPoint {
  readonly vips: number
  /** Utilisations of the wire. */
  readonly worstBefore: number
  readonly worstAfter: number
  readonly idle: number
  readonly even: boolean
  readonly fits: boolean
}

export interface PlanAnswered {
  readonly asked: PlanAsked
  readonly problems: readonly Problem[]
  readonly points: readonly PlanPoint[]
  readonly fewestThatFit?: number
  readonly recommended?: number
  readonly fewestEven?: number
  readonly chosen?: ChosenForPage
}

export interface ChosenForPage {
  readonly vips: number
  /** Balancers by name, the first is MASTER while all live. */
  readonly orders: readonly { readonly vip: string; readonly hosts: readonly string[] }[]
  /** Before any loss, then after each. */
  readonly matrix: readonly {
    readonly lost: readonly string[]
    readonly loads: readonly { readonly host: string; readonly utilisation: number }[]
  }[]
  readonly proof: { readonly optimal: boolean; readonly by: string; readonly atLeast: number }
  /** The run that belongs to it: all rates are divided by `slower`, so that its packets can be watched. */
  readonly files: Files
  readonly scenario: string
  readonly slower: number
}

const LOSSES_SHOWN = 12
/** Of the curve; there are so many sets of three lost balancers that a longer one would not keep up with a slider. */
const POINTS_MAX = 60
const MANY_LOSSES = 3
const POINTS_OF_MANY = 16

export async function answerPlan(asked: PlanAsked): Promise<PlanAnswered> {
  const none = (problems: readonly Problem[]): PlanAnswered => ({ asked, problems, points: [] })
  const slower = slowerBy(asked.trafficBps)
  const made = modelOf(asked, 1)
  const run = modelOf(asked, slower)
  if (!made.ok || !run.ok) return none(made.ok ? (run as { problems: readonly Problem[] }).problems : made.problems)
  const { model } = made
  const curve = plan.curve(model, Math.min(plan.curveLength(model), asked.survive < MANY_LOSSES ? POINTS_MAX : POINTS_OF_MANY))
  const wanted = asked.vips ?? curve.recommended ?? plan.bestOf(model).vips
  const point = curve.points.find(p => p.vips === wanted) ?? plan.curvePoint(model, wanted)
  const instance = plan.instanceOf(model, wanted)
  const solver = asked.prove === true && !point.optimal ? await loadSolver() : undefined
  const answer = solver === undefined ? point.answer : await plan.solvePlan(instance, { solver, timeLimitS: 8 })
  const written = plan.writePlan(run.model, answer, plan.deploymentOf(run.raw, wanted))
  const { recommended, fewestThatFit, fewestEven } = curve
  return {
    asked,
    problems: written.problems,
    points: curve.points.map(({ vips, worstBefore, worstAfter, idle, even, fits }) => ({
      ...{ vips, worstBefore, worstAfter, even, fits },
      idle: idle.length,
    })),
    ...(recommended === undefined ? {} : { recommended }),
    ...(fewestThatFit === undefined ? {} : { fewestThatFit }),
    ...(fewestEven === undefined ? {} : { fewestEven }),
    ...(written.ok && !hasErrors(written.problems) ? { chosen: { ...chosenOf(model, instance, answer, written.files), slower } } : {}),
  }
}

type Made =
  | { readonly ok: true; readonly model: plan.PlanModel; readonly raw: plan.RawQuestion }
  | { readonly ok: false; readonly problems: readonly Problem[] }

function modelOf(asked: PlanAsked, slower: number): Made {
  const rate = (bps: number): string => `${Math.round(bps / slower / 1e3)}kbit`
  const options = { balancers: asked.balancers, link: rate(asked.linkBps), traffic: rate(asked.trafficBps), survive: asked.survive }
  const read = plan.readQuestion({ options: Object.entries(options).map(([key, value]) => ({ key, value, typed: `${key} ${value}` })) })
  if (read.question === undefined || read.raw === undefined) return { ok: false, problems: read.problems }
  const made = plan.makeModel(read.question, read.placement)
  return made.ok ? { ok: true, model: made.model, raw: read.raw } : { ok: false, problems: made.problems }
}

/** Packets of more than this are too many to watch: a run then has all rates divided, and the same percentages. */
const WATCHED_BPS = 2e9

function slowerBy(trafficBps: number): number {
  let by = 1
  while (trafficBps / by > WATCHED_BPS) by *= 10
  return by
}

function chosenOf(
  model: plan.PlanModel,
  instance: plan.Instance,
  answer: plan.PlanAnswer,
  files: ReadonlyMap<string, string>,
): Omit<ChosenForPage, 'slower'> {
  const names = model.names
  const after = answer.after
  return {
    vips: answer.orders.length,
    orders: answer.orders.map((order, v) => ({ vip: `VIP ${v + 1}`, hosts: Array.from(order, b => names[b]) })),
    matrix: plan
      .failureMatrix(instance, answer.orders)
      .slice(0, LOSSES_SHOWN)
      .map(row => ({
        lost: row.lost.map(b => names[b]),
        loads: row.loads.map((load, b) => ({
          host: names[b],
          utilisation: plan.utilisation(model, instance, load / instance.capacities[b]),
        })),
      })),
    proof: { optimal: after.optimal, by: after.by, atLeast: plan.utilisation(model, instance, after.atLeast) },
    files: Object.fromEntries(files),
    scenario: [...files.keys()].find(path => path.endsWith('.yaml') && (files.get(path) ?? '').includes('\nscenario:')) ?? 'scenario.yaml',
  }
}
