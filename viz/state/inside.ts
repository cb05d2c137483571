/**
 * What is inside the hosts at the playhead, asked of the worker. While time runs a question goes out when the last one
 * was answered, a few a second; when it stands still, the answer is for exactly that instant.
 */
import { effect, signal } from '@preact/signals'
import type { Inside } from '../worker/protocol.ts'
import { panel, run } from './app.ts'
import { playhead, playing } from './clock.ts'
import type { Run } from './run.ts'
import { askInside } from './simulator.ts'

export interface Looked {
  readonly run: Run
  readonly t: number
  readonly inside: Inside
}

export const looked = signal<Looked | undefined>(undefined)
/** Somebody shows it. */
export const watchers = signal(0)
const PAUSE_MS = 180

let busy = false
let again = false

async function look(): Promise<void> {
  const r = run.peek()
  if (r?.trace === undefined || watchers.peek() === 0) return
  if (busy) {
    again = true
    return
  }
  const t = Math.floor(playhead.peek())
  const last = looked.peek()
  if (last !== undefined && last.run === r && last.t === t) return
  busy = true
  const inside = await askInside(r, t)
  looked.value = { run: r, t, inside }
  if (playing.peek()) await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
  busy = false
  if (again) {
    again = false
    void look()
  }
}

effect(() => {
  playhead.value
  run.value
  watchers.value
  panel.value
  void look()
})
