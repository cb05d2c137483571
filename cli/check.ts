/** `lvsim check`: the real configurations of a cluster in, ownership, load and lint out. */
import type { Command } from 'commander'
import {
  checkAnswer,
  checkJson,
  checkSarif,
  checkText,
  comparisonText,
  explainText,
  hasErrors,
  jsonProblems,
  nearest,
  plan,
  type Problem,
  rulesJson,
  rulesText,
  showDuration,
  showRatio,
} from '../sim-core/index.ts'
import { usageError } from './arguments.ts'
import { type ClusterFiles, clusterFiles } from './cluster-files.ts'
import { EXIT, styleFor, write, writeJson, writeProblems } from './output.ts'
import { addQuestionOptions, questionOptions } from './plan-options.ts'
import { VERSION } from './version.ts'

interface CheckOptions extends Record<string, unknown> {
  readonly json?: boolean
  readonly sarif?: boolean
  readonly strict?: boolean
  readonly against?: string
  readonly explain?: string
  readonly rules?: boolean
}

const HELP = `
A folder holds NAME.keepalived.conf (or NAME/keepalived.conf, or NAME/etc/keepalived/keepalived.conf) for each host, with
the files that it includes; beside them may be NAME.rules or ipvsadm.rules (from ipvsadm-save -n), and plan.yaml with
what a keepalived.conf cannot say: link rates, traffic, shares, addresses, who dies together. lvsim plan --write makes such folders; lvsim help plan describes plan.yaml.

What it prints, from top to bottom: who owns each VIP and how long takeovers take after a crash and after a stop; VIPs and
link load of each host after every single and double loss; findings, each with its fix and a scenario that shows what
follows; better orders when a link is overloaded; what adverts and health checks cost; the last line is the answer.

Exit codes: 0 no error (with --strict: and no warning); 1 a finding, or an overloaded link; 2 a file has a mistake that
keepalived too would stumble over (it is among the findings, the rest is judged without it) or cannot be read.

Examples:
  lvsim check /etc/cluster
  lvsim check b1.keepalived.conf b2.keepalived.conf --link 1Gbit --traffic 1.5Gbit
  lvsim check new --against old              what does the change alter?
  lvsim check cluster --sarif > lint.sarif   for code scanning
  lvsim check --explain vip-lists-differ`

const KEYS = ['link', 'traffic', 'survive', 'layer', 'packet', 'headroom', 'forwarding', 'response_ratio', 'groups']

export function addCheck(program: Command): void {
  const command = program
    .command('check')
    .summary('who takes over what, which link is then overloaded, what is misconfigured')
    .description('Reads the keepalived.conf of every host of a cluster and says what each failure does and what is wrong across hosts.')
    .argument('[paths...]', 'a folder, or the hosts’ files')
  addQuestionOptions(command, KEYS)
  command
    .option('--against <dir>', 'the configuration before a change: say what the change alters')
    .option('--strict', 'warnings fail too')
    .option('--explain <rule>', 'why a rule is there, and what to do')
    .option('--rules', 'list all rules')
    .option('--json', 'print one JSON document instead of text')
    .option('--sarif', 'print the findings as SARIF 2.1.0')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: CheckOptions) => {
      process.exitCode = await run(paths, options)
    })
}

async function run(paths: readonly string[], options: CheckOptions): Promise<number> {
  const style = styleFor(process.stdout)
  if (options.explain !== undefined) return explain(options.explain)
  if (options.rules === true) {
    if (options.json) await writeJson(rulesJson())
    else await write(process.stdout, rulesText(style))
    return EXIT.ok
  }
  if (paths.length === 0) throw usageError('give a folder with the hosts’ keepalived.conf files, or the files')
  const now = check(paths, options)
  const then = options.against === undefined ? undefined : check([options.against], options)
  const problems = [...(now.ok ? [] : now.problems), ...(then === undefined || then.ok ? [] : then.problems)]
  if (!now.ok || (then !== undefined && !then.ok)) {
    if (options.json) await writeJson(jsonProblems(problems))
    else await writeProblems(problems)
    return EXIT.input
  }
  const { result } = now
  const comparison = then === undefined ? undefined : plan.compareChecks(then.result, result, { ratio: showRatio, time: showDuration })
  if (options.sarif === true) await writeJson(checkSarif(result, VERSION))
  else if (options.json) await writeJson(checkJson(result, comparison))
  else {
    const compared = comparison === undefined ? '' : `${comparisonText(comparison, options.against as string, style)}\n`
    await write(process.stdout, compared + checkText(result, style))
  }
  const warned = options.strict === true && result.findings.some(f => f.severity === 'warning')
  if (result.misread || then?.result.misread === true) return EXIT.input
  return checkAnswer(result).holds && !warned ? EXIT.ok : EXIT.failed
}

type Checked = { readonly ok: true; readonly result: plan.CheckResult } | { readonly ok: false; readonly problems: readonly Problem[] }

function check(paths: readonly string[], options: CheckOptions): Checked {
  const found = clusterFiles(paths)
  if (found.problems.length > 0) return { ok: false, problems: found.problems }
  const facts = factsOf(found, options)
  if (hasErrors(facts.problems)) return { ok: false, problems: facts.problems }
  return plan.checkCluster({
    hosts: found.hosts,
    files: found.files,
    ...(facts.raw === undefined ? {} : { facts: facts.raw }),
    ...(found.facts === undefined ? {} : { factsFile: found.facts }),
  })
}

function factsOf(found: ClusterFiles, options: CheckOptions): Pick<plan.ReadFacts, 'raw' | 'problems'> {
  const read = found.facts === undefined ? undefined : found.files.read(found.facts)
  if (read !== undefined && !read.ok && found.facts !== undefined) {
    const at = { file: found.facts, line: 1, column: 1 }
    return {
      problems: [{ at, severity: 'error', code: 'file-missing', message: `it cannot be read: ${read.reason}`, remedy: 'check the name' }],
    }
  }
  const file = read === undefined || !read.ok || found.facts === undefined ? undefined : { path: found.facts, text: read.text }
  return plan.readFacts({ ...(file === undefined ? {} : { file }), options: questionOptions(options) })
}

async function explain(id: string): Promise<number> {
  const rule = plan.ruleNamed(id)
  if (rule === undefined) {
    const near = nearest(
      id,
      plan.RULES.map(r => r.id),
    )
    throw usageError(`there is no rule "${id}"; ${near === undefined ? 'lvsim check --rules lists them' : `did you mean ${near}?`}`)
  }
  await write(process.stdout, explainText(rule, styleFor(process.stdout)))
  return EXIT.ok
}
