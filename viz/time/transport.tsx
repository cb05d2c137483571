/** Play, steps, speed, and what time it is. */
import { isTold } from '../state/landmarks.ts'
import { nextHappening, nextPacket, previousHappening, previousPacket } from '../../sim-core/index.ts'
import { duration, instantText, t } from '../i18n/index.ts'
import { looks, opening, run, togglePlay } from '../state/app.ts'
import { actualSpeed, calm, play, playhead, playing, seek, speed, SPEED_MAX, SPEED_MIN } from '../state/clock.ts'

const DECADES = Math.log10(SPEED_MAX / SPEED_MIN)
const STEPS = 140

export const speedToSlider = (s: number): number => (Math.log10(s / SPEED_MIN) / DECADES) * STEPS
export const sliderToSpeed = (v: number): number => {
  const s = SPEED_MIN * 10 ** ((v / STEPS) * DECADES)
  // Near a round value the slider means the round value: 1 s/s must be easy to set.
  const decade = 10 ** Math.round(Math.log10(s))
  return Math.abs(s / decade - 1) < 0.06 ? decade : s
}

export function step(direction: 1 | -1, what: 'told' | 'packet' | 'state'): void {
  const trace = run.peek()?.trace
  if (trace === undefined) return
  opening.value = false
  play(false)
  const now = playhead.peek()
  if (what === 'packet') {
    const at = direction > 0 ? nextPacket(trace, now, looks.peek()) : previousPacket(trace, now, looks.peek())
    if (at !== undefined) seek(at)
    return
  }
  const shown = what === 'state' ? (h: { kind: string }): boolean => h.kind === 'state' || h.kind === 'fault' : isTold
  const h = direction > 0 ? nextHappening(trace, now, shown) : previousHappening(trace, now, shown)
  if (h !== undefined) seek(h.t)
}

export function changeSpeed(by: number): void {
  speed.value = Math.max(SPEED_MIN, Math.min(SPEED_MAX, sliderToSpeed(speedToSlider(speed.peek()) + by)))
}

export function Transport() {
  return (
    <div class="transport" role="group" aria-label={t('time.label')}>
      <button type="button" class="icon" onClick={() => step(-1, 'told')} title={t('time.back')} aria-label={t('time.back')}>
        <Icon d="M15 5L7 12L15 19ZM5 5V19" />
      </button>
      <button
        type="button"
        class="icon play"
        onClick={togglePlay}
        title={playing.value ? t('time.pause') : t('time.play')}
        aria-label={playing.value ? t('time.pause') : t('time.play')}
      >
        {playing.value ? <Icon d="M8 5V19M16 5V19" bold /> : <Icon d="M8 4.5L19 12L8 19.5Z" fill />}
      </button>
      <button type="button" class="icon" onClick={() => step(1, 'told')} title={t('time.forward')} aria-label={t('time.forward')}>
        <Icon d="M9 5L17 12L9 19ZM19 5V19" />
      </button>
      <Clock />
      <label class="speed">
        <span class="label">{t('time.speed')}</span>
        <input
          type="range"
          min="0"
          max={STEPS}
          step="1"
          value={speedToSlider(speed.value)}
          aria-valuetext={speedText(speed.value)}
          onInput={e => {
            speed.value = sliderToSpeed(Number(e.currentTarget.value))
          }}
        />
        <output>{speedText(actualSpeed.value)}</output>
      </label>
      <label class="calm">
        <input
          type="checkbox"
          checked={calm.value}
          onInput={e => {
            calm.value = e.currentTarget.checked
          }}
        />
        {t('time.calm')}
      </label>
    </div>
  )
}

function Clock() {
  const digits = actualSpeed.value < 1e-4 ? 7 : actualSpeed.value < 1e-2 ? 5 : 3
  return (
    <output class="clock" aria-live="off">
      {instantText(playhead.value, digits)}
    </output>
  )
}

/** "1 s/s", "50 µs/s": simulated time for each second of ours. */
export function speedText(s: number): string {
  return t('time.speedText', { time: duration(s * 1e9) })
}

export function Icon({ d, fill, bold }: { d: string; fill?: boolean; bold?: boolean }) {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" class={fill === true ? 'filled' : ''}>
      <path
        d={d}
        fill={fill === true ? 'currentColor' : 'none'}
        stroke="currentColor"
        stroke-width={bold === true ? 4 : 2}
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  )
}
