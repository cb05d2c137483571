/**
 * A question file and options of a command line → one checked question, with every problem at its place: in the file,
 * or at the option that was typed. Options replace what the file says. Tested in test/plan/question.test.ts.
 */
import { hasErrors, type Position, type Problem } from '../../base/problem.ts'
import { pathText, readYaml, type YamlFile, type YamlPath } from '../../config/index.ts'
import { cycleIn, type Places, prune, Reporter, reportIssues, sortProblems } from '../../scenario/index.ts'
import type { Placement } from '../model-check.ts'
import { checkQuestion } from '../model-check.ts'
import type { PlanQuestion } from '../model.ts'
import { type RawQuestion, questionSchema } from './schema.ts'
import { questionOf, rawPath } from './to-question.ts'

/** A key of the question that was given beside the file. */
export interface QuestionOption {
  readonly key: string
  readonly value: unknown
  /** What the user typed: `--link 1Gbit`. */
  readonly typed: string
}

export interface QuestionInput {
  readonly file?: { readonly path: string; readonly text: string }
  readonly options?: readonly QuestionOption[]
}

export interface ReadFacts {
  /** What is left when everything that is wrong is taken out; undefined when nothing useful is. */
  readonly raw?: RawQuestion
  readonly problems: readonly Problem[]
  readonly places: Places
}

export interface ReadQuestion {
  /** Undefined when something is wrong. */
  readonly question?: PlanQuestion
  readonly raw?: RawQuestion
  readonly problems: readonly Problem[]
  /** Where a path of the PlanQuestion was written. */
  readonly placement: Placement
}

/** Everything that the planner needs. */
export function readQuestion(input: QuestionInput): ReadQuestion {
  const { raw, problems, places } = readFacts(input)
  const start = places.locate([])
  const placement: Placement = path => places.locate(rawPath(raw, path))
  const reporter = new Reporter(places)
  reporter.take(problems)
  if (raw === undefined) return { problems, placement }
  const tried = (key: string): boolean => input.options?.some(o => o.key === key) === true || problems.some(p => p.message.startsWith(key))
  for (const [key, remedy] of MANDATORY)
    if (raw[key] === undefined && !tried(key)) reporter.error([key], 'key-missing', 'is missing', remedy)
  reportMissingLinks(raw, reporter, tried('link'))
  reportMixedShares(raw, reporter)
  const question = questionOf(raw)
  const known = reporter.problems.length
  for (const p of checkQuestion(question, placement)) {
    const key = String(rawPath(raw, p.message.split(':')[0])[0])
    const missing = raw[key as keyof RawQuestion] === undefined && known > 0
    if (!missing) reporter.take([{ ...p, message: p.message.replace(/^[^:]+/, path => pathText(rawPath(raw, path))) }])
  }
  reportMissingAddresses(raw, reporter)
  const all = sortProblems(reporter.problems, [start.file])
  return hasErrors(all) ? { raw, problems: all, placement } : { question, raw, problems: all, placement }
}

const MANDATORY = [
  ['balancers', 'write how many, such as --balancers 3, or name them in a file'],
  ['traffic', 'write a rate such as --traffic 1.5Gbit'],
] as const

function reportMissingLinks(raw: RawQuestion, reporter: Reporter, tried: boolean): void {
  if (raw.link !== undefined || tried) return
  const without = Object.entries(raw.balancers ?? {}).filter(([, b]) => b.link === undefined)
  if (without.length === 0) return
  const remedy = 'write the wire rate of the links, such as --link 1Gbit'
  if (without.length === Object.keys(raw.balancers ?? {}).length) reporter.error(['link'], 'key-missing', 'is missing', remedy)
  else for (const [name] of without) reporter.error(['balancers', name, 'link'], 'key-missing', 'is missing', remedy)
}

/** A share of 3 beside one of 450 Mbit/s would be nothing: proportions of what? */
function reportMixedShares(raw: RawQuestion, reporter: Reporter): void {
  const vips = Object.entries(raw.vips ?? {})
  const unit = vips.map(([, vip]) => vip.share?.unit ?? 'number').find(u => u !== 'number') ?? 'number'
  for (const [name, vip] of vips) {
    if (unit === (vip.share?.unit ?? 'number')) continue
    const what = vip.share === undefined ? 'is missing' : `is a ${vip.share.unit}`
    reporter.error(
      ['vips', name, 'share'],
      'shares-mixed',
      `${what}, and another VIP's share is a ${unit}`,
      'write all as numbers such as 3, all as percentages, or all as rates such as 450Mbit',
    )
  }
}

/** Addresses of one kind are given for all or for none: a made-up one beside a real one would be a trap. */
function reportMissingAddresses(raw: RawQuestion, reporter: Reporter): void {
  for (const key of ['balancers', 'vips', 'servers'] as const) {
    const entries = Object.entries(raw[key] ?? {})
    const without = entries.filter(([, entry]) => entry.address === undefined)
    if (without.length === entries.length) continue
    for (const [name] of without)
      reporter.error([key, name, 'address'], 'key-missing', 'is missing', `write an address for each of the ${key}, or for none`)
  }
}

/** The keys that are there, each checked by itself; nothing is mandatory. */
export function readFacts(input: QuestionInput): ReadFacts {
  const { file, options = [] } = input
  const yaml = file === undefined ? undefined : readYaml(file.path, file.text)
  const start: Position = { file: file?.path ?? 'lvsim plan', line: 1, column: 1 }
  const places = placesOf(yaml, options, start)
  const reporter = new Reporter(places)
  reporter.take(yaml?.problems ?? [])
  const done = (raw?: RawQuestion): ReadFacts => ({ ...(raw === undefined ? {} : { raw }), problems: reporter.problems, places })
  if (yaml !== undefined && yaml.value === undefined) return done()
  const cycle = cycleIn(yaml?.value)
  if (cycle !== undefined) reporter.error(cycle, 'yaml-alias', 'it contains itself', 'write the values out')
  else if (yaml !== undefined && !isMap(yaml.value))
    reporter.error([], 'form', 'the file is no map of keys', 'write keys such as balancers: 3, link: 1Gbit, traffic: 1.5Gbit')
  else return done(parsed({ ...(yaml?.value as object | undefined), ...optionValues(options) }, reporter))
  return done()
}

function parsed(value: object, reporter: Reporter): RawQuestion | undefined {
  const result = questionSchema.safeParse(value)
  if (result.success) return result.data
  reportIssues(result.error.issues, questionSchema, value, reporter)
  return prune(questionSchema, value)?.value
}

const isMap = (value: unknown): boolean => value !== null && typeof value === 'object' && !Array.isArray(value)

const optionValues = (options: readonly QuestionOption[]): Record<string, unknown> =>
  Object.fromEntries(options.map(({ key, value }) => [key, value]))

function placesOf(yaml: YamlFile | undefined, options: readonly QuestionOption[], start: Position): Places {
  const at = (path: YamlPath, otherwise: (path: YamlPath) => Position): Position => {
    const option = options.find(o => o.key === path[0])
    if (option !== undefined) return { file: option.typed, line: 1, column: 1 }
    return otherwise(path)
  }
  return {
    locate: path => at(path, p => yaml?.locate(p) ?? start),
    locateKey: path => at(path, p => yaml?.locateKey(p) ?? start),
  }
}
