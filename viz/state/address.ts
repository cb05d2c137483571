/**
 * The page's state in its address, so that a link shows what the sender saw: scenario (by name, or its files packed
 * after the #), time, speed, selection, language. A link that is damaged or of a newer version gives a message and the
 * opening page; nothing in it is ever run or inserted as markup.
 */
import { effect } from '@preact/signals'
import { t } from '../i18n/index.ts'
import {
  awaited,
  embedded,
  notice,
  openFiles,
  openPreset,
  opening,
  panel,
  type PanelName,
  preset,
  presenting,
  run,
  selection,
} from './app.ts'
import { playhead, playing, seek, speed, SPEED_MAX, SPEED_MIN } from './clock.ts'
import { currentLesson, lessons, startLesson } from '../lessons/lessons.ts'
import { language } from '../i18n/index.ts'
import { SCENARIOS, presetName } from './presets.ts'
import { pack, type Packed, readPacked, unpack } from './pack.ts'

const VERSION = 1
const LINK_MAX = 8_000
const PANELS: readonly PanelName[] = ['story', 'inside', 'packets', 'charts', 'verdict', 'scenario', 'plan']
const FIRST_LESSON = 'inactconn'

export async function openFromAddress(): Promise<void> {
  const q = new URLSearchParams(location.search)
  embedded.value = q.get('embed') === '1'
  presenting.value = q.get('present') === '1'
  if (Number(q.get('v') ?? VERSION) > VERSION) notice.value = t('address.newer')
  const s = Number(q.get('speed'))
  if (s >= SPEED_MIN && s <= SPEED_MAX) speed.value = s
  const p = q.get('panel') as PanelName | null
  if (p !== null && PANELS.includes(p)) panel.value = p
  await openWhatItNames(q)
  const sel = q.get('sel')
  if (sel !== null) selection.value = { kind: 'host', name: sel.slice(0, 100) }
  const at = Number(q.get('t'))
  if (q.has('t') && Number.isFinite(at) && at >= 0) {
    opening.value = false
    seekWhenComputed(at * 1e9)
  }
}

/** Files that came with the page: written into it (`lvsim run --html`), or served beside it (`lvsim view`). */
async function filesGiven(q: URLSearchParams): Promise<Packed | undefined> {
  const inside = document.getElementById('lvsim-opened')?.textContent?.trim() ?? ''
  if (inside !== '') return readPacked(inside)
  if (q.get('open') !== '1') return undefined
  try {
    const answer = await fetch('./opened.json')
    return answer.ok ? readPacked(await answer.text()) : undefined
  } catch {
    return undefined
  }
}

async function openWhatItNames(q: URLSearchParams): Promise<void> {
  const given = await filesGiven(q)
  if (given !== undefined) {
    opening.value = !q.has('t')
    openFiles(given.files, given.scenario)
    return
  }
  const packed = /^#s=(.+)$/.exec(location.hash)
  if (packed !== null) {
    const opened = await unpack(packed[1])
    if (opened !== undefined) {
      opening.value = false
      openFiles(opened.files, opened.scenario)
      return
    }
    notice.value = t('address.damaged')
  }
  const name = q.get('preset')
  if (name !== null && SCENARIOS.map(presetName).includes(name)) {
    opening.value = false
    await openPreset(name)
    return
  }
  if (name !== null) notice.value = t('address.unknown', { name: name.slice(0, 80) })
  const lesson = lessons.peek().find(l => l.id === (q.get('lesson') ?? FIRST_LESSON)) ?? lessons.peek()[0]
  if (lesson === undefined) return
  currentLesson.value = lesson
  if (q.get('lesson') === lesson.id) {
    await startLesson(lesson.id)
    return
  }
  await openPreset(lesson.scenario)
}

/** A link may point further than has been computed yet. */
function seekWhenComputed(t: number): void {
  awaited.value = t
  const wanted = run.peek()
  let done = false
  let dispose = (): void => undefined
  dispose = effect(() => {
    run.value?.revision.value
    const until = run.value?.untilNs ?? 0
    const end = run.value?.durationNs ?? 0
    if (done || end === 0) return
    if (run.value !== wanted) {
      done = true
      awaited.value = undefined
      queueMicrotask(() => dispose())
      return
    }
    if (until >= Math.min(t, end)) {
      done = true
      awaited.value = undefined
      // Whoever has moved meanwhile is where they want to be.
      if (playhead.peek() === 0 && !playing.peek()) seek(Math.min(t, end))
      queueMicrotask(() => dispose())
    }
  })
}

function query(): URLSearchParams {
  const q = new URLSearchParams()
  if (preset.value !== '') q.set('preset', preset.value)
  q.set('t', (Math.round(playhead.peek()) / 1e9).toFixed(6).replace(/\.?0+$/, '') || '0')
  if (speed.value !== 1) q.set('speed', String(Number(speed.value.toPrecision(3))))
  if (selection.value?.kind === 'host') q.set('sel', selection.value.name)
  if (panel.value !== 'story') q.set('panel', panel.value)
  if (embedded.value) q.set('embed', '1')
  q.set('lang', language.value)
  return q
}

/** Keeps the address up to date while nothing moves; the history is not filled with it. */
export function followAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    if (playing.value) return
    playhead.value
    const q = opening.value ? undefined : query()
    clearTimeout(timer)
    if (q !== undefined) timer = setTimeout(() => history.replaceState(null, '', `?${q}${preset.peek() === '' ? location.hash : ''}`), 400)
  })
}

/** A whole address that opens what is shown; undefined when the scenario is too long for one. */
export async function linkToHere(): Promise<string | undefined> {
  const r = run.peek()
  const q = query()
  q.set('v', String(VERSION))
  const base = `${location.origin}${location.pathname}?${q}`
  if (preset.peek() !== '' || r === undefined) return base
  const link = `${base}#s=${await pack({ scenario: r.scenario, files: r.files })}`
  return link.length > LINK_MAX ? undefined : link
}
