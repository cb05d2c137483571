/**
 * Goal: whatever happens in a run has its cause as data (rule, source, inputs with units, arithmetic that is true), and the
 * same cause stands in the JSON and in the exported trace; no rule that lvsim knows is left unseen.
 * Method: scenarios, recordings and small clusters that together give every cause there is, looked through happening
 * by happening. What is seen is compared with the table of rules, so a new rule needs a run that shows it.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { directorTables, Simulation, traceSimulation } from '../../sim-core/compile/index.ts'
import {
  conform,
  jsonReport,
  makeReport,
  parseTrace,
  type RunDocument,
  serialiseTrace,
  simulateModel,
  Trace,
} from '../../sim-core/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'
import { because, CAUSE_RULES, type Cause, type CauseRule, type Happening } from '../../sim-core/trace/contract.ts'
import { recordings } from '../conform/files.ts'
import { wrongArithmetic } from './arithmetic.ts'
import { faultsOfCause } from './faults.ts'
import { SMALL_CLUSTERS, smallCluster } from './small-clusters.ts'

/** Shortest of those that give a rule. */
const SCENARIOS = [
  ...['failover-stop', 'failover-with-sync', 'failover-without-sync', 'inactconn-nat'].map(f => `coursework/${f}`),
  ...['igmp-snooping-without-querier', 'kill-leaves-vips', 'overdue-entries', 'persistence-becomes-60s'].map(f => `surprises/${f}`),
  ...['all-weights-zero', 'equal-priority', 'port-forced', 'sync-daemon-differs', 'sync-group-differs'].map(f => `lint/${f}/scenario`),
]

const CASES = [
  ...['c01', 'e02b', 'e07', 'h01', 'h04', 'i03', 'i04', 'p01', 'p03a', 'p03b'].map(c => `ipvs/${c}`),
  ...['v05a', 'v10a', 'v15a', 'v15b', 'v16a', 'v18c', 'v19a', 'v20b', 'v20d', 'v22', 'v23', 'v24', 'v25a', 'v26a', 'v32', 'v40'].map(
    c => `vrrp/${c}`,
  ),
  'vrrp-drawn/d007',
]

/** Rules that no run can show, and why. */
const NOT_SEEN_IN_RUNS: Partial<Record<CauseRule, string>> = {
  'loss-not-accepted': 'a reason that nothing gives any more; its number stays, because digests and traces hold those of the others',
  'vrrp-no-source-address': 'an interface loses its address: an input of the machine that no verb of a scenario gives (machines.test.ts)',
  'vrrp-source-address': 'the same',
  'vrrp-reject-ttl': 'adverts never cross a router in lvsim; keepalived’s check is there all the same (machines.test.ts)',
  'checker-weight': 'scripts of a scenario end with 0 or 1; other exit statuses are given in machines.test.ts',
  'ipvs-port-zero': 'ipvsadm and keepalived refuse such a service when it is read (machines.test.ts)',
  'request-closed-early': 'no server of lvsim closes in the middle of an answer (machines.test.ts)',
  'request-no-port': '28,232 source ports to one address: a run too long for a test (machines.test.ts)',
  'rst-time-wait': 'a SYN within a connection that is half closed (machines.test.ts)',
}

const seen = new Set<string>()

function faultsOf(cause: Cause): string[] {
  seen.add(cause.rule)
  return faultsOfCause(cause)
}

/** Journal lines need no cause; those that have one are told. */
const faultsOfAll = (happenings: readonly Happening[]): string[] =>
  happenings.flatMap(h =>
    h.cause !== undefined
      ? faultsOf(h.cause).map(f => `${h.host} ${h.what}: ${f}`)
      : h.kind === 'log'
        ? []
        : [`${h.kind} ${h.what} has no cause`],
  )

interface Run {
  readonly happenings: readonly Happening[]
  readonly document: RunDocument
  readonly traced: readonly Happening[]
}

function run(model: Model): Run {
  const simulation = new Simulation(model)
  const tap = traceSimulation(simulation, { level: 'states', budgetRows: 0 })
  simulation.run()
  const result = simulation.result(directorTables(simulation))
  const trace = new Trace(tap.header)
  trace.add(tap.take(simulation.happenings, simulation.now))
  const read = parseTrace(serialiseTrace(trace))
  if (!('trace' in read)) throw new Error(read.problem)
  const document = jsonReport(makeReport(model, result), { version: '0', wallS: 0 })
  return { happenings: simulation.happenings, document, traced: read.trace.happenings }
}

