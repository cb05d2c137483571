/**
 * The playhead: where it is, whether it moves, how fast. One requestAnimationFrame loop moves it; everything drawn is
 * a function of its time. Speed is simulated time a second of ours, from 1 µs/s to 10 s/s; `calm` slows down around
 * faults and takeovers, smoothly, because what matters there happens in milliseconds.
 */
import { effect, signal } from '@preact/signals'

export const SPEED_MIN = 1e-6
export const SPEED_MAX = 10

/** ns. */
export const playhead = signal(0)
/** The same a few times a second, for what is read rather than watched; exact while time stands still. */
export const readhead = signal(0)
export const playing = signal(false)
/** Simulated seconds a second, as chosen. */
export const speed = signal(1)
/** As it is now, slowed or not: what the pictures are drawn for. */
export const actualSpeed = signal(1)
export const calm = signal(false)

export interface ClockSource {
  /** Until where there is something to show, ns. */
  untilNs(): number
  /** Where the run ends, ns. */
  endNs(): number
  /** Instants around which to slow down, ns, ascending. */
  calmAround(): readonly number[]
}

const CALM_BEFORE_NS = 0.25e9
const CALM_AFTER_NS = 0.75e9
const CALM_SPEED = 0.08
/** Longest step of one picture, s: a page in the background does not leap when it comes back. */
const STEP_MAX_S = 0.1
/** Speeds change over about this long, s. */
const EASE_S = 0.25

let source: ClockSource = { untilNs: () => 0, endNs: () => 0, calmAround: () => [] }
let last = -1
let lastRead = 0
const READ_EVERY_MS = 200
let scheduled = false
const listeners = new Set<(t: number) => void>()

export function setClockSource(s: ClockSource): void {
  source = s
}

/** Called once a picture, with the time to draw. Returns how to stop. */
export function onPicture(listener: (t: number) => void): () => void {
  listeners.add(listener)
  request()
  return () => listeners.delete(listener)
}

/** Draws again although time stands still (something else changed). */
export function request(): void {
  if (scheduled || typeof requestAnimationFrame === 'undefined') return
  scheduled = true
  requestAnimationFrame(picture)
}

export function seek(t: number): void {
  playhead.value = Math.max(0, Math.min(source.endNs(), t))
  readhead.value = playhead.peek()
  last = -1
  request()
}

let stopAt = Number.POSITIVE_INFINITY

/** Plays and stops there. */
export function playUntil(t: number): void {
  play(true)
  stopAt = t
}

export function play(on: boolean): void {
  stopAt = Number.POSITIVE_INFINITY
  if (on && playhead.peek() >= source.endNs() && source.endNs() > 0) playhead.value = 0
  playing.value = on
  last = -1
  request()
}

function picture(now: number): void {
  scheduled = false
  const elapsedS = last < 0 ? 0 : Math.min(STEP_MAX_S, (now - last) / 1000)
  last = now
  ease(elapsedS)
  if (playing.peek()) advance(elapsedS)
  if (!playing.peek() || now - lastRead > READ_EVERY_MS) {
    lastRead = now
    readhead.value = playhead.peek()
  }
  for (const listener of listeners) listener(playhead.peek())
  if (playing.peek()) request()
}

function advance(elapsedS: number): void {
  const t = playhead.peek() + elapsedS * actualSpeed.peek() * 1e9
  const until = source.untilNs()
  const end = source.endNs()
  playhead.value = Math.min(t, until, stopAt)
  if ((end > 0 && playhead.peek() >= end) || playhead.peek() >= stopAt) play(false)
}

function ease(elapsedS: number): void {
  const target = wanted(playhead.peek())
  const actual = actualSpeed.peek()
  if (actual === target) return
  // Geometrically, so that a slow-down by 1000 takes as long as one by 10.
  const share = elapsedS <= 0 ? (playing.peek() ? 0 : 1) : 1 - (1 - Math.min(1, elapsedS / EASE_S)) ** 2
  const next = actual * (target / actual) ** share
  actualSpeed.value = Math.abs(next / target - 1) < 0.01 ? target : next
}

function wanted(t: number): number {
  const chosen = speed.peek()
  if (!calm.peek() || chosen <= CALM_SPEED) return chosen
  for (const at of source.calmAround()) {
    if (at - CALM_BEFORE_NS * Math.max(1, chosen) > t) break
    if (t < at + CALM_AFTER_NS) return CALM_SPEED
  }
  return chosen
}

effect(() => {
  speed.value
  calm.value
  if (!playing.peek()) actualSpeed.value = speed.value
  request()
})
