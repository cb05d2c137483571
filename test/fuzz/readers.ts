/**
 * Every reader of what somebody else wrote, with real inputs to begin from. `read` gives a complaint about the answer,
 * or nothing: a reader must give a value or problems with places, never throw, whatever it is given.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type fc from 'fast-check'
import { mapFiles } from '../../sim-core/base/files.ts'
import type { Problem } from '../../sim-core/base/problem.ts'
import { Simulation, traceSimulation } from '../../sim-core/compile/index.ts'
import { parseIpvsadmListing, parseIpvsadmRules, parseIpvsText, parseKeepalived } from '../../sim-core/config/index.ts'
import { modelOf, readCase } from '../../sim-core/conform/index.ts'
import { readFacts, readQuestion } from '../../sim-core/plan/index.ts'
import { runSchema } from '../../sim-core/report/index.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'
import { parseTrace, serialiseTrace, Trace } from '../../sim-core/trace/index.ts'
import { pack, readPacked, unpack } from '../../viz/state/pack.ts'
import { bytes, texts } from './mutations.ts'

export interface Reader {
  readonly name: string
  readonly inputs: () => Promise<fc.Arbitrary<string | Uint8Array>>
  readonly read: (input: never) => string | undefined | Promise<string | undefined>
}

const walk = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap(e => (e.isDirectory() ? walk(`${dir}/${e.name}`) : [`${dir}/${e.name}`]))
const namesOf = (dir: string, end: string): string[] => walk(dir).filter(f => f.endsWith(end))
const readAll = (names: readonly string[]): string[] => names.map(f => readFileSync(f, 'utf8'))
const SEED_MAX = 8_000
const seedTexts = (...sets: string[][]): string[] => sets.flat().filter(t => t.length > 0 && t.length <= SEED_MAX)

const confs = (): string[] => seedTexts(readAll([...namesOf('scenarios', '.conf'), ...namesOf('test/fixtures/config', '.conf')]))
const rules = (): string[] => seedTexts(readAll([...namesOf('scenarios', '.rules'), ...namesOf('test/conformance/ipvs', '.rules')]))
const listings = (): string[] =>
  seedTexts(readAll([...namesOf('test/fixtures/config/ipvsadm', '.txt'), ...namesOf('test/conformance/ipvs/i01', '.txt')]))
const scenarios = (): string[] => seedTexts(readAll([...namesOf('scenarios', '.yaml'), ...namesOf('test/fixtures/bad', '.yaml')]))

const badProblem = (problems: readonly Problem[]): string | undefined => {
  const bad = problems.find(p => !(p.at.line >= 1 && p.at.column >= 1) || p.message === '' || p.code === '')
  return bad === undefined ? undefined : `a problem without a place or a message: ${JSON.stringify(bad)}`
}
const valueOrProblems = (value: unknown, problems: readonly Problem[]): string | undefined =>
  value === undefined && !problems.some(p => p.severity === 'error') ? 'neither a value nor an error' : badProblem(problems)

const CONF = readFileSync('scenarios/coursework/conf/b1.keepalived.conf', 'utf8')
const beside = { 'conf/b1.keepalived.conf': CONF, 'conf/b2.keepalived.conf': CONF, 'conf/ipvsadm.rules': '-A -t 10.0.0.1:80 -s rr\n' }

/** A run that is long enough to have every kind of chunk, and short enough to be changed often. */
function traceBytes(): Uint8Array {
  const files = mapFiles({
    's.yaml':
      'scenario: s\nduration: 5s\nhosts: { c: { address: 172.28.128.10/24 }, b1: { address: 172.28.128.21/24, keepalived: b1.conf }, s1: { address: 172.28.128.31/24, serves: all } }\ntraffic: { t: { from: c, to: 172.28.128.200:80, start: 4s, curl: { count: 3, interval: 100ms } } }\n',
    'b1.conf': CONF,
  })
  const { model } = loadScenario('s.yaml', files)
  if (model === undefined) throw new Error('the seed scenario cannot be loaded')
  const simulation = new Simulation(model)
  const tap = traceSimulation(simulation, { level: 'full', budgetRows: 10_000 })
  simulation.run(model.durationNs)
  const trace = new Trace(tap.header)
  trace.add(tap.take(simulation.happenings, model.durationNs))
  return serialiseTrace(trace)
}

