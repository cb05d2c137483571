/** A case, run and compared: recording in, score out. */
import { hasErrors, type Problem } from '../base/problem.ts'
import type { FileSource } from '../base/files.ts'
import { Simulation } from '../compile/index.ts'
import { readCase, type CaseFile } from './case-file.ts'
import { modelOf } from './case-model.ts'
import { compareAll } from './compare/index.ts'
import { hasRandomArrivals } from './compare/random.ts'
import { firstChecks } from './first-checks.ts'
import { compareInLockstep } from './lockstep.ts'
import { watch } from './observe.ts'
import { type CaseScore, scoreOf } from './score.ts'
import { REAL_TIME, tolerancesOf } from './tolerances.ts'

export interface Replay {
  /** Undefined when the recording could not be read. */
  readonly score?: CaseScore
  readonly problems: readonly Problem[]
}

export function replayDirectory(files: FileSource, directory: string): Replay {
  const { case: recorded, problems } = readCase(files, directory)
  if (recorded === undefined) return { problems }
  return replay(recorded, files)
}

export function replay(recorded: CaseFile, files: FileSource): Replay {
  const { model, configs, problems } = modelOf(recorded, files)
  if (model === undefined || hasErrors(problems)) return { problems }
  const { id, directory, title, group } = recorded
  const about = { id, directory, title, group, lockstep: isLockstep(recorded), notCompared: notCompared(recorded) }
  if (about.lockstep) return { score: scoreOf(about, compareInLockstep(recorded, configs, REAL_TIME)), problems }
  const simulation = new Simulation(model, { warmup: firstChecks(recorded) })
  const comparisons = compareAll(recorded, watch(recorded, configs, simulation, tolerancesOf(recorded.virtualTime)))
  return { score: scoreOf(about, comparisons), problems }
}

/** A VRRP case whose processes ran late now and then: host by host, from what each really received. */
const isLockstep = (recorded: CaseFile): boolean => !recorded.virtualTime && recorded.group === 'vrrp'

/** Kinds of line that are read and stand for themselves. */
function notCompared(recorded: CaseFile): Record<string, string> {
  const has = (kind: string) => recorded.observed.some(o => o.kind === kind)
  return {
    ...(has('log') ? { log: 'journal text; the states and verdicts in it are compared as such' } : {}),
    ...(has('rate') && hasRandomArrivals(recorded) ? { rate: 'datagrams left at random instants; phases are compared' } : {}),
  }
}
