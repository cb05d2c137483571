/** What the clients of a case did. */
import type { Position } from '../base/problem.ts'
import type { TrafficModel } from '../scenario/index.ts'
import type { CaseConfigs } from './case-configs.ts'
import type { CaseFile } from './case-file.ts'

export function scriptsOf(_recorded: CaseFile, _configs: CaseConfigs, _at: Position): TrafficModel[] {
  return []
}