function faultsInJson(cause: RunDocument['requests'][number]['why']): string[] {
  if (cause === null) return ['there is no cause']
  const { arithmetic, ...rest } = cause
  return faultsOf({ ...rest, ...(arithmetic === null ? {} : { arithmetic }) } as Cause)
}

function check({ happenings, document, traced }: Run): void {
  expect([...new Set(faultsOfAll(happenings))]).toEqual([])
  const plain = (causes: readonly (Cause | undefined)[]) => JSON.parse(JSON.stringify(causes))
  expect(plain(traced.map(h => h.cause))).toEqual(plain(happenings.map(h => h.cause)))
  const untold = ['advert', 'garp']
  const wanted = happenings.filter(h => !untold.includes(h.kind) && (h.kind !== 'log' || h.cause !== undefined))
  expect(document.story.map(s => s.cause)).toEqual(
    plain(wanted.map(h => h.cause)).map((c: Cause | null) => c && { ...c, arithmetic: c.arithmetic ?? null }),
  )
  for (const { cause } of document.tables.flatMap(t => t.conns)) expect(faultsInJson(cause)).toEqual([])
  // A request that nothing happened to needs no cause; any other has one.
  for (const { cause, fate, why } of document.requests) {
    if (fate !== 'ok') expect(cause).not.toBe('')
    if (cause !== '') expect(faultsInJson(why)).toEqual([])
    expect(why?.text ?? '').toBe(cause)
  }
  for (const { dropped, sent, delivered } of Object.values(document.windows['run'].traffic)) {
    expect(dropped.filter(d => !(d.rule in CAUSE_RULES))).toEqual([])
    if (dropped.length > 0) expect(delivered).toBeLessThanOrEqual(sent)
  }
}

const disk = {
  read: (path: string) => {
    try {
      return { ok: true as const, text: readFileSync(path, 'utf8') }
    } catch {
      return { ok: false as const, reason: 'there is no such file' }
    }
  },
  glob: () => [],
}

describe('every cause is data', () => {
  it.each(SCENARIOS)('in the story, the JSON and the trace of scenarios/%s', name => {
    const { model } = loadScenario(`scenarios/${name}.yaml`, disk)
    if (model === undefined) throw new Error(`${name} cannot be loaded`)
    check(run(model))
  })

  it.each(Object.keys(SMALL_CLUSTERS))('of %s', name => {
    const result = run(smallCluster(name))
    check(result)
    const rules = new Set(result.happenings.map(h => h.cause?.rule as string))
    expect(SMALL_CLUSTERS[name].gives.filter(r => !rules.has(r))).toEqual([])
  })

  it.each(CASES)('of the recording %s', directory => {
    const { case: recorded } = conform.readCase(recordings, directory)
    if (recorded === undefined) throw new Error(`${directory} cannot be read`)
    const { model } = conform.modelOf(recorded, recordings)
    if (model === undefined) throw new Error(`${directory} has no model`)
    check(run(model))
  })

  it.each(['coursework/failover-crash', 'capacity/three-vips'])('of scenarios/%s as flows and their rates', name => {
    const { model } = loadScenario(`scenarios/${name}.yaml`, disk, { set: ['model=rates'] })
    if (model === undefined) throw new Error(`${name} cannot be loaded`)
    const result = simulateModel(model)
    expect(result.happenings.length).toBeGreaterThan(20)
    expect([...new Set(faultsOfAll(result.happenings))]).toEqual([])
  })

  it('cannot be made without what its rule asks for', () => {
    const wrong = () => [
      // @ts-expect-error the interval is missing
      because('vrrp-advert', 'every second', { priority: 100 }),
      // @ts-expect-error the arithmetic is missing
      because('loss-ttl', 'used up', { host: 'r1', dst: '9.9.9.9', ttl: 1 }),
      // @ts-expect-error there is no such rule
      because('vrrp-magic', 'it happens', {}),
    ]
    expect(wrong).toThrow()
    expect(wrongArithmetic('3 × 1 s + (256 − 101)/256 × 1 s = 3.605468 s; 120 > 100')).toBeUndefined()
    expect(wrongArithmetic('3 × 1 s = 4 s')).toBe('3 × 1 s = 4 s: the left side is 3')
    expect(wrongArithmetic('10.0.0.3 < 10.0.0.2')).toMatch(/the left side/)
  })
})

/** After all the others. */
describe('every rule', () => {
  it('was seen in one of these runs, or cannot be', () => {
    expect(Object.keys(CAUSE_RULES).filter(rule => !seen.has(rule) && !(rule in NOT_SEEN_IN_RUNS))).toEqual([])
    expect(Object.keys(NOT_SEEN_IN_RUNS).filter(rule => seen.has(rule))).toEqual([])
  })
})
