/**
 * `~SEQ(var, start, step, end) rest` and `~LST(var, a, b, …) rest`: the rest of the line once for each value
 * (keepalived.conf(5), "Sequence blocks", "List blocks"). Tested in test/config/keepalived-syntax.test.ts.
 */

export interface Repetition {
  /** For each pass, the variables and their values. */
  readonly passes: readonly (readonly (readonly [string, string])[])[]
  /** Where the rest of the line begins. */
  readonly restFrom: number
}

/** A line gives at most so many lines: enough for every VRID on every VLAN. */
export const PASSES_MAX = 70_000
const NAME = /^[A-Za-z_]\w*$/

/** The passes, or why the text is no sequence. `text` begins with `~` and is already substituted inside the brackets. */
export function readRepetition(text: string): Repetition | string {
  const m = /^~(SEQx?|LST)[ \t]*\(([^)]*)\)[ \t]*/.exec(text)
  if (m === null) return /^~(SEQ|LST)/.test(text) ? 'its brackets are not closed' : 'there is no such block'
  const passes = m[1] === 'LST' ? list(m[2]) : sequence(m[2], m[1] === 'SEQx')
  return typeof passes === 'string' ? passes : { passes, restFrom: m[0].length }
}

function sequence(inside: string, hex: boolean): Repetition['passes'] | string {
  const [name, ...texts] = inside.split(',').map(s => s.trim())
  if (!NAME.test(name)) return `"${name}" is no name of a variable`
  const numbers = texts.map(t =>
    /^[+-]?(0x[0-9a-fA-F]+|\d+)$/.test(t)
      ? Number(t.replace(/^\+/, '').replace(/^-(0x.*)$/, '$1')) * (/^-0x/.test(t) ? -1 : 1)
      : Number.NaN,
  )
  if (numbers.length < 1 || numbers.length > 3) return 'it takes one to three numbers after the variable'
  if (numbers.some(n => !Number.isSafeInteger(n))) return 'its numbers are not whole'
  const end = numbers[numbers.length - 1]
  const start = numbers.length > 1 ? numbers[0] : end < 0 ? -1 : 1
  const step = numbers.length === 3 ? numbers[1] : start <= end ? 1 : -1
  if (step === 0 || (start < end && step < 0) || (start > end && step > 0)) return 'its step leads away from its end'
  if (hex && (start < 0 || end < 0)) return 'hexadecimal sequences cannot be negative'
  const count = Math.floor((end - start) / step) + 1
  if (count > PASSES_MAX) return `it has ${count} values, more than ${PASSES_MAX}`
  return Array.from({ length: count }, (_, i) => [[name, (start + i * step).toString(hex ? 16 : 10)] as const])
}

function list(inside: string): Repetition['passes'] | string {
  const parts = [...inside.matchAll(/\s*(?:\{([^}]*)\}|([^,{}]*))\s*(?:,|$)/g)].slice(0, -1)
  if (parts.length < 2) return 'it takes a variable and at least one value'
  const several = (part: RegExpMatchArray) => (part[1] === undefined ? [part[2].trim()] : part[1].split(',').map(s => s.trim()))
  const names = several(parts[0])
  const wrong = names.find(n => !NAME.test(n))
  if (wrong !== undefined) return `"${wrong}" is no name of a variable`
  const values = parts.slice(1).map(several)
  if (values.length > PASSES_MAX) return `it has ${values.length} values, more than ${PASSES_MAX}`
  if (values.some(v => v.length !== names.length))
    return `each of its values needs ${names.length} ${names.length === 1 ? 'part' : 'parts'}`
  return values.map(v => names.map((name, i) => [name, v[i]] as const))
}
