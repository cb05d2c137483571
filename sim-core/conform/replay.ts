/** A case, run and compared: recording in, score out. */
import { hasErrors, type Problem } from '../base/problem.ts'
import type { FileSource } from '../base/files.ts'
import { Simulation } from '../compile/index.ts'
import { readCase, type CaseFile } from './case-file.ts'
import { modelOf } from './case-model.ts'
import { compareTimed, type Seen, type TimedKind, withOrder } from './compare/timed.ts'
import { ADDRESSES, ADVERTS, GARPS, STATES } from './compare/vrrp.ts'
import { watch } from './observe.ts'
import type { Observed } from './observed.ts'
import { type CaseScore, type Comparison, scoreOf } from './score.ts'
import { tolerancesOf } from './tolerances.ts'

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
  const { model, problems } = modelOf(recorded, files)
  if (model === undefined || hasErrors(problems)) return { problems }
  const simulation = new Simulation(model)
  const watched = watch(recorded, simulation)
  const comparisons = compareAll(recorded, watched.events)
  const { id, directory, title, group } = recorded
  return { score: scoreOf({ id, directory, title, group, notCompared: {} }, comparisons), problems }
}

function compareAll(recorded: CaseFile, events: readonly Seen[]): Comparison[] {
  const tolerances = tolerancesOf(recorded.virtualTime)
  const timed = [ADVERTS, GARPS, STATES, ADDRESSES].map(of => {
    const kind = of as unknown as TimedKind<Observed>
    const pick = <O extends Observed>(list: readonly O[]) => list.filter(o => o.kind === kind.kind)
    return compareTimed(kind, pick(recorded.observed), pick(events), tolerances, recorded.duration_s)
  })
  return withOrder(timed, tolerances)
}
