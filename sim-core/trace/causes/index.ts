/**
 * Every rule that a cause can name. `because` is the only way to make a cause: a rule that is not in these tables, or
 * an input or an arithmetic that the rule asks for and does not get, does not compile.
 */
import type { CauseInputs, InputValue } from './inputs.ts'
import { IPVS_RULES } from './ipvs.ts'
import { KEEPALIVED_RULES } from './keepalived.ts'
import { NETWORK_RULES } from './network.ts'
import { REQUEST_RULES } from './requests.ts'
import { VRRP_RULES } from './vrrp.ts'

export { CAUSE_INPUTS, type CauseInput, type CauseInputs, type InputMeaning, type InputUnit, type InputValue } from './inputs.ts'
export type { CauseRuleMeaning } from './rule.ts'

export const CAUSE_RULES = { ...VRRP_RULES, ...KEEPALIVED_RULES, ...IPVS_RULES, ...NETWORK_RULES, ...REQUEST_RULES } as const

type Rules = typeof CAUSE_RULES
export type CauseRule = keyof Rules
type Needed<R extends CauseRule> = Readonly<Record<Rules[R]['inputs'][number], InputValue>> & CauseInputs
type Arithmetic<R extends CauseRule> = Rules[R] extends { readonly arithmetic: true } ? [arithmetic: string] : [arithmetic?: string]

/** Why something happened, as data: the rule, what went in, what was calculated, and the same as a sentence. */
export interface Cause {
  /** A key of CAUSE_RULES, stable: `vrrp-master-down`, `loss-queue-full`, `ipvs-no-destination`. */
  readonly rule: CauseRule
  /** For a person, with the numbers put in: "no advert since 19.716 s; 3 × 1 s + skew 155/256 s = 3.605469 s". */
  readonly text: string
  /** RFC section, kernel or keepalived file, or recording. */
  readonly source: string
  /** By name; CAUSE_INPUTS has each one's unit. */
  readonly inputs: CauseInputs
  /** Equations and comparisons, separated by "; ", that can be worked out as they stand: "3 × 1 s + 155/256 s = 3.605468 s". */
  readonly arithmetic?: string
}

export function because<R extends CauseRule>(rule: R, text: string, inputs: Needed<R>, ...[arithmetic]: Arithmetic<R>): Cause {
  const { source } = CAUSE_RULES[rule]
  return arithmetic === undefined ? { rule, text, source, inputs } : { rule, text, source, inputs, arithmetic }
}
