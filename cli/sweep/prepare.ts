/** Options of a sweep → its design and what each point's runs need, with every point checked before the first run. */
import { createHash } from 'node:crypto'
import {
  type Axis,
  type Bundle,
  bundleText,
  countPoints,
  hasErrors,
  makeBundle,
  type Measure,
  measuresOf,
  pointsOf,
  type Problem,
  readAxis,
  readMeasure,
  type SweepDesign,
  type SweepPoint,
} from '../../sim-core/index.ts'
import { filesBeside } from '../files.ts'
import { Progress } from '../progress.ts'
import { engineId } from '../version.ts'

export interface SweepQuestion {
  readonly file: string
  readonly vary: readonly string[]
  readonly set: readonly string[]
  readonly metrics: readonly string[]
  readonly seeds: number
  readonly seedFirst?: number
  readonly precision?: number
}

export interface Prepared {
  readonly design: SweepDesign
  /** One a point. */
  readonly bundles: readonly Bundle[]
  /** Of all that decides the result but the version: two sweeps with the same one ask the same. */
  readonly config: string
  /** Warnings of the scenario. */
  readonly problems: readonly Problem[]
}

const POINTS_MAX = 10_000
const RUNS_MAX = 1_000_000

export function prepareSweep(question: SweepQuestion): Prepared | readonly Problem[] {
  const axes: Axis[] = []
  const measures: Measure[] = []
  const problems: Problem[] = []
  for (const read of question.vary.map(readAxis)) 'severity' in read ? problems.push(read) : axes.push(read)
  for (const read of question.metrics.map(readMeasure)) 'severity' in read ? problems.push(read) : measures.push(read)
  const twice = axes.find((a, i) => axes.findIndex(b => b.path === a.path) < i)
  if (twice !== undefined) problems.push(usage(`--vary ${twice.path}`, 'it is varied twice', 'write all its values in one --vary'))
  const points = countPoints(axes)
  if (points > POINTS_MAX || points * question.seeds > RUNS_MAX)
    problems.push(
      usage(
        '--vary',
        `that is ${points} points and ${points * question.seeds} runs`,
        `vary less: ${POINTS_MAX} points, ${RUNS_MAX} runs at most`,
      ),
    )
  return problems.length > 0 ? problems : bundlePoints(question, axes, measures)
}

const usage = (file: string, message: string, remedy: string): Problem => ({
  at: { file, line: 1, column: 1 },
  severity: 'error',
  code: 'sweep',
  message,
  remedy,
})

function bundlePoints(question: SweepQuestion, axes: readonly Axis[], measures: readonly Measure[]): Prepared | readonly Problem[] {
  const source = filesBeside(question.file)
  const progress = new Progress(`checking ${question.file}`)
  const bundles: Bundle[] = []
  const points: SweepPoint[] = []
  let title = ''
  let seedFirst = question.seedFirst
  let warnings: readonly Problem[] = []
  const all = pointsOf(axes)
  for (const [p, point] of all.entries()) {
    const set = [...question.set, ...point.values.map((value, i) => `${axes[i].path}=${value}`)]
    const { bundle, model, problems } = makeBundle(question.file, source, { set, measures })
    if (bundle === undefined || model === undefined)
      return problems.map(problem =>
        point.key === '' || !hasErrors([problem]) ? problem : { ...problem, message: `${problem.message} (at ${point.key})` },
      )
    bundles.push(bundle)
    points.push({ ...point, hash: hashOf(bundle), measures: measuresOf(model), set })
    if (p === 0) [title, warnings] = [model.title, problems]
    seedFirst ??= model.seed
    progress.show((p + 1) / all.length)
  }
  progress.done()
  const { precision } = question
  const design: SweepDesign = {
    ...{ file: question.file, title, axes, points, seedFirst: seedFirst ?? 1, seedsMax: question.seeds },
    ...(precision === undefined ? {} : { precision }),
  }
  return { design, bundles, config: configOf(design), problems: warnings }
}

const HASH_DIGITS = 24
const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS)

/** Names a point's runs: the same files, values, measures and program make the same runs. */
const hashOf = (bundle: Bundle): string => shortHash(`${engineId()} ${bundleText(bundle)}`)

export const configOf = ({ points, seedFirst, seedsMax, precision }: SweepDesign): string =>
  shortHash(JSON.stringify([points.map(p => [p.key, p.hash]), seedFirst, seedsMax, precision ?? null]))
