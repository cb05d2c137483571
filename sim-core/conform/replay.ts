/** A case, run and compared: recording in, score out. */
import { hasErrors, type Problem } from '../base/problem.ts'
import type { FileSource } from '../base/files.ts'
import { Simulation } from '../compile/index.ts'
import type { Model } from '../scenario/index.ts'
import type { CaseConfigs } from './case-configs.ts'
import { readCase, type CaseFile } from './case-file.ts'
import { modelOf } from './case-model.ts'
import { compareAll } from './compare/index.ts'
import { hasRandomArrivals } from './compare/random.ts'
import { firstChecks } from './first-checks.ts'
import { compareInLockstep } from './lockstep.ts'
import { watch } from './observe.ts'
import { type CaseScore, type Comparison, scoreOf } from './score.ts'
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
  return { score: scoreOf(about, comparisonsOf(recorded, configs, model)), problems }
}

/** A replay that breaks off is a fault of lvsim: it counts as a case that does not match, and the others still run. */
function comparisonsOf(recorded: CaseFile, configs: CaseConfigs, model: Model): readonly Comparison[] {
  try {
    if (isLockstep(recorded)) return compareInLockstep(recorded, configs, REAL_TIME)
    const simulation = new Simulation(model, { warmup: firstChecks(recorded) })
    return compareAll(recorded, watch(recorded, configs, simulation, tolerancesOf(recorded.virtualTime)))
  } catch (e) {
    return [brokenOff(recorded, e)]
  }
}

function brokenOff({ observed, actions, duration_s }: CaseFile, e: unknown): Comparison {
  const kind = observed[0]?.kind ?? 'state'
  const host = actions.flatMap(a => ('host' in a && a.host !== undefined ? [a.host] : []))[0] ?? ''
  const got = `the replay broke off: ${e instanceof Error ? e.message : String(e)}`
  const difference = { kind, tS: 0, host, expected: `a run of ${duration_s} s`, got, rule: 'a replay runs to its end' }
  return { kind, matched: 0, total: Math.max(1, observed.length), differences: [difference], errorsS: [] }
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
