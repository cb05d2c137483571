/** How a sweep's figures are written, the same in the terminal and in Markdown. */
import { showValue } from '../../metrics/index.ts'
import type { Conclusion, Extreme, MeasureResult, PointResult, SweepMeasure, SweepResult } from '../../sweep/index.ts'

export const WORDS: Readonly<Record<Conclusion, string>> = { held: 'holds', failed: 'FAILS', inconclusive: 'open' }

/** `76.9 % ± 0.02 %`; `b2 28×, b3 2×`; what was kept or broken over time: `30 of 30 kept`. */
export function showMeasure(m: MeasureResult, replications: number): string {
  const { measure, summary } = m
  if (replications === 0) return ''
  if (measure.expectation.over !== undefined) return `${m.held} of ${replications} kept`
  if (!measure.numeric) {
    const names = m.names.slice(0, 2).map(({ value, times }) => (times === replications ? value : `${value} ${times}×`))
    return m.names.length > 2 ? `${names.join(', ')} …` : names.join(', ')
  }
  if (summary === undefined) return 'nothing'
  return `${showValue(summary.mean, measure.unit)}${halfWidth(m)}`
}

function halfWidth({ summary, measure }: MeasureResult): string {
  if (summary === undefined || summary.n < 2) return ''
  return summary.halfWidth === 0 ? '' : ` ± ${showValue(summary.halfWidth, measure.unit)}`
}

export const showExtreme = ({ measure }: MeasureResult, extreme: Extreme | undefined): string =>
  extreme === undefined ? '' : `${showValue(extreme.value, measure.unit)} (seed ${extreme.seed})`

export const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

/** `4 × 7 = 28 points, 30 seeds each (1 to 30): 840 runs; ± is half of a 95 % confidence interval`. */
export function scopeOf({ design, points }: SweepResult): string {
  const { axes, seedFirst, seedsMax, precision } = design
  const grid = axes.length > 1 ? `${axes.map(a => a.values.length).join(' × ')} = ` : ''
  const runs = points.reduce((sum, p) => sum + p.replications, 0)
  const seeds =
    precision === undefined
      ? `${plural(seedsMax, 'seed')} each (${seedFirst} to ${seedFirst + seedsMax - 1})`
      : `until every half width is within ${showValue(precision, 'ratio')} of its mean, at most ${plural(seedsMax, 'seed')} (from ${seedFirst})`
  return `${grid}${plural(points.length, 'point')}, ${seeds}: ${plural(runs, 'run')}; ± is half the 95 % confidence interval of the mean`
}

/** What it comes to, in sentences. */
export function answerOf(result: SweepResult): string[] {
  const { points, design } = result
  const sentences: string[] = []
  const missing = points.filter(p => !p.complete).length
  if (missing > 0)
    sentences.push(`PARTIAL: ${plural(missing, 'point')} of ${points.length} lack runs; what follows is from those that are done.`)
  const judged = points.filter(p => p.conclusion !== undefined)
  const of = (c: Conclusion) => judged.filter(p => p.conclusion === c)
  if (judged.length > 0) {
    const [held, failed, open] = [of('held'), of('failed'), of('inconclusive')]
    sentences.push(
      `All that is expected holds at ${held.length} of ${plural(points.length, 'point')}${held.length === 0 ? '.' : `: ${keys(held)}.`}`,
    )
    if (failed.length > 0) sentences.push(`It fails at ${failed.length}: ${keys(failed)}.`)
    if (open.length > 0)
      sentences.push(`Undecided at ${open.length}, where an interval straddles its limit (more --seeds narrow it): ${keys(open)}.`)
  }
  const stopped = points.filter(p => p.stopped !== undefined)
  if (stopped.length > 0)
    sentences.push(`At ${plural(stopped.length, 'point')} runs ended early: ${stopped[0].stopped?.why} (${keys(stopped)}).`)
  const imprecise = points.filter(p => p.precise === false).length
  if (design.precision !== undefined && imprecise > 0)
    sentences.push(`The wanted precision was not reached at ${plural(imprecise, 'point')} within ${plural(design.seedsMax, 'seed')}.`)
  return sentences
}

const KEYS_SHOWN = 6
const keys = (points: readonly PointResult[]): string => {
  const shown = points.slice(0, KEYS_SHOWN).map(p => p.point.key || 'the scenario as it is')
  return points.length > KEYS_SHOWN ? `${shown.join('; ')} and ${points.length - KEYS_SHOWN} more` : shown.join('; ')
}

/** Every measure of the sweep once, in the order in which points name them. */
export function allMeasures({ design }: SweepResult): SweepMeasure[] {
  const byText = new Map<string, SweepMeasure>()
  for (const point of design.points) for (const m of point.measures) if (!byText.has(m.text)) byText.set(m.text, m)
  return [...byText.values()]
}

export const measureAt = (point: PointResult, text: string): MeasureResult | undefined => point.measures.find(m => m.measure.text === text)

/** The command that shows one run of a point. */
export function repeatCommand({ design }: SweepResult, point: number, seed: number): string {
  const set = design.points[point].set.map(s => ` --set ${quoted(s)}`).join('')
  return `lvsim run ${quoted(design.file)} --seed ${seed}${set}`
}

/** As a shell takes it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
