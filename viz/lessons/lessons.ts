/**
 * Lessons: guided stories over a scenario, as YAML that a teacher can write (lessons/*.yaml; the build turns them into
 * data). A step sets the stage (time, speed, panel, host), says something, may ask first. Steps go back as well as
 * forward, because the stage is a function of time.
 */
import { signal } from '@preact/signals'
import type { Files } from '../worker/protocol.ts'
import { wrongWithLesson } from './check.ts'
import { openFiles, openPreset, opening, panel, type PanelName, run, selection } from '../state/app.ts'
import { playUntil, play, seek, speed } from '../state/clock.ts'
import { reducedMotion } from '../state/settings.ts'
import { effect } from '@preact/signals'
import { calm } from '../state/clock.ts'

/** Language → text. */
export type Words = Readonly<Record<string, string>>

export interface Answer {
  readonly text: Words
  readonly right?: boolean
  readonly say: Words
}

export interface Step {
  /** Seconds of simulated time. */
  readonly at: number
  readonly until?: number
  readonly speed?: number
  readonly calm?: boolean
  readonly panel?: PanelName
  readonly select?: string
  /** Another scenario from this step on. */
  readonly scenario?: string
  readonly text: Words
  readonly predict?: { readonly ask: Words; readonly answers: readonly Answer[] }
}

export interface Lesson {
  readonly id: string
  readonly order: number
  readonly scenario: string
  readonly title: Words
  readonly question: Words
  readonly lead: Words
  readonly steps: readonly Step[]
}

const MODULES = import.meta.glob<{ default: Lesson }>('./*.yaml', { eager: true })
export const lessons = signal<readonly Lesson[]>(
  Object.values(MODULES)
    .map(m => m.default)
    .sort((a, b) => a.order - b.order),
)
export const currentLesson = signal<Lesson | undefined>(undefined)
/** Index into the steps; −1: the lesson was not begun or was left. */
export const currentStep = signal(-1)

/** Files of lessons that a user brought along, by lesson. */
const ownFiles = new Map<string, Files>()

/** A teacher's own lesson, from a dropped file; undefined, or what is wrong with it. */
export function addLesson(raw: unknown, files: Files): string | undefined {
  const wrong = wrongWithLesson(raw)
  if (wrong !== undefined) return wrong
  const lesson = { ...(raw as Lesson) }
  lessons.value = [lesson, ...lessons.peek().filter(l => l.id !== lesson.id)]
  ownFiles.set(lesson.id, files)
  return undefined
}

/** Opens a scenario of the lesson: one that came with it, else one of the page's. */
async function openFor(lesson: Lesson, scenario: string): Promise<void> {
  const files = ownFiles.get(lesson.id)
  const path = Object.keys(files ?? {}).find(p => p === scenario || p.endsWith(`${scenario}.yaml`) || p.endsWith(scenario))
  if (files === undefined || path === undefined) await openPreset(scenario)
  else openFiles(files, path)
}

export async function startLesson(id: string): Promise<void> {
  const lesson = lessons.peek().find(l => l.id === id)
  if (lesson === undefined) return
  currentLesson.value = lesson
  await show(lesson, 0)
}

export function leaveLesson(): void {
  currentStep.value = -1
}

export function moveLesson(by: 1 | -1): void {
  const lesson = currentLesson.peek()
  if (lesson === undefined || currentStep.peek() < 0) return
  const next = currentStep.peek() + by
  if (next >= 0 && next < lesson.steps.length) void show(lesson, next)
}

async function show(lesson: Lesson, index: number): Promise<void> {
  const step = lesson.steps[index]
  const scenario = lesson.steps.slice(0, index + 1).reduce((s, x) => x.scenario ?? s, lesson.scenario)
  opening.value = false
  currentStep.value = index
  play(false)
  const open = run.peek()?.scenario ?? ''
  if (!open.endsWith(`${scenario.replace(/\.yaml$/, '')}.yaml`) || run.peek()?.label !== 'A') await openFor(lesson, scenario)
  if (currentLesson.peek() !== lesson || currentStep.peek() !== index) return
  if (step.panel !== undefined) panel.value = step.panel
  if (step.select !== undefined) selection.value = { kind: 'host', name: step.select }
  speed.value = step.speed ?? 1
  calm.value = step.calm ?? false
  whenComputed(step.at * 1e9, () => {
    if (currentStep.peek() !== index) return
    seek(step.at * 1e9)
    if (step.until === undefined || step.predict !== undefined) return
    if (reducedMotion.peek()) seek(step.until * 1e9)
    else playUntil(step.until * 1e9)
  })
}

/** Plays what a step shows, again or after its question was answered. */
export function playStep(): void {
  const step = currentLesson.peek()?.steps[currentStep.peek()]
  if (step?.until === undefined) return
  seek(step.at * 1e9)
  playUntil(step.until * 1e9)
}

function whenComputed(t: number, then: () => void): void {
  let done = false
  let dispose = (): void => undefined
  dispose = effect(() => {
    run.value?.revision.value
    if (done || (run.value?.durationNs ?? 0) === 0 || (run.value?.untilNs ?? 0) < Math.min(t, run.value?.durationNs ?? 0)) return
    done = true
    queueMicrotask(() => {
      dispose()
      then()
    })
  })
}
