/**
 * What a worker thread does: one task, given and answered as plain data. A task reads its files itself, so that nothing
 * large crosses between threads and the answer depends on the task alone, not on who ran it.
 */
import {
  AssertionError,
  broken,
  entryOf,
  goldenText,
  hasErrors,
  loadScenario,
  makeReport,
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

export type Task = TestTask

/** Never throws: a bug of ours is an answer too. */
export function performTask(task: Task): TestAnswer {
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

const STACK_LINES = 4

export function describe(error: unknown): string {
  const e = error instanceof Error ? error : new Error(String(error))
  const where = (e.stack ?? '').split('\n').filter(line => line.startsWith('    at '))
  const name = e instanceof AssertionError ? 'assertion failed' : e.name
  return [`${name}: ${e.message}`, ...where.slice(0, STACK_LINES)].join('\n')
}
