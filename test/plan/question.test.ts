/**
 * Goal: a question file and options say what they mean, every mistake is told at its place, all at once, and what
 * --write leaves beside a plan asks the same question again.
 */
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../sim-core/base/problem.ts'
import {
  askPlan,
  constructPlan,
  instanceOf,
  type QuestionOption,
  questionJsonSchema,
  readFacts,
  readQuestion,
  writePlan,
} from '../../sim-core/plan/index.ts'
import { modelOf } from './questions.ts'

const OPTIONS: readonly QuestionOption[] = [
  { key: 'balancers', value: 3, typed: '--balancers 3' },
  { key: 'link', value: '1Gbit', typed: '--link 1Gbit' },
  { key: 'traffic', value: '1.5Gbit', typed: '--traffic 1.5Gbit' },
]
const without = (key: string): QuestionOption[] => OPTIONS.filter(o => o.key !== key)
const option = (key: string, value: unknown): QuestionOption => ({ key, value, typed: `--${key} ${String(value)}` })
const read = (text: string, options: readonly QuestionOption[] = []) => readQuestion({ file: { path: 'q.yaml', text }, options })
const places = (problems: readonly Problem[]): string[] => problems.map(p => `${p.at.file}:${p.at.line}:${p.at.column} ${p.code}`)

describe('options', () => {
  it('the question of the coursework', () => {
    expect(readQuestion({ options: OPTIONS }).question).toEqual({
      balancers: ['b1', 'b2', 'b3'].map(name => ({ name, linkBps: 1e9 })),
      survive: 1,
      trafficBps: 1.5e9,
    })
  })

  it('names instead of numbers, groups, headroom', () => {
    const options = [
      ...without('balancers'),
      option('balancers', ['x', 'y', 'z']),
      option('groups', { rack: ['x', 'y'] }),
      option('headroom', '20%'),
    ]
    expect(readQuestion({ options }).question).toMatchObject({
      balancers: [{ name: 'x' }, { name: 'y' }, { name: 'z' }],
      groups: [{ name: 'rack', members: ['x', 'y'] }],
      headroom: 0.2,
    })
  })

  it('every mistake at once, at the option that was typed', () => {
    const options = [
      option('balancers', 3),
      option('link', '1'),
      option('traffic', '-1Gbit'),
      option('survive', 5),
      option('layer', 'l2'),
      option('packet', '5B'),
    ]
    const { question, problems } = readQuestion({ options })
    expect(question).toBeUndefined()
    expect(problems.map(p => p.code).sort()).toEqual(['bad-packet-size', 'nothing-survives', 'rate', 'unit-missing', 'unknown-word'])
    for (const p of problems) {
      expect(p.at.file).toMatch(/^--/)
      expect(p.remedy?.length).toBeGreaterThan(3)
    }
  })

  it('what is missing is named once, with what to write', () => {
    expect(readQuestion({}).problems.map(p => p.message)).toEqual(['balancers: is missing', 'traffic: is missing'])
    expect(readQuestion({ options: without('link') }).problems.map(p => p.message)).toEqual(['link: is missing'])
  })
})

