/** Whether a cause is what its rule asks for: used on whatever happens anywhere. */
import { CAUSE_INPUTS, CAUSE_RULES, type Cause, type CauseInput, type CauseRule } from '../../sim-core/trace/contract.ts'
import { LATER } from '../../sim-core/protocols/vrrp/releases.ts'
import { wrongArithmetic } from './arithmetic.ts'

/** What is wrong with a cause; nothing: []. */
export function faultsOfCause(cause: Cause): string[] {
  const { rule, text, source, inputs, arithmetic } = cause
  const known = CAUSE_RULES[rule] as (typeof CAUSE_RULES)[CauseRule] & { arithmetic?: true }
  if (known === undefined) return [`${rule} is no rule`]
  const missing = (known.inputs as readonly CauseInput[]).filter(i => inputs[i] === undefined).map(i => `lacks ${i}`)
  const strange = Object.entries(inputs).flatMap(([name, value]) => {
    const meaning = CAUSE_INPUTS[name as CauseInput]
    if (meaning === undefined) return [`${name} is no input`]
    const fits = meaning.unit === 'name' ? typeof value === 'string' : typeof value === 'number' && Number.isFinite(value)
    return fits ? [] : [`${name} is ${String(value)}`]
  })
  const untrue = arithmetic === undefined ? undefined : wrongArithmetic(arithmetic)
  return [
    ...missing,
    ...strange,
    ...(source === known.source || source === LATER ? [] : ['another source than its rule’s']),
    ...(/undefined|NaN|Infinity|\[object/.test(text) || text.trim() === '' ? [`says "${text}"`] : []),
    ...(known.arithmetic === true && arithmetic === undefined ? ['no arithmetic'] : []),
    ...(untrue === undefined ? [] : [`${arithmetic}: ${untrue}`]),
  ].map(fault => `${rule}: ${fault}`)
}
