/**
 * Goal: a failure says what was promised, what happened, when and why, and each form of a suite says the same.
 * Method: a cluster that ships, a run that is made up; then entries written by hand for the forms.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FileSource } from '../../sim-core/base/files.ts'
import {
  checkGolden,
  entryOf,
  failureText,
  githubAnnotations,
  gitlabFindings,
  goldenText,
  makeReport,
  notRun,
  PLAIN,
  type SuiteEntry,
  suiteJson,
  suiteMarkdown,
  suiteText,
  testSchema,
  wrongInput,
} from '../../sim-core/report/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'
import type { Happening } from '../../sim-core/trace/contract.ts'
import { fakeRun } from '../metrics/fake-run.ts'

const disk: FileSource = { read: path => ({ ok: true, text: readFileSync(path, 'utf8') }), glob: () => [] }
const FILE = 'scenarios/capacity/three-vips.yaml'
const expectations = (list: string) => loadScenario(FILE, disk, { set: [`expect=${list}`] }).model as Model
const COMMANDS = { repeat: () => 'lvsim run x', look: (_: SuiteEntry, ns: number) => `lvsim view x --at ${ns / 1e9}s` }

const fake = fakeRun({
  durationS: 60,
  windows: { before: [10, 20], failover: [20, 25], after: [25, 60] },
  eventsS: [20],
  links: ['switch→b1', 'switch→b2', 'switch→b3'],
  traffic: { ingress: 'packets' },
  vips: {
    '10.10.1.10': [
      ['b1', 3.6, 20],
      ['b2', 23.2, Number.POSITIVE_INFINITY],
    ],
    '10.10.1.20': [['b2', 3.6, Number.POSITIVE_INFINITY]],
    '10.10.1.30': [['b3', 3.6, Number.POSITIVE_INFINITY]],
  },
})
const told = (tS: number, host: string, kind: Happening['kind'], what: string, text: string, fields: Happening['fields'] = {}) =>
  ({ t: tS * 1e9, host, kind, what, cause: { rule: 'vrrp-master-down', text, source: '', inputs: {} }, fields }) as unknown as Happening
const happenings = [
  told(20, 'b1', 'fault', 'loses power', 'the scenario says so'),
  told(23.2, 'b2', 'vip', 'has 10.10.1.10', 'no advert since 19.6 s', { ip: '10.10.1.10', present: true }),
]

function failuresOf(list: string): SuiteEntry {
  const model = expectations(list)
  const { sent, delivered, dropped } = fake.traffic('ingress')
  const queueFull = new Float64Array(fake.segments.count)
  ;(dropped as (Float64Array | undefined)[])[0] = queueFull
  fake.each(25, 60, segment => {
    sent[segment] = 1000
    delivered[segment] = 980
    queueFull[segment] = 20
  })
  return entryOf(makeReport(model, { ...fake.result, happenings }), 1.5)
}

describe('a failure', () => {
  const failureOf = (expectation: string) => failuresOf(`[${expectation}]`).checks[0].failure
  it('of a VIP names the change of owner and its arithmetic', () => {
    expect(failureOf('{ metric: vip.outage, of: 10.10.1.10, window: failover, is: <= 2s }')).toEqual({
      promised: 'vip.outage of 10.10.1.10, window failover: <= 2s',
      happened: '3.2 s: at most 2 s was expected',
      when: '20.000 s to 25.000 s, window failover',
      lookNs: 20e9,
      cause: '23.200 s b2 has 10.10.1.10: no advert since 19.6 s',
    })
  })
  it('over time is looked at just before it began', () => {
    const failure = failureOf('{ metric: vip.masters, of: 10.10.1.10, window: failover, always: 1 }')
    expect(failure).toMatchObject({ when: '20.000 s', lookNs: 19.9e9, happened: expect.stringContaining('0 from 20.000 s to 23.200 s') })
  })
  it('of traffic names where it was lost', () => {
    expect(failureOf('{ metric: traffic.loss, of: ingress, window: after, is: 0 }')?.cause).toMatch(
      /^lost on the way: [\d,]+ \(queue full\)$/,
    )
  })
  it('of a link names who brought the load', () => {
    expect(failureOf('{ metric: link.offered, of: switch→b2, window: after, is: 50 % }')?.cause).toBe(
      'b2 owned 10.10.1.10 for 35 s and 10.10.1.20 for 35 s of the 35 s',
    )
    expect(failureOf('{ metric: link.offered, of: switch→b1, window: after, is: 50 % }')?.cause).toBe('b1 owned no VIP then')
  })
  it('of tables says when the director had nothing to balance', () => {
    const report = failureOf('{ metric: ipvs.active, of: b1, at: 2s, is: 3 }')
    expect(report?.cause).toBe('b1 owned no VIP until then; nobody owned 10.10.1.10, nobody owned 10.10.1.20 and nobody owned 10.10.1.30')
  })
  it('is written as promised, happened, when, why and where to look', () => {
    const entry = failuresOf('[{ metric: vip.outage, of: 10.10.1.10, window: failover, is: <= 2s }]')
    expect(failureText(entry, entry.checks[0], PLAIN, COMMANDS)).toBe(
      `FAIL  --set expect=[{ metric: vip.outage, of: 10.10.1.10, window: failover, is: <= 2s }]:1  vip.outage of 10.10.1.10, window failover: <= 2s
  happened    3.2 s: at most 2 s was expected
  at          20.000 s to 25.000 s, window failover
  cause       23.200 s b2 has 10.10.1.10: no advert since 19.6 s
  repeat      lvsim run x
  look        lvsim view x --at 20s
`,
    )
  })
})

const at = { file: 'a,b.yaml', line: 3, column: 5 }
const failed: SuiteEntry = {
  ...{ file: 'a,b.yaml', title: 't', state: 'failed', seed: 1, digest: '0', wallS: 1 },
  checks: [
    { text: 'x: 1', at, state: 'held', observed: '1' },
    {
      text: 'loss: 100 %',
      at,
      state: 'failed',
      observed: '2',
      failure: { promised: 'p', happened: '50 %\nmore', when: 'w', lookNs: 0, cause: 'c|d' },
    },
  ],
  problems: [],
}
const wrong = wrongInput('bad.yaml', [
  { at: { file: 'bad.yaml', line: 1, column: 2 }, severity: 'error', code: 'unit-missing', message: 'm', remedy: 'r' },
])
const entries = [failed, wrong, notRun('late.yaml', 'interrupted')]

describe('the forms', () => {
  it('GitHub’s escapes what would end a command, and begins with errors', () => {
    expect(githubAnnotations(entries).split('\n')).toEqual([
      '::error file=a%2Cb.yaml,line=3,col=5,title=loss%3A 100 %25::50 %25%0Amore%0Acause: c|d',
      '::error file=bad.yaml,line=1,col=2,title=unit-missing::m%0Ar',
      '::notice title=lvsim test::0 of 3 scenarios passed, 1 of 2 expectations held',
      '',
    ])
  })
  it('GitLab’s fingerprint does not move with the line, and is another for another finding', () => {
    const moved = { ...failed, checks: failed.checks.map(c => ({ ...c, at: { ...at, line: 9 } })) }
    const [a, b] = [gitlabFindings([failed])[0], gitlabFindings([moved])[0]]
    expect([a.location.lines.begin, b.location.lines.begin]).toEqual([3, 9])
    expect(a.fingerprint).toBe(b.fingerprint)
    const twice = gitlabFindings([{ ...failed, checks: [...failed.checks, ...failed.checks] }]).map(f => f.fingerprint)
    expect(new Set(twice).size).toBe(2)
    expect(twice[0]).toMatch(/^[0-9a-f]{32}$/)
  })
  it('Markdown cannot be broken by what users wrote', () => {
    const text = suiteMarkdown(entries, COMMANDS)
    expect(text).toContain('## lvsim: 3 of 3 scenarios do not hold')
    expect(text).toContain('- cause: c\\|d')
  })
  it('JSON follows its schema and counts', () => {
    const document = suiteJson(entries)
    expect(testSchema.safeParse(document).error).toBeUndefined()
    expect([document.passed, document.failed, document.unjudged]).toEqual([0, 1, 2])
  })
  it('the last line counts', () => {
    expect(suiteText(entries, 2.04, PLAIN)).toBe('\n3 scenarios: 1 failed, 2 could not be judged; 1 of 2 expectations held; 2 s\n')
  })
})

describe('golden tables', () => {
  it('hold owners and windows, and a difference shows its first lines', () => {
    const text = goldenText(makeReport(expectations('[]'), fake.result))
    expect(text).toMatch(/10\.10\.1\.10 {2}b2 +23\.200 s +60\.000 s/)
    expect(checkGolden('x.yaml', text, text)).toMatchObject({ state: 'held' })
    const check = checkGolden('x.yaml', text.replace('23.200', '23.300'), text)
    expect(check.at).toEqual({ file: 'x.golden.txt', line: 5, column: 1 })
    expect(check.failure?.happened).toMatch(/^1 of \d+ lines differ\n- .*23\.300 s.*\n\+ .*23\.200 s/)
  })
})
