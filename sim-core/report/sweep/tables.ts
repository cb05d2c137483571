/**
 * The tables of a sweep: one a measure. With two axes or more the last one makes the columns, so that "which VIPs at
 * which rate" is seen at a glance; otherwise, or when that gets too wide, each point has a row with all that is known.
 */
import type { MeasureResult, PointResult, SweepMeasure, SweepResult } from '../../sweep/index.ts'
import { type PhaseExtreme, type WorstPhase, worstPhases } from '../../sweep/index.ts'
import type { Cell, Table } from '../columns.ts'
import { PLAIN, type Style } from '../style.ts'
import { measureAt, showExtreme, showMeasure, WORDS } from './words.ts'
import { showValue } from '../../metrics/index.ts'

const COLUMNS_MAX = 8

export function measureTable(result: SweepResult, measure: SweepMeasure, style: Style = PLAIN): Table {
  const { axes } = result.design
  const columns = axes[axes.length - 1]?.values.length ?? 0
  return axes.length > 1 && columns <= COLUMNS_MAX ? crossTable(result, measure, style) : longTable(result, measure, style)
}

function crossTable({ design, points }: SweepResult, measure: SweepMeasure, style: Style): Table {
  const across = design.axes[design.axes.length - 1]
  const rows: (string | Cell)[][] = []
  for (let p = 0; p < points.length; p += across.values.length) {
    const cells = across.values.map((_, i) => {
      const point = points[p + i]
      const m = measureAt(point, measure.text)
      return m === undefined ? '–' : painted(`${showMeasure(m, point.replications)}${mark(m)}`, m, style)
    })
    rows.push([...points[p].point.values.slice(0, -1), ...cells])
  }
  return {
    head: headOf(design.axes),
    align: 'r'.repeat(design.axes.length - 1 + across.values.length),
    rows,
  }
}

/** Where all that is expected holds, as one grid; undefined when nothing is expected, or there is only one point. */
export function overallTable({ design, points }: SweepResult, style: Style = PLAIN): Table | undefined {
  const { axes } = design
  if (points.length < 2 || points.every(p => p.conclusion === undefined)) return undefined
  const cell = ({ conclusion }: PointResult): Cell =>
    conclusion === undefined ? { text: '–' } : painted(WORDS[conclusion], { conclusion }, style)
  const across = axes[axes.length - 1]
  if (axes.length === 1 || across.values.length > COLUMNS_MAX)
    return {
      head: [...axes.map(a => a.path), ''],
      align: `${'r'.repeat(axes.length)}l`,
      rows: points.map(p => [...p.point.values, cell(p)]),
    }
  const rows: (string | Cell)[][] = []
  for (let p = 0; p < points.length; p += across.values.length)
    rows.push([...points[p].point.values.slice(0, -1), ...across.values.map((_, i) => cell(points[p + i]))])
  return { head: headOf(axes), align: 'r'.repeat(axes.length - 1 + across.values.length), rows }
}

/** Paths of the axes that go down, values of the one that goes across. */
function headOf(axes: SweepResult['design']['axes']): string[] {
  const across = axes[axes.length - 1]
  return [...axes.slice(0, -1).map(a => a.path), ...across.values.map((value, i) => (i === 0 ? `${across.path}=${value}` : value))]
}

/** Beside the figure, so that colours are not needed. */
const mark = ({ conclusion }: MeasureResult): string => (conclusion === undefined ? '' : ` ${WORDS[conclusion].padEnd(5)}`)

const painted = (text: string, { conclusion }: Pick<MeasureResult, 'conclusion'>, style: Style): Cell => ({
  text,
  ...(conclusion === undefined ? {} : { paint: conclusion === 'held' ? style.good : conclusion === 'failed' ? style.bad : style.warn }),
})

function longTable({ design, points }: SweepResult, measure: SweepMeasure, style: Style): Table {
  const expects = measure.expectation.measured !== true
  const rows = points.map(point => {
    const m = measureAt(point, measure.text)
    const values = [...point.point.values, String(point.replications)]
    if (m === undefined) return [...values, '–']
    const figures = measure.numeric ? [showExtreme(m, m.lowest), showExtreme(m, m.highest)] : []
    const kept = expects
      ? [`${m.held}/${point.replications}`, painted(m.conclusion === undefined ? '' : WORDS[m.conclusion], m, style)]
      : []
    return [...values, showMeasure(m, point.replications), ...figures, ...kept]
  })
  const figures = measure.numeric ? ['least', 'most'] : []
  const head = [...design.axes.map(a => a.path), 'seeds', measure.numeric ? 'mean' : 'value', ...figures, ...(expects ? ['kept', ''] : [])]
  return { head, align: `${'r'.repeat(design.axes.length + 1)}${'r'.repeat(1 + figures.length)}${expects ? 'rl' : ''}`, rows }
}

/** The phases that show the most and the least, for each combination of the other axes; undefined when none matters. */
export function phaseTable(result: SweepResult): Table | undefined {
  const matter = worstPhases(result).filter(w => w.most.value !== w.least.value)
  if (matter.length === 0) return undefined
  const others = matter[0].others.map(o => o.path)
  const show = ({ measure }: WorstPhase, x: PhaseExtreme) => [showValue(x.value, measure.unit), x.phase, String(x.seed)]
  return {
    head: ['measure', ...others, 'most', 'phase', 'seed', 'least', 'phase', 'seed'],
    align: `l${'r'.repeat(others.length)}rrrrrr`,
    rows: matter.map(w => [w.measure.text, ...w.others.map(o => o.value), ...show(w, w.most), ...show(w, w.least)]),
  }
}
