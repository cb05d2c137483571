/** `lvsim diff`: two runs, or a scenario with and without a change, side by side. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import {
  compareRuns,
  diffJson,
  diffText,
  hasErrors,
  jsonProblems,
  jsonReport,
  loadScenario,
  makeReport,
  modelInSlices,
  type Problem,
  type RunDocument,
  runSchema,
} from '../sim-core/index.ts'
import { collect, usageError, wholeNumber } from './arguments.ts'
import { filesBeside, reasonOf } from './files.ts'
import { EXIT, styleFor, write, writeJson, writeProblems } from './output.ts'
import { Progress, wasInterrupted } from './progress.ts'
import { VERSION } from './version.ts'

interface DiffOptions {
  readonly json?: boolean
  readonly set?: readonly string[]
  readonly seed?: number
  readonly worse?: boolean
}

const HELP = `
A and B are scenarios, which are run, or documents of \`lvsim run --json\`. With --set, one scenario is enough: B is the
same with the values replaced.

What it prints: verdicts, owners of VIPs, outages, loss, failed requests, the load of links and expectations that differ,
window by window, as a report shows them.

Exit codes: 0 nothing changed; 1 something did (with --worse: something got worse); 2 an input is wrong; 130 interrupted.

Examples:
  lvsim diff before.json after.json
  lvsim diff scenarios/capacity/three-vips.yaml scenarios/capacity/four-vips.yaml
  lvsim diff my.yaml --set hosts.b1.link.rate=10Gbit      what would a faster link change?
  lvsim run my.yaml --json > main.json; …; lvsim diff main.json my.yaml --worse      in CI`

export function addDiff(program: Command): void {
  program
    .command('diff')
    .summary('compare two runs: what changed, for better or worse')
    .description('Compares two runs and says what changed: verdicts, owners, outages, loss, links, expectations.')
    .argument('<a>', 'a scenario, or what `lvsim run --json` printed')
    .argument('[b]', 'another; with --set: the same scenario unless given')
    .option('--set <path=value>', 'replace a value of scenario B, such as duration=30s (may be repeated)', collect)
    .option('--seed <n>', 'seed of both instead of those in the files', wholeNumber('--seed'))
    .option('--worse', 'exit with 1 only when something got worse')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', HELP)
    .action(async (a: string, b: string | undefined, options: DiffOptions) => {
      process.exitCode = await diff(a, b, options)
    })
}

async function diff(a: string, b: string | undefined, options: DiffOptions): Promise<number> {
  if (b === undefined && options.set === undefined) throw usageError('give two runs to compare, or one scenario and --set path=value')
  const set = options.set ?? []
  const seed = options.seed === undefined ? {} : { seed: options.seed }
  const [first, second] = [await documentOf(a, seed), await documentOf(b ?? a, { ...seed, set })]
  const problems = [...first.problems, ...second.problems].filter(p => p.severity === 'error')
  if (first.document === undefined || second.document === undefined) {
    if (options.json) await writeJson(jsonProblems(problems))
    else await writeProblems(problems)
    return EXIT.input
  }
  const changes = compareRuns(first.document, second.document)
  const [runA, runB] = [
    { name: a, document: first.document },
    { name: [b ?? a, ...set.map(s => `--set ${s}`)].join(' '), document: second.document },
  ]
  if (options.json) await writeJson(diffJson(runA, runB, changes))
  else await write(process.stdout, diffText(runA, runB, changes, styleFor(process.stdout)))
  if (wasInterrupted()) return EXIT.interrupted
  return changes.some(c => options.worse !== true || c.worse === true) ? EXIT.failed : EXIT.ok
}

interface Read {
  readonly document?: RunDocument
  readonly problems: readonly Problem[]
}

async function documentOf(path: string, options: { readonly set?: readonly string[]; readonly seed?: number }): Promise<Read> {
  if (/\.json$/.test(path)) {
    if ((options.set ?? []).length > 0) throw usageError(`--set needs a scenario; ${path} is a run that is over`)
    return readDocument(path)
  }
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, 'scenario.yaml') : path
  const { model, problems } = loadScenario(file, filesBeside(file), options)
  if (model === undefined || hasErrors(problems)) return { problems }
  const progress = new Progress(file)
  const slices = modelInSlices(model, [])
  let step = slices.next(true)
  while (!step.done) {
    await new Promise(resolve => setImmediate(resolve))
    step = slices.next(progress.show(step.value))
  }
  progress.done()
  return { document: jsonReport(makeReport(model, step.value), { version: VERSION, wallS: 0 }), problems }
}

function readDocument(path: string): Read {
  const wrong = (code: string, message: string): Read => ({
    problems: [
      { at: { file: path, line: 1, column: 1 }, severity: 'error', code, message, remedy: 'give what `lvsim run --json FILE` printed' },
    ],
  })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return error instanceof SyntaxError
      ? wrong('json', `it is no JSON: ${error.message}`)
      : wrong('file-missing', `it cannot be read: ${reasonOf(error)}`)
  }
  const parsed = runSchema.safeParse(value)
  if (parsed.success) return { document: parsed.data, problems: [] }
  const [issue] = parsed.error.issues
  return wrong('no-run', `it is no run of lvsim ${VERSION}: ${issue.path.join('.') || 'the document'}: ${issue.message}`)
}
