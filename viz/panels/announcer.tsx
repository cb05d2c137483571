/** Says state changes to screen readers, at most one a second; and a mirror of what the eye reads off the stage. */
import { effect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { instantText } from '../i18n/index.ts'
import { whatText } from '../i18n/happenings.ts'
import { announcement, clusterState, run } from '../state/app.ts'
import { playhead, playing } from '../state/clock.ts'

const EVERY_MS = 1000

export function Announcer() {
  useEffect(() => {
    let last = 0
    let said = -1
    return effect(() => {
      clusterState.value
      const r = run.peek()
      if (r?.trace === undefined || !playing.peek()) return
      const now = playhead.peek()
      const list = r.trace.happenings
      for (let i = r.trace.happeningAt(now + 1) - 1; i >= 0 && i > said; i--) {
        const h = list[i]
        if (h.kind !== 'state' && h.kind !== 'fault') continue
        if (performance.now() - last < EVERY_MS) return
        last = performance.now()
        said = i
        announcement.value = `${instantText(h.t)}: ${h.host} ${whatText(h)}`
        return
      }
    })
  }, [])
  return (
    <div class="visually-hidden" aria-live="polite" role="status">
      {announcement.value}
    </div>
  )
}
