/** What the planner is asked, and its last answer. Every change of the question is answered soon after the hand rests. */
import { batch, effect, signal } from '@preact/signals'
import { notice, openFiles, opening, preset, run, togglePlay } from '../state/app.ts'
import { askDesk } from '../state/desk.ts'
import { reducedMotion } from '../state/settings.ts'
import type { PlanAnswered } from '../worker/plan-desk.ts'

export interface Question {
  readonly balancers: number
  readonly linkBps: number
  /** Part of all links together that the traffic fills, 0–1: what a slider can say for any link. */
  readonly filled: number
  readonly survive: number
  /** undefined: the recommended number. */
  readonly vips?: number
}

/** The coursework's: three balancers of 1 Gbit/s, 1.5 Gbit/s, one is lost. */
export const question = signal<Question>({ balancers: 3, linkBps: 1e9, filled: 0.5, survive: 1 })
export const answered = signal<PlanAnswered | undefined>(undefined)
export const proving = signal(false)
/** Somebody shows it. */
export const planners = signal(0)

export const trafficBps = (q: Question): number => Math.max(1e6, Math.round((q.balancers * q.linkBps * q.filled) / 1e6) * 1e6)

const REST_MS = 90
let newest = 0

async function ask(q: Question, prove: boolean): Promise<PlanAnswered | undefined> {
  const mine = ++newest
  const { balancers, linkBps, survive, vips } = q
  const asked = { balancers, linkBps, survive, trafficBps: trafficBps(q), ...(vips === undefined ? {} : { vips }), prove }
  proving.value = prove
  try {
    const { plan } = await askDesk({ kind: 'plan', asked })
    if (mine !== newest) return undefined
    answered.value = plan
    return plan
  } catch (error) {
    notice.value = String(error)
    return undefined
  } finally {
    if (mine === newest) proving.value = false
  }
}

/** One question at a time: while a large one is being answered, only the newest of those after it waits. */
let busy = false

async function askNewest(): Promise<void> {
  if (busy) return
  busy = true
  let q: Question
  do {
    q = question.peek()
    await ask(q, false)
  } while (q !== question.peek())
  busy = false
}

effect(() => {
  question.value
  if (planners.value === 0) return
  const timer = setTimeout(() => void askNewest(), REST_MS)
  return () => clearTimeout(timer)
})

export const prove = (): void => void ask(question.peek(), true)

/** Shows the plan of that many VIPs at work: its own files, its traffic, its worst loss. */
export async function runPlan(vips: number): Promise<void> {
  question.value = { ...question.peek(), vips }
  const have = answered.peek()
  const plan = have?.chosen?.vips === vips && sameQuestion(have) ? have : await ask(question.peek(), false)
  const chosen = plan?.chosen
  if (chosen === undefined) return
  const fresh = batch(() => {
    preset.value = ''
    opening.value = false
    return openFiles(chosen.files, chosen.scenario)
  })
  const stop = effect(() => {
    fresh.revision.value
    if (run.value !== fresh || fresh.untilNs < FIRST_NS) return
    queueMicrotask(() => {
      stop()
      if (run.peek() === fresh && !reducedMotion.peek()) togglePlay()
    })
  })
}

/** Enough of the run that play does not stop at once. */
const FIRST_NS = 4.5e9

function sameQuestion({ asked }: PlanAnswered): boolean {
  const q = question.peek()
  return asked.balancers === q.balancers && asked.linkBps === q.linkBps && asked.survive === q.survive && asked.trafficBps === trafficBps(q)
}
