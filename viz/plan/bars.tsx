/** A bar for each number of VIPs: the worst link after the losses, and before them inside it. Each is a button that runs that plan. */
import { max, scaleLinear } from 'd3'
import { number, percent, t } from '../i18n/index.ts'
import type { PlanAnswered, PlanPoint } from '../worker/plan-desk.ts'
import { runPlan } from './question.ts'

const HEIGHT = 150
/** Numbers on the bars have room when there are not more of them. */
const NUMBERED = 13

export function Bars({ a }: { a: PlanAnswered }) {
  const top = Math.max(1.15, max(a.points, p => Math.min(p.worstAfter, TALLEST)) ?? 0)
  const y = scaleLinear([0, top], [0, HEIGHT])
  return (
    <div class="bars scrolls" role="group" aria-label={t('plan.bars')} style={{ '--limit': `${y(1)}px`, '--height': `${HEIGHT}px` }}>
      {a.points.map(p => (
        <button
          key={p.vips}
          type="button"
          class={p.fits ? 'bar-of' : 'bar-of over'}
          aria-pressed={p.vips === a.chosen?.vips}
          aria-label={spoken(p)}
          title={spoken(p)}
          onClick={() => void runPlan(p.vips)}
        >
          <span class="column">
            {a.points.length <= NUMBERED && <b>{number(p.worstAfter * 100, p.worstAfter < 1 ? 0 : 1)}</b>}
            <i style={{ height: `${y(Math.min(TALLEST, p.worstAfter))}px` }}>
              <i style={{ height: `${y(Math.min(TALLEST, p.worstBefore))}px` }} />
            </i>
          </span>
          <span class="count">{p.vips}</span>
        </button>
      ))}
      <span class="line-of-100" aria-hidden="true">
        100 %
      </span>
    </div>
  )
}

/** Bars that do not fit are cut here: how far above does not matter. */
const TALLEST = 2

function spoken(p: PlanPoint): string {
  const parts = [
    t('plan.bar', { n: number(p.vips), after: percent(p.worstAfter, 1), before: percent(p.worstBefore, 1) }),
    t(p.fits ? 'plan.fits' : 'plan.tooMuch'),
  ]
  if (p.idle > 0) parts.push(t('plan.idle', { n: number(p.idle) }))
  if (p.even) parts.push(t('plan.isEven'))
  return parts.join(', ')
}
