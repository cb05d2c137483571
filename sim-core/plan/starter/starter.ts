/**
 * A first scenario for a cluster of real configuration files: they run unchanged, a client asks every service, the
 * balancer with the most VIPs dies, and what then happens is written down as expectations. It is simulated before it is
 * given, so what it expects holds; what an operator would hope for and does not hold is a comment with what was seen.
 * Tested in test/plan/starter.test.ts.
 */
import type { FileSource } from '../../base/files.ts'
import { hasErrors, type Problem } from '../../base/problem.ts'
import { simulate } from '../../compile/index.ts'
import { evaluateExpectations } from '../../expect/index.ts'
import { ownersAt, type RunResult, showDuration, viewRun } from '../../metrics/index.ts'
import { loadScenario, type Model } from '../../scenario/index.ts'
import { checkCluster, type CheckResult, type HostFiles } from '../check/index.ts'
import { starterNetwork } from './network.ts'
import { servicesOf } from './services.ts'
import { plain, type StarterParts, starterParts } from './text.ts'

export interface StarterInput {
  /** Where the scenario will be; the hosts' files are in its folder or below. */
  readonly file: string
  readonly hosts: readonly HostFiles[]
  readonly files: FileSource
}

export type Starter =
  | {
      readonly ok: true
      readonly text: string
      readonly expectations: number
      readonly notes: readonly string[]
      readonly problems: readonly Problem[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const SECOND_NS = 1e9
const BEFORE_S = 10
const AFTER_S = 10
/** Between two adverts, as a crash would be. */
const PHASE_S = 0.05

export function starterScenario(input: StarterInput): Starter {
  const checked = checkCluster({ hosts: input.hosts, files: input.files })
  if (!checked.ok) return checked
  const { cluster } = checked.result
  const { services, leftOut } = servicesOf(cluster)
  const dr = new Map<number, number[]>()
  for (const s of services) dr.set(s.vip, [...(dr.get(s.vip) ?? []), ...s.servers.filter(r => !r.nat).map(r => r.address)])
  const parts = starterParts(input.file, cluster, starterNetwork(cluster, dr), services)
  const slowestS = Math.max(1, ...checked.result.matrix.flatMap(row => row.takeovers.map(t => t.crashNs.most / SECOND_NS)))
  const startS = Math.ceil(2 * slowestS + Math.max(0, ...cluster.hosts.map(h => h.config.globals.startupDelayNs / SECOND_NS)) + 5)

  const calm = run(input, scenarioText(parts, { endS: startS, expect: [] }))
  if (!calm.ok) return calm
  const settledS = Math.max(1, ...calm.result.measurements.vips.map(v => Math.ceil((v.owners[0]?.fromNs ?? 0) / SECOND_NS)))
  const plan = timesOf(checked.result, calm.result, settledS, slowestS, startS)
  const first = run(input, scenarioText(parts, { ...plan, expect: [] }))
  if (!first.ok) return first
  const wished = wishes(checked.result, first.result, parts, plan)
  const judged = run(input, scenarioText(parts, { ...plan, expect: wished }))
  if (!judged.ok) return judged
  const verdicts = evaluateExpectations(judged.model.expectations, viewRun(judged.result, judged.model.windows, []))
  const kept = wished.map((line, i) => (verdicts[i].ok ? line : `  # not so: ${line.trim().slice(2)}: ${verdicts[i].observed}`))
  const notes = [
    ...parts.notes,
    ...leftOut.map(what => `${what} has no traffic: add some under traffic:.`),
    ...wished.flatMap((line, i) =>
      verdicts[i].ok ? [] : [`this does not hold and is only a comment: ${line.trim().slice(2)}: ${verdicts[i].observed}`],
    ),
  ]
  return {
    ok: true,
    text: scenarioText(parts, { ...plan, expect: kept }),
    expectations: verdicts.filter(v => v.ok).length,
    notes,
    problems: judged.model.problems,
  }
}

interface Times {
  readonly endS: number
  readonly settledS?: number
  readonly crash?: { readonly host: string; readonly atS: number; readonly takenS: number }
  readonly expect: readonly string[]
}

/** When who is crashed: the owner of most VIPs, of which none is a single balancer's. */
function timesOf({ cluster }: CheckResult, calm: RunResult, settledS: number, slowestS: number, atMostS: number): Omit<Times, 'expect'> {
  const held = new Map<string, number>()
  for (const vip of calm.measurements.vips)
    for (const host of ownersAt(vip, calm.simulatedNs - 1)) held.set(host, (held.get(host) ?? 0) + 1)
  const [busiest] = [...held].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  const fromS = Math.min(settledS, atMostS) + BEFORE_S
  if (busiest === undefined || cluster.hosts.length < 2) return { endS: fromS + AFTER_S, settledS }
  const takenS = Math.ceil(fromS + PHASE_S + slowestS + 2)
  return { endS: takenS + AFTER_S, settledS, crash: { host: busiest[0], atS: fromS + PHASE_S, takenS } }
}

function scenarioText(parts: StarterParts, { endS, settledS, crash, expect }: Times): string {
  const windows =
    settledS === undefined
      ? ''
      : crash === undefined
        ? `windows: { before: ${settledS}s..${endS}s }`
        : `windows: { before: ${settledS}s..${crash.atS - PHASE_S}s, takeover: ${crash.atS}s..${crash.takenS}s, after: ${crash.takenS}s..${endS}s }`
  return `${[
    '# A first scenario, written by lvsim init: the configuration files run as they are. Link rates, what clients send and addresses that no file',
    '# says are assumed: change them to yours. The expectations are what the simulation of these files does.',
    `scenario: ${crash === undefined ? 'The cluster as it is' : `The cluster, and what happens when ${crash.host} dies`}`,
    'seed: 1',
    `duration: ${endS}s`,
    '',
    'hosts:',
    ...parts.hosts,
    'links: { default: { rate: 1Gbit, delay: 50us } }',
    ...(parts.traffic.length === 0 ? [] : ['', 'traffic:', ...parts.traffic]),
    ...(crash === undefined ? [] : ['', 'events:', `  - { at: ${crash.atS}s, crash: ${plain(crash.host)} }`]),
    ...(windows === '' ? [] : ['', windows]),
    ...(expect.length === 0 ? [] : ['', expect.every(line => line.includes('# not so')) ? 'expect: []' : 'expect:', ...expect]),
  ].join('\n')}\n`
}

type Run =
  | { readonly ok: true; readonly model: Model; readonly result: RunResult }
  | { readonly ok: false; readonly problems: readonly Problem[] }

function run({ file, files }: StarterInput, text: string): Run {
  const source: FileSource = { read: path => (path === file ? { ok: true, text } : files.read(path)), glob: pattern => files.glob(pattern) }
  const { model, problems } = loadScenario(file, source)
  if (model === undefined || hasErrors(problems)) return { ok: false, problems }
  return { ok: true, model, result: simulate(model) }
}

/** What an operator would want to be told when it changes. */
function wishes(
  { matrix }: CheckResult,
  result: RunResult,
  { traffic, requests }: StarterParts,
  { crash, endS }: Omit<Times, 'expect'>,
): string[] {
  const windows = crash === undefined ? ['before'] : ['before', 'after']
  const lines: string[] = []
  const expectation = (metric: string, rest: string): void => void lines.push(`  - { metric: ${metric}, ${rest} }`)
  const moves = matrix.find(row => row.failed.length === 1 && row.failed[0] === crash?.host)?.takeovers ?? []
  for (const vip of result.measurements.vips) {
    const of = `of: ${vip.address}`
    const owned = (atS: number): void =>
      expectation('vip.owner', `${of}, at: ${atS}s, is: ${plain(ownersAt(vip, atS * SECOND_NS).join(', ') || 'none')}`)
    owned((crash === undefined ? endS : crash.atS - PHASE_S) - 1)
    if (crash !== undefined) owned(endS - 1)
    const move = moves.find(m => m.vip === vip.address)
    if (move !== undefined)
      expectation('vip.outage', `${of}, window: takeover, is: "<= ${showDuration(Math.ceil(move.crashNs.most / 1e6) * 1e6)}"`)
    expectation('vip.masters', `${of}, never: "> 1"`)
  }
  for (const name of requests) for (const window of windows) expectation('requests.failed', `of: ${plain(name)}, window: ${window}, is: 0`)
  if (traffic.length > 0) for (const window of windows) expectation('window.verdict', `window: ${window}, is: HOLDS`)
  return lines
}
