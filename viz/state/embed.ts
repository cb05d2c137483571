/**
 * Embedded in a course page (`?embed=1`): the page around it says play, pause, seek; it is told when the run is ready
 * and where time is. Messages are plain data, understood or ignored; there is nothing in them to execute.
 */
import { effect } from '@preact/signals'
import { embedded, opening, run } from './app.ts'
import { play, playhead, playing, seek, speed, SPEED_MAX, SPEED_MIN } from './clock.ts'

export function listenToParent(): void {
  if (!embedded.peek() || window.parent === window) return
  window.addEventListener('message', e => {
    if (e.source !== window.parent || typeof e.data !== 'object' || e.data === null) return
    const { lvsim, t, speed: wanted } = e.data as { lvsim?: unknown; t?: unknown; speed?: unknown }
    if (lvsim === 'play' || lvsim === 'pause') {
      opening.value = false
      play(lvsim === 'play')
    } else if (lvsim === 'seek' && typeof t === 'number' && Number.isFinite(t)) seek(t * 1e9)
    else if (lvsim === 'speed' && typeof wanted === 'number' && wanted >= SPEED_MIN && wanted <= SPEED_MAX) speed.value = wanted
  })
  let last = 0
  effect(() => {
    run.value?.revision.value
    const message = {
      lvsim: 'state',
      t: playhead.value / 1e9,
      playing: playing.value,
      computed: (run.value?.untilNs ?? 0) / 1e9,
      duration: (run.value?.durationNs ?? 0) / 1e9,
    }
    if (performance.now() - last < 100) return
    last = performance.now()
    window.parent.postMessage(message, '*')
  })
}
