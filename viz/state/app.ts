/**
 * What the page shows: which run, what is selected, which panel, which packets. Signals, so that each part of the page
 * follows only what it uses. Time is in clock.ts, words in i18n/.
 */
import { batch, computed, effect, signal } from '@preact/signals'
import { ALL_LOOKS, type ClusterState, nextPacket, type Trace } from '../../sim-core/index.ts'
import type { Files } from '../worker/protocol.ts'
import { play, playhead, playing, request, seek, setClockSource } from './clock.ts'
import { loadPreset, presetPath } from './presets.ts'
import type { Run } from './run.ts'
import { forgetRun, startRun } from './simulator.ts'

export type PanelName = 'story' | 'inside' | 'packets' | 'charts' | 'scenario' | 'verdict' | 'plan'
export type Selection =
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'link'; readonly link: number }
  /** `trace`: the one that place and row are of (the run's, or its closer look). */
  | { readonly kind: 'packet'; readonly trace: Trace; readonly place: number; readonly row: number; readonly lost: boolean }

export const runs = signal<readonly Run[]>([])
export const run = signal<Run | undefined>(undefined)
/** The run that the shown one is compared with. */
export const compared = signal<Run | undefined>(undefined)
/** Name of the preset that the files came from; '' for the user's own. */
export const preset = signal('')
export const selection = signal<Selection | undefined>(undefined)
export const panel = signal<PanelName>('story')
export const looks = signal(ALL_LOOKS)
export const menuFor = signal<
  | {
      readonly target: string /** The host's end of a cable when that was clicked. */
      readonly cable?: string
      readonly x: number
      readonly y: number
    }
  | undefined
>(undefined)
export const helpOpen = signal(false)
export const presenting = signal(false)
/** The opening question is still in front. */
export const opening = signal(true)
export const embedded = signal(false)
/** A link pointed to this time, ns, and it is not computed yet. */
export const awaited = signal<number | undefined>(undefined)
/** Said to screen readers. */
export const announcement = signal('')
/** A short message to everybody, with what it is about; gone after some seconds. */
export const notice = signal<string | undefined>(undefined)

setClockSource({
  untilNs: () => run.peek()?.untilNs ?? 0,
  endNs: () => run.peek()?.durationNs ?? 0,
  calmAround: () => (run.peek()?.marks ?? []).filter(m => m.t > 5e9 || m.kind !== 'takeover').map(m => m.t),
})

/** The cluster at the playhead; changes only when something happened. */
export const clusterState = signal<ClusterState>({})
let shownIndex = -1
let shownRun: Run | undefined

/** Called with every picture: brings `clusterState` to t. */
export function bringStateTo(t: number): void {
  const r = run.peek()
  if (r?.trace === undefined || r.states === undefined) return
  const index = r.trace.happeningAt(t + 1)
  if (index === shownIndex && r === shownRun) return
  shownIndex = index
  shownRun = r
  clusterState.value = r.states.at(t)
}

export async function openPreset(name: string, options: { keepTime?: boolean } = {}): Promise<void> {
  const path = presetPath(name)
  const files = await loadPreset(path)
  if (files[path] === undefined) {
    notice.value = `${name}?`
    return
  }
  preset.value = name
  openFiles(files, path, options)
}

/** Forgets the runs there were and begins with these files. */
export function openFiles(files: Files, scenario: string, options: { keepTime?: boolean } = {}): Run {
  for (const old of runs.peek()) forgetRun(old)
  const fresh = startRun(files, scenario, 'A')
  batch(() => {
    runs.value = [fresh]
    run.value = fresh
    compared.value = undefined
    selection.value = undefined
    menuFor.value = undefined
    if (options.keepTime !== true) {
      playing.value = false
      playhead.value = 0
    }
  })
  return fresh
}

const RUNS_KEPT = 3

/** The same cluster with changed files, as a run of its own beside the others; the playhead stays where it is. */
export function forkRun(files: Files, scenario: string): Run {
  const labels = new Set(runs.peek().map(r => r.label))
  const label = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find(l => !labels.has(l)) ?? 'Z'
  const before = run.peek()
  const fresh = startRun(files, scenario, label)
  batch(() => {
    const kept = [...runs.peek(), fresh]
    while (kept.length > RUNS_KEPT) {
      const oldest = kept.find(r => r !== before && r !== fresh)
      if (oldest === undefined) break
      kept.splice(kept.indexOf(oldest), 1)
      forgetRun(oldest)
    }
    runs.value = kept
    run.value = fresh
    compared.value = before
  })
  return fresh
}

export function showRun(r: Run): void {
  const other = run.peek()
  batch(() => {
    run.value = r
    if (compared.peek() === r) compared.value = other
  })
  shownIndex = -1
  request()
}

export const playable = computed(() => {
  run.value?.revision.value
  return (run.value?.untilNs ?? 0) > 0
})

/** Nothing moves in the first seconds of most runs (VRRP listens): a first press of play begins just before it does. */
const LEAD_NS = 0.6e9
const DULL_NS = 1.5e9

export function togglePlay(): void {
  opening.value = false
  const trace = run.peek()?.trace
  if (!playing.peek() && playhead.peek() === 0 && trace !== undefined) {
    const first = nextPacket(trace, 0, ALL_LOOKS) ?? 0
    if (first > DULL_NS) seek(first - LEAD_NS)
  }
  play(!playing.peek())
}

/** A scenario that cannot be run has nothing to ask: what is wrong with it comes to the front. */
effect(() => {
  const r = run.value
  if (r === undefined || (r.failure.value === undefined && r.problems.value.every(p => p.severity !== 'error'))) return
  opening.value = false
  if (panel.peek() !== 'scenario') panel.value = 'verdict'
})

effect(() => {
  run.value?.revision.value
  looks.value
  request()
})

export { play, playhead, playing, seek }
