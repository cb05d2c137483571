/**
 * The planner's curve as a table with bars: one row for each number of VIPs, full part while all live, light part what
 * a loss adds, and a mark at the limit. Bars end at twice the limit, with an arrow when they go on. Tested in test/report/plan.test.ts.
 */
import { showRatio } from '../../metrics/index.ts'
import type { CurvePoint, PlanResult } from '../../plan/index.ts'
import { renderTable, type Table } from '../columns.ts'
import type { Style } from '../style.ts'
import { curveRows } from './curve-rows.ts'

const BAR_COLUMNS = 36
const FULL = '█'
const LIGHT = '░'
const LIMIT = '│'
const FURTHER = '▶'

export function curveTable(result: PlanResult, style: Style): string {
  const { model, curve, plan } = result
  const scale = Math.min(2 * model.limit, Math.max(model.limit, ...curve.points.map(p => p.worstAfter)))
  const columns = (ratio: number): number => Math.round((ratio / scale) * BAR_COLUMNS)
  const planned = model.shares === undefined ? plan.vipNames.length : undefined
  const table: Table = {
    head: ['VIPs', 'worst before', 'after', 'idle', 'even', '', `${FULL} before ${LIGHT} after ${LIMIT} limit ${showRatio(model.limit)}`],
    align: 'rrrllll',
    rows: curveRows(result).map(p =>
      p === undefined
        ? ['…']
        : [
            String(p.vips),
            showRatio(p.worstBefore),
            { text: showRatio(p.worstAfter), paint: p.fits ? style.good : style.bad },
            idleText(p),
            evenText(p, model.family.survive),
            { text: `${p.fits ? 'fits' : 'no'}${p.vips === planned ? ' ◀' : ''}`, paint: p.fits ? style.good : style.bad },
            bar(columns(p.worstBefore), columns(p.worstAfter), columns(model.limit)),
          ],
    ),
  }
  return renderTable(table, style.dim)
}

const IDLE_NAMES = 3

export function idleText({ idle }: CurvePoint): string {
  if (idle.length === 0) return '–'
  return idle.length <= IDLE_NAMES ? idle.join(', ') : `${idle.length} of them`
}

export function evenText(p: CurvePoint, survive: number): string {
  if (p.even) return survive === 0 ? 'yes' : 'before and after'
  return p.evenBefore ? 'before' : '–'
}

function bar(before: number, after: number, limit: number): string {
  const cells = Array.from({ length: Math.min(BAR_COLUMNS, Math.max(after, limit + 1)) }, (_, i) => {
    if (i === limit) return LIMIT
    if (i === BAR_COLUMNS - 1 && after > BAR_COLUMNS) return FURTHER
    return i < before ? FULL : i < after ? LIGHT : ' '
  })
  return cells.join('')
}
