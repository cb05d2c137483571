/**
 * `lvsim check`: the configuration files of a cluster → who owns what under every failure, what that loads, and what
 * is wrong across hosts. Pure: files come through a FileSource, so the page can check what is dropped on it.
 * Tested in test/plan/check/parts.test.ts and rules.test.ts.
 */
import type { FileSource } from '../../base/files.ts'
import { hasErrors, type Problem } from '../../base/problem.ts'
import type { RawQuestion } from '../question/index.ts'
import type { Cluster, HostFiles } from './cluster.ts'
import { readCluster } from './cluster.ts'
import type { Costs } from './costs.ts'
import { costsOf } from './costs.ts'
import type { Masters } from './election.ts'
import { Elections } from './election.ts'
import { lint } from './lint.ts'
import { type LoadModel, loadModel } from './load.ts'
import { type FailureRow, failureMatrix } from './matrix.ts'
import { probesOf, type ProbeLoad } from './probes.ts'
import { type Proposal, propose } from './proposal.ts'
import type { Finding } from './rule.ts'

export interface CheckInput {
  readonly hosts: readonly HostFiles[]
  readonly files: FileSource
  /** Link rates, traffic, addresses: what a keepalived.conf cannot say. */
  readonly facts?: RawQuestion
  /** Where they were read, for messages. */
  readonly factsFile?: string
}

export interface CheckResult {
  readonly cluster: Cluster
  readonly masters: Masters
  readonly matrix: readonly FailureRow[]
  readonly load?: LoadModel
  readonly findings: readonly Finding[]
  readonly probes: ProbeLoad
  readonly costs: Costs
  /** When a link is offered too much. */
  readonly proposal?: Proposal
  /** Something in the files could not be read as it was meant: it is among the findings, and the rest was looked at. */
  readonly misread: boolean
}

export type CheckedCluster =
  | { readonly ok: true; readonly result: CheckResult }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Without the file, or with braces that leave open what belongs where, there is nothing to look at; any other mistake
 * costs a line or a block, as it costs keepalived. */
const UNREADABLE: ReadonlySet<string> = new Set(['file-missing', 'file-empty', 'brace-unclosed', 'brace-stray'])

export function checkCluster({ hosts, files, facts = {}, factsFile = 'facts' }: CheckInput): CheckedCluster {
  const { cluster, problems } = readCluster(hosts, files, facts)
  const aboutFacts = factProblems(cluster, factsFile)
  const refused = [...problems.filter(p => UNREADABLE.has(p.code)), ...aboutFacts]
  if (hasErrors(refused)) return { ok: false, problems: [...problems, ...aboutFacts] }
  const load = loadModel(cluster)
  const masters = new Elections(cluster).masters(new Set())
  const matrix = failureMatrix(cluster, load)
  const withLoad = load === undefined ? {} : { load }
  const findings = lint({ cluster, matrix, masters, ...withLoad }, problems)
  const proposal = findings.some(f => f.rule === 'link-overloaded') ? propose(cluster) : undefined
  return {
    ok: true,
    result: {
      cluster,
      masters,
      matrix,
      ...withLoad,
      findings,
      probes: probesOf(cluster),
      costs: costsOf(cluster, masters, matrix),
      ...(proposal === undefined ? {} : { proposal }),
      misread: hasErrors(problems),
    },
  }
}

/** Facts about hosts and VIPs that the configurations do not know: a typo would silently count for nothing. */
function factProblems(cluster: Cluster, file: string): Problem[] {
  const { facts } = cluster
  const at = { file, line: 1, column: 1 }
  const hosts = cluster.hosts.map(h => h.name)
  const problem = (code: string, message: string, remedy: string): Problem => ({ at, severity: 'error', code, message, remedy })
  const problems: Problem[] = []
  for (const name of Object.keys(facts.balancers ?? {}))
    if (!hosts.includes(name))
      problems.push(problem('unknown-host', `balancers: there is no host "${name}"`, `hosts are: ${hosts.join(', ')}`))
  for (const [group, members] of Object.entries(facts.groups ?? {}))
    for (const name of members)
      if (!hosts.includes(name))
        problems.push(problem('unknown-host', `groups.${group}: there is no host "${name}"`, `hosts are: ${hosts.join(', ')}`))
  const named = Object.entries(facts.vips ?? {}).map(([name, vip]) => vip.address ?? name)
  if (named.length > 0) {
    for (const vip of named)
      if (!cluster.vips.includes(vip))
        problems.push(problem('unknown-vip', `vips: no instance has ${vip}`, `VIPs are: ${cluster.vips.join(', ')}`))
    for (const vip of cluster.vips)
      if (!named.includes(vip)) problems.push(problem('vip-missing', `vips: ${vip} has no share`, 'give every VIP its share, or none'))
  }
  return problems
}
