/**
 * A point of a sweep with everything that its replications need: the texts of all files that it reads and the values
 * that are set. Plain data, so it goes to a thread or another machine as it is, and a file that is edited meanwhile
 * changes nothing.
 */
import { dirname, type FileSource, mapFiles } from '../base/files.ts'
import { hasErrors, type Problem } from '../base/problem.ts'
import { readDuration } from '../config/index.ts'
import type { Measure } from '../expect/index.ts'
import { type Loaded, type LoadOptions, loadScenario, type Model } from '../scenario/index.ts'
import { withVips } from './vips.ts'

export interface Bundle {
  /** The scenario, one of `files`. */
  readonly file: string
  readonly files: Readonly<Record<string, string>>
  readonly options: LoadOptions
}

export interface VariantOptions {
  /** `path=value`; besides the paths of a scenario `vips=N` and `phase=time` (axis.ts). */
  readonly set?: readonly string[]
  readonly seed?: number
  readonly measures?: readonly Measure[]
}

export interface Variant {
  readonly files: FileSource
  readonly options: LoadOptions
  readonly problems: readonly Problem[]
}

/** What `vips=` and `phase=` among the values mean for loading; they apply after all others. */
export function variantOf(file: string, files: FileSource, { set = [], seed, measures }: VariantOptions): Variant {
  const special = (name: string) => set.filter(s => s.startsWith(`${name}=`)).pop()
  const plain = set.filter(s => !/^(vips|phase)=/.test(s))
  const [vips, phase] = [special('vips')?.slice(5), special('phase')]
  const shift = phase === undefined ? undefined : readDuration(phase.slice(6))
  const common = { ...(seed === undefined ? {} : { seed }), ...(measures === undefined ? {} : { measures }) }
  const options: LoadOptions = { ...common, set: plain, ...(shift?.ok === true ? { shiftEventsNs: shift.value } : {}) }
  if (shift?.ok === false) return { files, options, problems: [wrongValue(`phase=${phase?.slice(6)}`, shift.reason, shift.remedy)] }
  if (vips === undefined) return { files, options, problems: [] }
  if (!/^[1-9]\d{0,2}$/.test(vips))
    return {
      files,
      options,
      problems: [wrongValue(`vips=${vips}`, `"${vips}" is no number of VIPs`, 'write a whole number, such as vips=4')],
    }
  const base = loadScenario(file, files, { set: plain })
  if (base.model === undefined) return { files, options, problems: base.problems }
  const made = withVips(base.model, Number(vips))
  if ('severity' in made) return { files, options, problems: [made] }
  return {
    files: over(mapFiles(made.files), files),
    options: { ...options, set: [...plain, ...made.set], withoutVips: made.withoutVips },
    problems: [],
  }
}

const wrongValue = (text: string, message: string, remedy: string): Problem => ({
  at: { file: `--set ${text}`, line: 1, column: 1 },
  severity: 'error',
  code: 'override',
  message,
  remedy,
})

const over = (first: FileSource, second: FileSource): FileSource => ({
  read: path => {
    const found = first.read(path)
    return found.ok ? found : second.read(path)
  },
  glob: pattern => [...new Set([...first.glob(pattern), ...second.glob(pattern)])].sort(),
})

/** `loadScenario` that also knows `vips=` and `phase=`. */
export function loadVariant(file: string, files: FileSource, wanted: VariantOptions): Loaded {
  const { files: source, options, problems } = variantOf(file, files, wanted)
  return hasErrors(problems) ? { problems } : loadScenario(file, source, options)
}

export interface Bundled {
  readonly bundle?: Bundle
  readonly model?: Model
  readonly problems: readonly Problem[]
}

export function makeBundle(file: string, files: FileSource, wanted: VariantOptions): Bundled {
  const variant = variantOf(file, files, wanted)
  if (hasErrors(variant.problems)) return { problems: variant.problems }
  const read: Record<string, string> = {}
  const remembering: FileSource = {
    read: path => {
      const found = variant.files.read(path)
      if (found.ok) read[path] = found.text
      return found
    },
    glob: pattern => variant.files.glob(pattern),
  }
  const { model, problems } = loadScenario(file, remembering, variant.options)
  if (model === undefined) return { problems }
  const sorted = Object.fromEntries(
    Object.keys(read)
      .sort()
      .map(name => [name, read[name]]),
  )
  return { bundle: { file, files: sorted, options: variant.options }, model, problems }
}

export const loadBundle = ({ file, files, options }: Bundle): Loaded => loadScenario(file, mapFiles(files), options)

/** What decides the outcome, as text to be hashed: the same wherever the scenario's folder is. */
export function bundleText({ file, files, options }: Bundle): string {
  const folder = dirname(file)
  const inside = (path: string) => (folder !== '.' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path)
  const { set = [], measures = [], shiftEventsNs = 0, withoutVips = [] } = options
  const texts = Object.entries(files).map(([name, text]) => [inside(name), text])
  return JSON.stringify([inside(file), texts, set, measures.map(m => m.text), shiftEventsNs, withoutVips])
}
