/**
 * A recording on disk → typed data, or every problem at once: case.json, the configuration files that it names, and
 * observed.jsonl. Reads through a FileSource, never throws, and is bounded in size. What the files mean is decided in
 * case-model.ts. Tested in test/conform/case-file.test.ts.
 */
import { FILE_SIZE_MAX_BYTES, type FileSource, resolvePath } from '../base/files.ts'
import { hasErrors, type Position, type Problem } from '../base/problem.ts'
import { pathText, readYaml } from '../config/index.ts'
import { CASE_SCHEMA, type RecordedCase } from './case-schema.ts'
import { type Observed, readObserved } from './observed.ts'

export interface CaseFile extends RecordedCase {
  /** Folder of the case, as given. */
  readonly directory: string
  readonly file: string
  /** Recorded on a kernel in virtual time: timers are exact. */
  readonly virtualTime: boolean
  readonly observed: readonly Observed[]
  /** Lines of observed.jsonl by index in `observed`. */
  readonly lines: readonly number[]
  /** Text of the ipvsadm files, by the name used in case.json; keepalived's are read by its own reader. */
  readonly texts: ReadonlyMap<string, string>
}

export interface CaseReading {
  readonly case?: CaseFile
  readonly problems: readonly Problem[]
}

const OBSERVED_LINES_MAX = 200_000
const PROBLEMS_MAX = 50

/** `directory` is relative to the source's root. */
export function readCase(files: FileSource, directory: string): CaseReading {
  const file = directory === '' || directory === '.' ? 'case.json' : `${directory}/case.json`
  const problems: Problem[] = []
  const recorded = readCaseJson(files, file, problems)
  if (recorded === undefined) return { problems }
  const texts = readTexts(files, file, recorded, problems)
  const { observed, lines } = readObservations(files, resolvePath(file, 'observed.jsonl'), problems)
  if (hasErrors(problems)) return { problems }
  const virtualTime = /virtual time/i.test(recorded.measured.engine ?? '')
  return { case: { ...recorded, directory, file, virtualTime, observed, lines, texts }, problems }
}

function readCaseJson(files: FileSource, file: string, problems: Problem[]): RecordedCase | undefined {
  const start: Position = { file, line: 1, column: 1 }
  const error = (at: Position, code: string, message: string, remedy?: string) =>
    problems.push({ at, severity: 'error', code, message, remedy })
  const read = files.read(file)
  if (!read.ok) {
    error(start, 'file-missing', `case.json cannot be read: ${read.reason}`, 'give the folder of a recorded case')
    return undefined
  }
  if (read.text.length > FILE_SIZE_MAX_BYTES) {
    error(start, 'file-size', `case.json has more than ${FILE_SIZE_MAX_BYTES} characters`)
    return undefined
  }
  const json = parseJson(read.text, nullIsAbsent)
  if (!json.ok) {
    error({ file, ...placeOf(read.text, json.offset) }, 'json-syntax', `case.json is not JSON: ${json.reason}`)
    return undefined
  }
  const parsed = CASE_SCHEMA.safeParse(json.value)
  if (parsed.success) {
    checkNames(parsed.data, problem => problems.push({ at: start, severity: 'error', ...problem }))
    return parsed.data
  }
  const yaml = readYaml(file, read.text)
  for (const issue of parsed.error.issues.slice(0, PROBLEMS_MAX)) {
    const path = issue.path.map(p => (typeof p === 'symbol' ? String(p) : p))
    const said = issue.message.replace(/^Invalid discriminator value\. Expected /, 'is no verb that recordings have; they have ')
    error(yaml.locate(path), 'case-shape', `${pathText(path) || 'case.json'}: ${said}`)
  }
  return undefined
}

function checkNames(recorded: RecordedCase, error: (p: { code: string; message: string; remedy?: string }) => void): void {
  const hosts = Object.keys(recorded.hosts)
  recorded.actions.forEach((action, i) => {
    const named = 'host' in action && action.host !== undefined ? [action.host] : []
    if (action.do === 'raw') named.push(action.via)
    if (action.do === 'split') named.push(...action.groups.flat())
    for (const host of named) {
      if (!hosts.includes(host))
        error({
          code: 'case-host',
          message: `actions[${i}] names host "${host}", which the case does not have`,
          remedy: `its hosts are ${hosts.join(', ')}`,
        })
    }
  })
}

/** The ipvsadm rules that the case names; a missing file is an error wherever it is named. */
function readTexts(files: FileSource, file: string, recorded: RecordedCase, problems: Problem[]): Map<string, string> {
  const texts = new Map<string, string>()
  const names = new Set<string>()
  for (const host of Object.values(recorded.hosts)) if (host.ipvsadm !== undefined) names.add(host.ipvsadm)
  for (const name of names) {
    const read = files.read(resolvePath(file, name))
    if (read.ok) texts.set(name, read.text)
    else
      problems.push({
        at: { file, line: 1, column: 1 },
        severity: 'error',
        code: 'file-missing',
        message: `${name}, which case.json names, cannot be read: ${read.reason}`,
      })
  }
  return texts
}

function readObservations(files: FileSource, file: string, problems: Problem[]): { observed: Observed[]; lines: number[] } {
  const observed: Observed[] = []
  const lines: number[] = []
  const read = files.read(file)
  const error = (line: number, code: string, message: string) =>
    problems.push({ at: { file, line, column: 1 }, severity: 'error', code, message })
  const unknown = new Set<string>()
  if (!read.ok) {
    error(1, 'file-missing', `observed.jsonl cannot be read: ${read.reason}`)
    return { observed, lines }
  }
  const rows = read.text.split('\n')
  if (rows.length > OBSERVED_LINES_MAX) {
    error(1, 'file-size', `observed.jsonl has more than ${OBSERVED_LINES_MAX} lines`)
    return { observed, lines }
  }
  for (let i = 0; i < rows.length && problems.length < PROBLEMS_MAX; i++) {
    if (rows[i].trim() === '') continue
    const json = parseJson(rows[i])
    const reading = json.ok ? readObserved(json.value) : { ok: false as const, unknown: undefined, reason: `not JSON: ${json.reason}` }
    if (reading.ok) {
      observed.push(reading.value)
      lines.push(i + 1)
    } else if (reading.unknown === undefined) error(i + 1, 'observed-line', reading.reason)
    else if (!unknown.has(reading.unknown)) {
      unknown.add(reading.unknown)
      problems.push({
        at: { file, line: i + 1, column: 1 },
        severity: 'warning',
        code: 'observed-kind',
        message: `lines of kind "${reading.unknown}" are not compared: ${reading.reason}`,
      })
    }
  }
  return { observed, lines }
}

type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string; readonly offset: number }

/** A key without a value says as much as no key. */
const nullIsAbsent = (_key: string, value: unknown): unknown => (value === null ? undefined : value)

function parseJson(text: string, reviver?: (key: string, value: unknown) => unknown): Json {
  try {
    return { ok: true, value: JSON.parse(text, reviver) }
  } catch (e) {
    const message = e instanceof Error ? e.message : String(e)
    const position = /position (\d+)/.exec(message)
    return { ok: false, reason: message.split('\n')[0].slice(0, 200), offset: position === null ? 0 : Number(position[1]) }
  }
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - (before.lastIndexOf('\n') + 1) + 1 }
}