describe('files', () => {
  const FULL = `balancers:
  b1: 10Gbit
  b2: { link: 1Gbit, address: 10.0.0.2 }
  b3:
link: 2.5Gbit
traffic: 6Gbit
survive: 1
groups: { rack: [b2, b3] }
vips: { web: { share: 900Mbit }, api: 1.5Gbit, mail: 450Mbit }
servers: { s1: { link: 10Gbit, weight: 2 }, s2: 10Gbit }
`

  it('unequal links, shares, servers', () => {
    const { problems, question } = read(FULL.replace(', address: 10.0.0.2', ''))
    expect(problems).toEqual([])
    expect(question).toEqual({
      balancers: [
        { name: 'b1', linkBps: 1e10 },
        { name: 'b2', linkBps: 1e9 },
        { name: 'b3', linkBps: 2.5e9 },
      ],
      survive: 1,
      trafficBps: 6e9,
      groups: [{ name: 'rack', members: ['b2', 'b3'] }],
      vips: [
        { name: 'web', share: 900e6 },
        { name: 'api', share: 1.5e9 },
        { name: 'mail', share: 450e6 },
      ],
      servers: [
        { name: 's1', linkBps: 1e10, weight: 2 },
        { name: 's2', linkBps: 1e10 },
      ],
    })
  })

  it('shares are all numbers, all percentages or all rates', () => {
    const shares = (vips: string): string[] => places(read(`balancers: 2\nlink: 1Gbit\ntraffic: 1Gbit\nvips: ${vips}\n`).problems)
    expect(shares('{ a: 60 %, b: 40 % }')).toEqual([])
    expect(shares('{ a: 3, b: }')).toEqual([])
    expect(shares('{ a: 3, b: 450Mbit, c: }')).toEqual(['q.yaml:4:12 shares-mixed', 'q.yaml:4:30 shares-mixed'])
    expect(shares('{ a: 3, b: 25 % }')).toEqual(['q.yaml:4:12 shares-mixed'])
  })

  it('a key that is written twice does not hide other mistakes', () => {
    const twice = read('balancers: { b1: 1Gbit, b1: 2Gbit }\ntraffic: 2Gbit\nsurvive: 9\n')
    expect(twice.problems.map(p => p.code)).toEqual(['yaml-duplicate-key', 'nothing-survives'])
  })

  it('options replace what the file says', () => {
    expect(read(FULL.replace(', address: 10.0.0.2', ''), [option('traffic', '2Gbit')]).question?.trafficBps).toBe(2e9)
  })

  it('mistakes at line and column', () => {
    expect(places(read(FULL).problems)).toEqual(['q.yaml:2:7 key-missing', 'q.yaml:4:6 key-missing'])
    const wrong = FULL.replace(', address: 10.0.0.2', '')
      .replace('survive: 1', 'survive: many\nsurvife: 1')
      .replace('rack: [b2, b3]', 'rack: [b2, b4]')
    expect(places(read(wrong).problems)).toEqual(['q.yaml:7:10 number', 'q.yaml:8:1 unknown-key', 'q.yaml:9:22 unknown-balancer'])
  })

  it.each([
    ['', 'file-empty'],
    ['- 1\n', 'form'],
    ['balancers: [', 'yaml-syntax'],
    ['a: &a { b: *a }\n', 'yaml-alias'],
  ])('%j is refused', (text, code) => {
    expect(read(text).problems.map(p => p.code)).toContain(code)
  })

  it('facts need nothing', () => {
    expect(readFacts({ file: { path: 'plan.yaml', text: 'link: 1Gbit\n' } })).toMatchObject({ raw: { link: 1e9 }, problems: [] })
  })
})

describe('plan.yaml beside a plan', () => {
  it.each([
    ['equal VIPs', modelOf(), 4],
    [
      'headroom, groups, tunnels, payload',
      modelOf({ headroom: 0.15, groups: [{ name: 'rack', members: ['b1', 'b2'] }], forwarding: 'TUN', layer: 'payload', headerBytes: 28 }),
      4,
    ],
    [
      'shares and names',
      modelOf({
        vips: [
          { name: 'on', share: 3 },
          { name: 'web', share: 2 },
        ],
      }),
      undefined,
    ],
    ['odd rates', modelOf({ trafficBps: 1_234_567_891, responseRatio: 20, forwarding: 'NAT' }), 3],
  ])('%s: asks the same question', (_name, model, vips) => {
    const written = writePlan(model, constructPlan(instanceOf(model, vips)))
    if (!written.ok) throw new Error('not written')
    const again = read(written.files.get('plan.yaml') as string)
    expect(again.problems).toEqual([])
    const { vips: given, servers: _, ...question } = model.question
    expect(again.question).toMatchObject({ layer: 'ip', ...question })
    expect(again.question?.vips?.length).toBe(vips ?? given?.length)
  })
})

describe('asking', () => {
  it('a takeover that cannot be that fast is told at its option', async () => {
    const asked = await askPlan(readQuestion({ options: [...OPTIONS, option('failover', '1ms')] }))
    expect(asked.ok ? [] : places(asked.problems)).toEqual(['--failover 1ms:1:1 failover-too-fast'])
  })

  it('a takeover within a second, growth, skew and a longer curve', async () => {
    const options = [
      ...OPTIONS,
      option('failover', '1s'),
      option('growth', '20 %'),
      option('skew', { zipf: 0, draws: 50 }),
      option('vips_up_to', 9),
    ]
    const asked = await askPlan(readQuestion({ options }))
    if (!asked.ok) throw new Error(asked.problems.map(p => p.message).join())
    expect(asked.result.failover.worstLossS.most).toBeLessThanOrEqual(1)
    expect(asked.deployment.failover).toBe(asked.result.failover)
    expect(asked.result.growth?.years).toBeCloseTo(Math.log(1 / asked.result.plan.worstAfter) / Math.log(1.2), 9)
    expect(asked.result.skew?.draws).toBe(50)
    expect(asked.result.curve.points).toHaveLength(9)
  })
})

it('its JSON Schema describes every key', () => {
  const { properties } = questionJsonSchema() as { properties: Record<string, { description?: string }> }
  expect(Object.keys(properties)).toContain('balancers')
  for (const [key, { description = '' }] of Object.entries(properties)) expect(`${key}: ${description}`).toMatch(/: .{10,}/)
})
