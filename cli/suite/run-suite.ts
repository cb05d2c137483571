/**
 * Runs the scenarios of a suite on worker threads, long ones first, and hands the entries on in the order of the files
 * as soon as all before them are there.
 */
import { readFileSync } from 'node:fs'
import {
  checkGolden,
  goldenFileOf,
  loadScenario,
  type Model,
  notRun,
  type Problem,
  type SuiteEntry,
  wrongInput,
} from '../../sim-core/index.ts'
import { filesBeside } from '../files.ts'
import { Progress } from '../progress.ts'
import type { TestAnswer } from '../tasks.ts'
import { Workers } from '../workers.ts'
import { writeWhole } from '../write-file.ts'

export interface SuiteOptions {
  readonly jobs: number
  /** Stop after so many scenarios that do not hold. */
  readonly bail?: number
  /** Write golden tables instead of comparing them. */
  readonly update: boolean
}

export interface Candidate {
  readonly file: string
  readonly problems: readonly Problem[]
  readonly model?: Model
}

export const readCandidate = (file: string): Candidate => ({ file, ...loadScenario(file, filesBeside(file)) })

/** Scenarios that promise nothing have nothing to be tested; those that cannot be read are told of. */
export const promises = ({ file, model }: Candidate): boolean =>
  model === undefined || model.expectations.length > 0 || goldenOf(file) !== undefined

export async function runSuite(
  candidates: readonly Candidate[],
  options: SuiteOptions,
  told: (entry: SuiteEntry) => Promise<void>,
  stop: AbortSignal,
): Promise<SuiteEntry[]> {
  const workers = new Workers(Math.max(1, Math.min(options.jobs, candidates.length)))
  stop.addEventListener('abort', () => workers.stop())
  if (stop.aborted) workers.stop()
  const progress = new Progress('lvsim test')
  const entries: (SuiteEntry | undefined)[] = candidates.map(() => undefined)
  let done = 0
  let bad = 0
  let next = 0
  let telling = Promise.resolve()
  const tell = (): void => {
    for (; entries[next] !== undefined; next++) {
      const entry = entries[next] as SuiteEntry
      telling = telling.then(() => {
        progress.done()
        return told(entry)
      })
    }
  }
  const runOne = async (i: number): Promise<void> => {
    entries[i] = await entryFor(candidates[i], options, workers, () => (bad > 0 ? 'left out after --bail' : 'interrupted'))
    done++
    progress.show(done / candidates.length)
    if (!['passed', 'interrupted'].includes(entries[i].state) && ++bad === options.bail) workers.stop()
    tell()
  }
  const longestFirst = candidates.map((_, i) => i).sort((a, b) => workOf(candidates[b]) - workOf(candidates[a]) || a - b)
  await Promise.all(longestFirst.map(runOne))
  await telling
  progress.done()
  await workers.close()
  return entries.flatMap(e => (e === undefined ? [] : [e]))
}

async function entryFor(
  { file, problems, model }: Candidate,
  options: SuiteOptions,
  workers: Workers,
  why: () => string,
): Promise<SuiteEntry> {
  if (model === undefined) return wrongInput(file, problems)
  const answer = await workers.ask<TestAnswer>({ kind: 'test', file })
  if (answer === undefined) return notRun(file, why())
  const { entry, golden: actual } = answer
  const golden = goldenOf(file)
  if (actual === undefined || entry.stopped !== undefined) return entry
  if (options.update) {
    const problem = golden === actual ? undefined : writeWhole(goldenFileOf(file), actual)
    return problem === undefined ? entry : { ...entry, state: 'wrong-input', problems: [...entry.problems, problem] }
  }
  if (golden === undefined) return entry
  const check = checkGolden(file, golden, actual)
  return { ...entry, checks: [...entry.checks, check], state: check.state === 'held' ? entry.state : 'failed' }
}

function goldenOf(file: string): string | undefined {
  try {
    return readFileSync(goldenFileOf(file), 'utf8')
  } catch {
    return undefined
  }
}

/** A guess at how long it takes, only to begin with the long ones: packets that sources of a given rate will send. */
function workOf({ model }: Candidate): number {
  if (model === undefined) return 0
  let packets = 0
  for (const { options } of model.traffic)
    if (options.kind === 'udp') packets += (options.rateBps / (8 * options.ipBytes)) * (model.durationNs / 1e9)
  return packets + model.durationNs / 1e9
}
