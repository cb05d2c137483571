/**
 * Changes to the scenario, with undo and redo (Immer patches), and the run that follows from each. What is clicked on
 * the stage becomes an event in the YAML at the playhead's time, so the page never does what the file does not say.
 */
import { computed, signal } from '@preact/signals'
import { applyPatches, enablePatches, type Patch, produceWithPatches } from 'immer'
import { t } from '../i18n/index.ts'
import type { Files } from '../worker/protocol.ts'
import { forkRun, notice, preset, run } from './app.ts'
import { playhead } from './clock.ts'

enablePatches()

interface Edit {
  readonly redo: readonly Patch[]
  readonly undo: readonly Patch[]
}

interface Document {
  readonly scenario: string
  readonly files: Files
}

const undoable = signal<readonly Edit[]>([])
const redoable = signal<readonly Edit[]>([])
export const canUndo = computed(() => undoable.value.length > 0)
export const canRedo = computed(() => redoable.value.length > 0)

const UNDO_MAX = 100

const current = (): Document | undefined => {
  const r = run.peek()
  return r === undefined ? undefined : { scenario: r.scenario, files: r.files }
}

/** A new text for the scenario (or a file it names), as a run of its own. */
export function editFile(path: string, text: string): void {
  const document = current()
  if (document === undefined || document.files[path] === text) return
  const [next, redoPatches, undoPatches] = produceWithPatches(document, draft => {
    ;(draft.files as Record<string, string>)[path] = text
  })
  undoable.value = [...undoable.peek(), { redo: redoPatches, undo: undoPatches }].slice(-UNDO_MAX)
  redoable.value = []
  preset.value = ''
  forkRun(next.files, next.scenario)
}

export function undo(): void {
  move(undoable, redoable, 'undo')
}

export function redo(): void {
  move(redoable, undoable, 'redo')
}

function move(from: typeof undoable, to: typeof undoable, way: keyof Edit): void {
  const document = current()
  const edit = from.peek()[from.peek().length - 1]
  if (document === undefined || edit === undefined) return
  const next = applyPatches(document, edit[way] as Patch[])
  from.value = from.peek().slice(0, -1)
  to.value = [...to.peek(), edit]
  forkRun(next.files, next.scenario)
}

export function forgetEdits(): void {
  undoable.value = []
  redoable.value = []
}

export type EventOptions = Readonly<Record<string, string | number | boolean | Readonly<Record<string, string>>>>

/** Something happens to a host at the playhead: appended to the scenario's events. */
export async function breakIt(verb: string, target: string, options: EventOptions = {}): Promise<void> {
  const document = current()
  const r = run.peek()
  if (document === undefined || r === undefined) return
  const atNs = Math.ceil(playhead.peek() / 1e6) * 1e6
  if (atNs >= r.durationNs) {
    notice.value = t('edit.afterEnd')
    return
  }
  const { withEvent } = await import('../editor/scenario-text.ts')
  const text = withEvent(document.files[document.scenario] ?? '', atNs, { [verb]: target, ...options })
  if (text === undefined) notice.value = t('edit.unreadable')
  else editFile(document.scenario, text)
}
