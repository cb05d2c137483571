/** `lvsim plan`: a question in, the plan with its proof out; as files with --write, simulated with --verify. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import {
  jsonProblems,
  plan,
  planJson,
  planMarkdown,
  planText,
  type Problem,
  verificationJson,
  verificationText,
} from '../sim-core/index.ts'
import { seconds } from './arguments.ts'
import { reasonOf } from './files.ts'
import { EXIT, styleFor, write, writeJson, writeProblems } from './output.ts'
import { addQuestionOptions, questionOptions } from './plan-options.ts'
import { Progress, wasInterrupted } from './progress.ts'
import { highsSolver } from './solver.ts'
import { writeFolder } from './write-folder.ts'

interface PlanCommandOptions {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly write?: string
  readonly force?: boolean
  readonly verify?: boolean
  readonly timeLimit?: number
}

const HELP = `
What it prints, from top to bottom: the curve over the number of VIPs, the method and its formula, the order of balancers
for each VIP (highest priority first), every link's load in every failure set, what is proven, what each link must be,
how long a takeover lasts; the last line is the answer. Percentages are of a link's wire rate.

The question may be a file, whose keys are the options' names; there balancers, VIPs and real servers can have names,
links, shares and addresses of their own:
  balancers: { b1: 10Gbit, b2: 10Gbit, b3: 10Gbit, b4: { link: 1Gbit } }   beside link: also address:, for all or none
  traffic: 6Gbit
  survive: 1
  groups: { rack1: [b1, b4] }                                                they die together
  vips: { web: 3, api: 1, mail: 1, static: 2 }                               or as measured: { web: 450Mbit, … }

Exit codes: 0 the plan fits; 1 nothing fits, or --verify found a difference; 2 the question is wrong; 130 interrupted.

Examples:
  lvsim plan --balancers 3 --link 1Gbit --traffic 1.5Gbit --survive 1
  lvsim plan --balancers 3 --link 1Gbit --traffic 1.5Gbit --write cluster --verify
  lvsim plan cluster/plan.yaml --traffic 2Gbit --growth 30% --skew
  lvsim plan --balancers 3 --link 1Gbit --traffic 1.5Gbit --json | jq .recommended`

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .summary('how many VIPs, in which order of balancers, with proof')
    .description(
      'Finds how many VIPs a cluster needs and each VIP’s order of balancers, so that any losses overload no link, and proves it.',
    )
    .argument('[file]', 'a question as YAML; options replace what it says')
  addQuestionOptions(command)
  command
    .option('--write <dir>', 'write keepalived.conf of each balancer, ipvsadm rules, sysctls, DNS, a scenario and a README')
    .option('--force', 'let --write replace files that exist')
    .option('--verify', 'simulate every failure set with the written files and compare')
    .option('--time-limit <time>', 'for the solver, such as 30s (8s)', seconds('--time-limit'))
    .option('--json', 'print one JSON document instead of text')
    .option('--markdown', 'print Markdown instead of text')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: PlanCommandOptions & Record<string, unknown>) => {
      process.exitCode = await run(file, options)
    })
}

async function run(file: string | undefined, options: PlanCommandOptions & Record<string, unknown>): Promise<number> {
  const text = file === undefined ? undefined : readText(file)
  if (typeof text === 'object') return refuse([text], options)
  const read = plan.readQuestion({
    ...(file === undefined || text === undefined ? {} : { file: { path: file, text } }),
    options: questionOptions(options),
  })
  const progress = new Progress('lvsim plan')
  const asked = await plan.askPlan(read, {
    solver: highsSolver({
      stop: wasInterrupted,
      onWait: s => progress.say(`the solver is looking for a better plan or a proof, ${s.toFixed(0)} s`),
    }),
    ...(options.timeLimit === undefined ? {} : { timeLimitS: options.timeLimit }),
    onProgress: said => progress.say(said),
  })
  progress.done()
  if (!asked.ok) return refuse(asked.problems, options)
  return answer(asked, options)
}

type Answered = Extract<plan.Asked, { ok: true }>

async function answer(asked: Answered, options: PlanCommandOptions): Promise<number> {
  const { result, deployment } = asked
  const files =
    options.write === undefined && options.verify !== true ? undefined : plan.writePlan(result.model, result.plan.answer, deployment)
  if (files?.ok === false) return refuse([...asked.problems, ...files.problems], options)
  const problems = [...asked.problems, ...(files?.problems ?? [])]
  const verification = options.verify === true && files !== undefined ? verify(result, files) : undefined
  if (options.write !== undefined && files !== undefined) {
    const inTheWay = writeFolder(options.write, files.files, { force: options.force === true })
    if (inTheWay.length > 0) return refuse([...problems, ...inTheWay], options)
  }
  if (!options.json) await writeProblems(problems)
  const written = options.write === undefined || files === undefined ? undefined : { folder: options.write, names: [...files.files.keys()] }
  if (options.json)
    await writeJson({
      ...planJson(result),
      ...(verification === undefined ? {} : { verification: verificationJson(verification) }),
      ...(written === undefined ? {} : { written }),
    })
  else {
    const style = styleFor(process.stdout)
    const checked = verification === undefined ? '' : `\n${verificationText(verification, style)}\n`
    const wrote = written === undefined ? '' : `\nWritten to ${written.folder}: ${written.names.join(', ')}\n`
    await write(process.stdout, `${options.markdown === true ? planMarkdown(result) : planText(result, style)}${checked}${wrote}`)
  }
  if (wasInterrupted()) return EXIT.interrupted
  const differs = verification !== undefined && (verification.differences.length > 0 || !verification.complete)
  return result.plan.fits && !differs ? EXIT.ok : EXIT.failed
}

function verify(result: plan.PlanResult, files: Extract<plan.Written, { ok: true }>): plan.Verification {
  const progress = new Progress('simulating every failure set')
  const { model, plan: chosen, failover } = result
  const found = plan.verifyPlan({
    model,
    plan: chosen,
    failover,
    files: files.files,
    groups: files.groups,
    progress: s => progress.show(s),
  })
  progress.done()
  return found
}

async function refuse(problems: readonly Problem[], { json }: PlanCommandOptions): Promise<number> {
  if (json) await writeJson(jsonProblems(problems))
  else await writeProblems(problems)
  return wasInterrupted() ? EXIT.interrupted : EXIT.input
}

function readText(file: string): string | Problem {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return {
      at: { file, line: 1, column: 1 },
      severity: 'error',
      code: 'file-missing',
      message: `"${file}" cannot be read: ${reasonOf(error)}`,
      remedy: 'give the path of a question file, or ask with options: --balancers 3 --link 1Gbit --traffic 1.5Gbit',
    }
  }
}
