/** Where text goes: results to stdout, problems and progress to stderr, colours only where a person will see them. */
import picocolors from 'picocolors'
import { formatProblem, type Problem, type Style } from '../sim-core/index.ts'

/** The usage, input or result was such that the process should end with this code. */
export const EXIT = { ok: 0, failed: 1, input: 2, inconclusive: 3, bug: 70, interrupted: 130 } as const

/** Colours for a stream: a terminal's unless NO_COLOR is set, or those that FORCE_COLOR asks for. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  const wanted = (NO_COLOR === undefined || NO_COLOR === '') && (forced || (stream.isTTY === true && TERM !== 'dumb'))
  const c = picocolors.createColors(wanted)
  return { bold: c.bold, dim: c.dim, good: c.green, bad: c.red, warn: c.yellow }
}

let needed = false

/** Files are still to be written when nobody reads the output any more (`| head`). */
export const goOnWithoutReader = (): void => {
  needed = true
}
export const isNeededWithoutReader = (): boolean => needed

/** Resolves when the text has left, so that ending the process cannot cut it off. */
export function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise(resolve => {
    stream.write(text, () => resolve())
  })
}

export const writeJson = (document: unknown): Promise<void> => write(process.stdout, `${JSON.stringify(document, null, 2)}\n`)

export function writeProblems(problems: readonly Problem[]): Promise<void> {
  const { bold, bad, warn } = styleFor(process.stderr)
  const text = problems.map(p => {
    const [head, ...rest] = formatProblem(p).split('\n')
    const mark = `${p.severity}[${p.code}]`
    return [head.replace(mark, () => bold(p.severity === 'error' ? bad(mark) : warn(mark))), ...rest].join('\n')
  })
  return text.length === 0 ? Promise.resolve() : write(process.stderr, `${text.join('\n')}\n`)
}
