/**
 * What a worker thread does: one task, given and answered as plain data. A task reads its files itself, so that nothing
 * large crosses between threads and the answer depends on the task alone, not on who ran it.
 */
import {
  AssertionError,
  type Bundle,
  broken,
  entryOf,
  goldenText,
  hasErrors,
  loadBundle,
  loadScenario,
  makeReport,
  type Model,
  type Replicate,
  replicateOf,
  simulateModel,
  type SuiteEntry,
  tableInstants,
  wrongInput,
} from '../sim-core/index.ts'
import { filesBeside } from './files.ts'

/** A scenario of a suite. */
export interface TestTask {
  readonly kind: 'test'
  readonly file: string
}

export interface TestAnswer {
  readonly entry: SuiteEntry
  /** The golden table as it is now; absent when the scenario was not run. */
  readonly golden?: string
}

/** One run of a sweep. */
export interface ReplicateTask {
  readonly kind: 'replicate'
  /** Of the bundle: the same hash, the same bundle. */
  readonly hash: string
  readonly bundle: Bundle
  readonly seed: number
}

export type ReplicateAnswer = { readonly ok: true; readonly replicate: Replicate } | { readonly ok: false; readonly bug: string }

export type Task = TestTask | ReplicateTask

/** Never throws: a bug of ours is an answer too. */
export function performTask(task: Task): TestAnswer | ReplicateAnswer {
  if (task.kind === 'replicate') return replicate(task)
  try {
    return runTest(task.file)
  } catch (error) {
    return { entry: broken(task.file, describe(error)) }
  }
}

function runTest(file: string): TestAnswer {
  const { model, problems } = loadScenario(file, filesBeside(file))
  if (model === undefined || hasErrors(problems)) return { entry: wrongInput(file, problems) }
  const begun = performance.now()
  const report = makeReport(model, simulateModel(model, { tablesAtNs: tableInstants(model) }))
  return { entry: entryOf(report, Math.round(performance.now() - begun) / 1000), golden: goldenText(report) }
}

function replicate(task: ReplicateTask): ReplicateAnswer {
  try {
    const model = { ...modelOf(task), seed: task.seed }
    const result = simulateModel(model)
    return { ok: true, replicate: replicateOf(makeReport(model, result).verdicts, result.stopped) }
  } catch (error) {
    return { ok: false, bug: describe(error) }
  }
}

/** A point's model serves all its replications that come to this thread. */
const models = new Map<string, Model>()
const MODELS_MAX = 64

function modelOf({ hash, bundle }: ReplicateTask): Model {
  const known = models.get(hash)
  if (known !== undefined) return known
  const { model, problems } = loadBundle(bundle)
  if (model === undefined) throw new Error(`a checked scenario cannot be read: ${problems[0]?.message ?? ''}`)
  if (models.size >= MODELS_MAX) models.delete(models.keys().next().value as string)
  models.set(hash, model)
  return model
}

const STACK_LINES = 4

export function describe(error: unknown): string {
  const e = error instanceof Error ? error : new Error(String(error))
  const where = (e.stack ?? '').split('\n').filter(line => line.startsWith('    at '))
  const name = e instanceof AssertionError ? 'assertion failed' : e.name
  return [`${name}: ${e.message}`, ...where.slice(0, STACK_LINES)].join('\n')
}
