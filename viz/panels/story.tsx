/**
 * The story: what happened up to the playhead and what is to come, each line with its cause and the arithmetic behind
 * it. A click jumps there. Filtered by words; long stories are drawn in part, around where one is.
 */
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { crowdOf, type Happening, toldOfCrowd } from '../../sim-core/index.ts'
import { instantText, t, tn } from '../i18n/index.ts'
import { causeText, whatText } from '../i18n/happenings.ts'
import { opening, run } from '../state/app.ts'
import { clusterState } from '../state/app.ts'
import { playhead, seek } from '../state/clock.ts'
import { isTold } from '../state/landmarks.ts'
import { WhyPanel } from './why-panel.tsx'
import { hostColour } from '../stage/colours.ts'

const filter = signal('')
const LINES = 160

export function Story() {
  const r = run.value
  r?.revision.value
  clusterState.value
  const list = useRef<HTMLOListElement>(null)
  const told = toldOf(r?.trace?.happenings ?? [])
  const words = filter.value.trim().toLowerCase()
  const shown = words === '' ? told : told.filter(h => `${h.host} ${h.what} ${h.kind}`.toLowerCase().includes(words))
  const now = playhead.peek()
  const index = lastIndexBefore(shown, now)
  const from = Math.max(0, Math.min(index - LINES / 2, shown.length - LINES))
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>('.now')
    const box = list.current
    if (here !== null && here !== undefined && box !== null) box.scrollTop = here.offsetTop - box.clientHeight * 0.6
  }, [index, r])
  return (
    <div class="panel-body story">
      <input
        id="story-filter"
        type="search"
        placeholder={t('story.filter')}
        aria-label={t('story.filter')}
        value={filter.value}
        onInput={e => {
          filter.value = e.currentTarget.value
        }}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable without a mouse */}
      <ol ref={list} tabIndex={0} aria-label={t('panel.story')}>
        {from > 0 && <li class="more">{tn('story.earlier', from)}</li>}
        {shown.slice(from, from + LINES).map((h, i) => (
          <Line key={`${h.t} ${h.host} ${h.what}`} h={h} past={h.t <= now} here={from + i === index} />
        ))}
        {from + LINES < shown.length && <li class="more">{tn('story.later', shown.length - from - LINES)}</li>}
        {shown.length === 0 && <li class="more">{t('story.nothing')}</li>}
      </ol>
    </div>
  )
}

function Line({ h, past, here }: { h: Happening; past: boolean; here: boolean }) {
  return (
    <li class={`line ${h.kind}${past ? '' : ' future'}${here ? ' now' : ''}`}>
      <button
        type="button"
        onClick={() => {
          opening.value = false
          seek(h.t)
        }}
      >
        <time>{instantText(h.t)}</time>
        <b style={past ? { color: hostColour(h.host) } : {}}>{h.host}</b>
        <span>{whatText(h)}</span>
      </button>
      <WhyPanel cause={h.cause} text={causeText(h)} />
    </li>
  )
}

/** Rules that were there from the start, or went with a host's power, are not news; nor is the same thing said again and again. */
const told = new WeakMap<readonly Happening[], { seen: number; list: Happening[]; crowds: Map<string, number>; crash?: Happening }>()

function toldOf(happenings: readonly Happening[]): readonly Happening[] {
  let k = told.get(happenings)
  if (k === undefined) told.set(happenings, (k = { seen: 0, list: [], crowds: new Map() }))
  for (; k.seen < happenings.length; k.seen++) {
    const h = happenings[k.seen]
    if (h.kind === 'fault' && h.fields['verb'] === 'crash') k.crash = h
    if (!isTold(h) || (h.kind === 'service' && (h.t === 0 || (h.t === k.crash?.t && h.host === k.crash.host)))) continue
    const most = toldOfCrowd(h)
    if (most !== undefined) {
      const key = crowdOf(h)
      const n = (k.crowds.get(key) ?? 0) + 1
      k.crowds.set(key, n)
      if (n > most) continue
    }
    k.list.push(h)
  }
  return k.list
}

function lastIndexBefore(list: readonly Happening[], t: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const mid = (low + high) >>> 1
    if (list[mid].t <= t) low = mid + 1
    else high = mid
  }
  return low - 1
}
