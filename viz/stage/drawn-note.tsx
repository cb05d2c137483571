/** Says what the picture is not: hops drawn slower than they are, or only one packet in so many. */
import { signal } from '@preact/signals'
import type { Frame, Trace } from '../../sim-core/index.ts'
import { number, t } from '../i18n/index.ts'

const drawn = signal({ slower: 1, oneIn: 1 })

/** Rounded so that it changes seldom: to one digit, and to powers of two. */
export function sayHowDrawn(frame: Frame, trace: Trace, hopNs: number): void {
  const oneIn = frame.thinning
  const link = trace.header.links[0]
  const realNs = link === undefined ? 0 : link.delayNs + 12_304e9 / Math.max(1, link.rateBps)
  const factor = realNs <= 0 ? 1 : hopNs / realNs
  const slower = factor < 1.5 ? 1 : Number(factor.toPrecision(1))
  const last = drawn.peek()
  if (last.oneIn !== oneIn || last.slower !== slower) drawn.value = { slower, oneIn }
}

export function DrawnNote() {
  const { slower, oneIn } = drawn.value
  return (
    <p class="drawn-note">
      {slower > 1 && <span>{t('thinning.slow', { n: number(slower) })}</span>}
      {oneIn > 1 && <span>{t('thinning', { n: number(oneIn) })}</span>}
    </p>
  )
}