const CASES = ['test/conformance/vrrp/v22', 'test/conformance/vrrp/v28c', 'test/conformance/ipvs/p01']
const caseFiles = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map(f => [`x/${f}`, readFileSync(`${folder}/${f}`, 'utf8').slice(0, 20_000)]))

function readRecording(folder: string, changed: Record<string, string>): string | undefined {
  const files = mapFiles({ ...caseFiles(folder), ...changed })
  const { case: recorded, problems } = readCase(files, 'x')
  if (recorded !== undefined) modelOf(recorded, files)
  return valueOrProblems(recorded, problems)
}

const onTexts = (seeds: () => string[]) => async () => texts(seeds())

export const READERS: readonly Reader[] = [
  {
    name: 'scenario',
    inputs: onTexts(scenarios),
    read: (text: string) => {
      const { model, problems } = loadScenario('s.yaml', mapFiles({ ...beside, 's.yaml': text }))
      return valueOrProblems(model, problems)
    },
  },
  {
    name: 'keepalived.conf',
    inputs: onTexts(confs),
    read: (text: string) => {
      const { config, problems } = parseKeepalived('k.conf', mapFiles({ ...beside, 'k.conf': text }), { configId: 'b1' })
      return valueOrProblems(config, problems)
    },
  },
  { name: 'ipvsadm rules', inputs: onTexts(rules), read: (text: string) => badProblem(parseIpvsadmRules('r', text).problems) },
  {
    name: 'ipvsadm -Ln listing',
    inputs: onTexts(listings),
    read: (text: string) => badProblem([...parseIpvsadmListing('l', text).problems, ...parseIpvsText('l', text).problems]),
  },
  {
    name: 'case.json',
    inputs: onTexts(() => readAll(CASES.map(c => `${c}/case.json`))),
    read: (text: string) => readRecording(CASES[text.length % CASES.length], { 'x/case.json': text }),
  },
  {
    name: 'observed.jsonl',
    inputs: onTexts(() => readAll(CASES.map(c => `${c}/observed.jsonl`)).map(t => t.slice(0, SEED_MAX))),
    read: (text: string) => readRecording(CASES[0], { 'x/observed.jsonl': text }),
  },
  {
    name: 'trace',
    inputs: async () => bytes([traceBytes()]),
    read: (input: Uint8Array) => {
      const parsed = parseTrace(input)
      return 'trace' in parsed || parsed.problem.length > 10 ? undefined : `"${parsed.problem}" says too little`
    },
  },
  {
    name: 'shared link',
    inputs: async () =>
      texts([
        await pack({ scenario: 's.yaml', files: { 's.yaml': scenarios()[0] } }),
        JSON.stringify({ scenario: 'a', files: { a: 'b' } }),
      ]),
    read: async (text: string) => {
      for (const opened of [await unpack(text), readPacked(text)])
        if (opened !== undefined && !Object.values(opened.files).every(f => typeof f === 'string')) return 'a file that is no text'
      return undefined
    },
  },
  {
    name: 'plan question',
    inputs: onTexts(() => [
      'balancers: { b1: 10Gbit, b2: 10Gbit, b3: { link: 1Gbit, address: 10.0.0.3 } }\ntraffic: 6Gbit\nsurvive: 1\ngroups: { rack1: [b1, b2] }\nvips: { web: { share: 3 }, api: { share: 1 } }\n',
      'balancers: 3\nlink: 1Gbit\ntraffic: 1.5Gbit\nsurvive: 1\nheadroom: 20%\n',
    ]),
    read: (text: string) => {
      readQuestion({ file: { path: 'q.yaml', text }, options: [] })
      return badProblem(readFacts({ file: { path: 'q.yaml', text }, options: [] }).problems)
    },
  },
  {
    name: 'run document',
    inputs: onTexts(() => ['{"schema_version":1,"scenario":"s","windows":{},"story":[]}']),
    read: (text: string) => {
      try {
        runSchema.safeParse(JSON.parse(text))
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
      }
      return undefined
    },
  },
]
