/** The form of a rule that causes name; the rules themselves are in the files beside this one. */
import type { CauseInput } from './inputs.ts'

export interface CauseRuleMeaning {
  /** What always holds, in one sentence; a cause says what it came to this time. */
  readonly says: string
  /** RFC section, kernel or keepalived file, recording of test/conformance, or document of lvsim. */
  readonly source: string
  /** What every cause of this rule gives; it may give more. */
  readonly inputs: readonly CauseInput[]
  /** Every cause of this rule gives its arithmetic, too. */
  readonly arithmetic?: true
}

export type RuleTable = Readonly<Record<string, CauseRuleMeaning>>
