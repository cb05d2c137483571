/** Keys of the whole page. Off while somebody types, and for keys that the focused control uses itself. */
import { embedded, helpOpen, menuFor, panel, presenting, run, selection, togglePlay } from './app.ts'
import { redo, undo } from './edits.ts'
import { play, playhead, seek } from './clock.ts'
import { changeSpeed, step } from '../time/transport.tsx'
import { moveLesson } from '../lessons/lessons.ts'

export const SHORTCUTS: readonly { readonly keys: readonly string[]; readonly key: string }[] = [
  { keys: ['Space'], key: 'help.play' },
  { keys: ['←', '→'], key: 'help.step' },
  { keys: ['Shift ←', 'Shift →'], key: 'help.state' },
  { keys: [',', '.'], key: 'help.packet' },
  { keys: ['[', ']'], key: 'help.failure' },
  { keys: ['+', '−'], key: 'help.speed' },
  { keys: ['Home', 'End'], key: 'help.ends' },
  { keys: ['1 … 9'], key: 'help.host' },
  { keys: ['K'], key: 'help.kill' },
  { keys: ['PgUp', 'PgDn'], key: 'help.lesson' },
  { keys: ['/'], key: 'help.filter' },
  { keys: ['Ctrl Z', 'Ctrl Y'], key: 'help.undo' },
  { keys: ['P'], key: 'help.present' },
  { keys: ['Esc'], key: 'help.escape' },
  { keys: ['?'], key: 'help.help' },
]

export function listenToKeys(): void {
  window.addEventListener('keydown', e => {
    if (e.defaultPrevented || helpOpen.peek() || isTyping(e.target)) return
    if (e.ctrlKey || e.metaKey) {
      const key = e.key.toLowerCase()
      if (key !== 'z' && key !== 'y') return
      e.preventDefault()
      if (key === 'y' || e.shiftKey) redo()
      else undo()
      return
    }
    if (e.altKey || (usesIt(e.target, e.key) && e.key !== '?')) return
    if (act(e)) e.preventDefault()
  })
}

function act(e: KeyboardEvent): boolean {
  const { key } = e
  if (key >= '1' && key <= '9') return focusHost(Number(key) - 1)
  const found = ACTIONS[key.length === 1 ? key.toLowerCase() : key]
  if (found === undefined) return false
  found(e.shiftKey)
  return true
}

const ACTIONS: Readonly<Record<string, (shift: boolean) => void>> = {
  ' ': () => togglePlay(),
  ArrowRight: shift => step(1, shift ? 'state' : 'told'),
  ArrowLeft: shift => step(-1, shift ? 'state' : 'told'),
  '.': () => step(1, 'packet'),
  ',': () => step(-1, 'packet'),
  ']': () => toFailure(1),
  '[': () => toFailure(-1),
  '+': () => changeSpeed(10),
  '=': () => changeSpeed(10),
  '-': () => changeSpeed(-10),
  Home: () => seek(0),
  End: () => seek(run.peek()?.untilNs ?? 0),
  PageDown: () => moveLesson(1),
  PageUp: () => moveLesson(-1),
  '/': () => {
    panel.value = 'story'
    requestAnimationFrame(() => document.getElementById('story-filter')?.focus())
  },
  k: () => openMenuOfSelected(),
  p: () => {
    if (!embedded.peek()) presenting.value = !presenting.peek()
  },
  '?': () => {
    helpOpen.value = true
  },
  Escape: () => {
    if (menuFor.peek() !== undefined) menuFor.value = undefined
    else if (presenting.peek()) presenting.value = false
    else selection.value = undefined
  },
}

function toFailure(direction: 1 | -1): void {
  const marks = run.peek()?.marks.filter(m => m.kind !== 'takeover') ?? []
  const now = playhead.peek()
  const found = direction > 0 ? marks.find(m => m.t > now) : marks.filter(m => m.t < now).pop()
  if (found === undefined) return
  play(false)
  seek(found.t)
}

function focusHost(index: number): boolean {
  const hosts = document.querySelectorAll<SVGGElement>('#stage-front .host')
  hosts[index]?.focus()
  return hosts[index] !== undefined
}

function openMenuOfSelected(): void {
  const s = selection.peek()
  const name = s?.kind === 'host' ? s.name : (document.activeElement as SVGGElement | null)?.dataset?.['host']
  const card = name === undefined ? null : document.querySelector(`#stage-front .host[data-host="${CSS.escape(name)}"]`)
  card?.dispatchEvent(new MouseEvent('click', { bubbles: true }))
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, input:not([type="range"]):not([type="checkbox"]):not([type="radio"])'))

/** Space on a button presses it, arrows on a slider or a list move there. */
function usesIt(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  if (key === ' ' || key === 'Enter')
    return target.matches('button, select, summary, a, input, [role="button"], [role="menuitem"], [role="tab"]')
  if (key.startsWith('Arrow') || key === 'Home' || key === 'End' || key.startsWith('Page'))
    return target.matches('input, select, [role="slider"], [role="menuitem"], [role="tab"], .scrolls, pre, ol, .cm-content')
  return target.matches('select')
}
