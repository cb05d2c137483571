/**
 * Goal: an expectation means what it says, or is refused with what was probably meant. What may be written in `is:` is
 * one row here for each unit; then the checks of names; then verdicts of a run made up for the purpose.
 */
import { describe, expect, it } from 'vitest'
import {
  checkExpectation,
  evaluateExpectations,
  type KnownNames,
  type RawExpectation,
  readComparison,
} from '../../sim-core/expect/index.ts'
import type { MetricUnit } from '../../sim-core/metrics/index.ts'
import { viewRun } from '../../sim-core/metrics/index.ts'
import { fakeRun, S } from '../metrics/fake-run.ts'

type Row = readonly [unit: MetricUnit, input: unknown, meaning: unknown]

const rows: readonly Row[] = [
  ['s', '<= 3.606s', { kind: 'compare', op: '<=', value: 3_606_000_000 }],
  ['s', '3.6s ± 5ms', { kind: 'near', value: 3.6e9, tolerance: 5e6 }],
  ['s', '3.6s +- 5 %', { kind: 'near', value: 3.6e9, tolerance: 0.18e9 }],
  ['s', '2.605s..3.606s', { kind: 'between', from: 2.605e9, to: 3.606e9 }],
  ['s', '0s', { kind: 'compare', op: '==', value: 0 }],
  ['s', 0, { kind: 'compare', op: '==', value: 0 }],
  ['ratio', '102.5 % ± 0.3 %', { kind: 'near', value: 1.025, tolerance: 0.003 }],
  ['ratio', '1.65 % +/- 0.1 %', { kind: 'near', value: 0.0165, tolerance: 0.001 }],
  ['ratio', '<= 1.02', { kind: 'compare', op: '<=', value: 1.02 }],
  ['ratio', 0, { kind: 'compare', op: '==', value: 0 }],
  ['bit/s', '>= 900Mbit', { kind: 'compare', op: '>=', value: 900e6 }],
  ['bit/s', '0', { kind: 'compare', op: '==', value: 0 }],
  ['bit/s', '1Gbit ± 5Mbit', { kind: 'near', value: 1e9, tolerance: 5e6 }],
  ['entries', 25, { kind: 'compare', op: '==', value: 25 }],
  ['entries', '23..24', { kind: 'between', from: 23, to: 24 }],
  ['packets', '< 100 packets', { kind: 'compare', op: '<', value: 100 }],
  ['requests', '= 3', { kind: 'compare', op: '==', value: 3 }],
  ['name', 'b2', { kind: 'name', not: false, anyOf: ['b2'] }],
  ['name', '!= b1', { kind: 'name', not: true, anyOf: ['b1'] }],
  ['name', 'b2 | b3', { kind: 'name', not: false, anyOf: ['b2', 'b3'] }],
]

const refused: readonly Row[] = [
  ['s', '<= 3.6', 'has no unit'],
  ['s', 'soon', 'is not a duration'],
  ['s', '', 'is not a comparison'],
  ['s', '3s..2s', 'ends before it begins'],
  ['ratio', '5 s', 'is not a ratio'],
  ['bit/s', '1GB/s', 'counts bytes'],
  ['entries', '25 packets', 'the metric counts entries'],
  ['name', '> b1', 'have no order'],
  ['name', 'b1 |', 'lacks a name'],
  ['s', undefined, 'is not a comparison'],
]

describe('is:', () => {
  it.each(rows)('%s: %s', (unit, input, meaning) => {
    const read = readComparison(input, unit)
    expect(read).toMatchObject({ ok: true })
    if (!read.ok) return
    const { kind, ...rest } = read.value
    const wanted = meaning as { kind: string } & Record<string, unknown>
    expect(kind).toBe(wanted.kind)
    for (const [key, value] of Object.entries(rest)) {
      if (typeof value === 'number') expect(value).toBeCloseTo(wanted[key] as number, 9)
      else expect(value).toEqual(wanted[key])
    }
  })

  it.each(refused)('%s: "%s" is refused', (unit, input, reason) => {
    const read = readComparison(input, unit)
    expect(read.ok ? '' : read.reason).toContain(reason)
    expect(read.ok ? '' : read.remedy).toContain('write')
  })
})

const names: KnownNames = {
  link: ['b1→switch', 'switch→b1'],
  traffic: ['ingress'],
  vip: ['10.0.0.100', '10.0.0.101'],
  director: ['b1'],
  windows: ['run', 'after'],
  durationNs: 60 * S,
}
const at = { file: 's.yaml', line: 1, column: 1 }
const check = (raw: Partial<RawExpectation>) =>
  checkExpectation({ metric: 'vip.outage', is: '0s', ...raw } as RawExpectation, 'expect[0]', () => at, names)

describe('names', () => {
  const codes = (raw: Partial<RawExpectation>) => check(raw).problems.map(p => `${p.code}: ${p.remedy}`)

  it('a link may be typed with an arrow of two characters', () => {
    expect(check({ metric: 'link.offered', of: 'switch->b1', is: '<= 1' }).expectation?.of).toBe('switch→b1')
  })
  it('a label may be left out when there is only one', () => {
    expect(check({ metric: 'traffic.loss', is: 0 }).expectation?.of).toBe('ingress')
    expect(check({ of: undefined }).problems.map(p => p.code)).toEqual(['key-missing'])
  })
  it('a real server of a director is a label', () => {
    expect(check({ metric: 'ipvs.inactive', of: 'b1/10.0.0.11:80', at: 5 * S, is: 25 } as never).expectation?.of).toBe('b1/10.0.0.11:80')
  })
  it.each([
    [{ metric: 'link.ofered', of: 'switch→b1' }, 'unknown-metric: did you mean "link.offered"?'],
    [{ metric: 'vip.loss', of: '10.0.0.100' }, 'unknown-metric: did you mean "traffic.loss"?'],
    [{ of: '10.0.0.110' }, 'unknown-vip: did you mean "10.0.0.100"?'],
    [{ of: '10.0.0.100', window: 'aftr' }, 'unknown-window: did you mean "after"?'],
    [{ of: '10.0.0.100', stat: 'p99' }, 'label: leave `stat` out'],
    [{ of: '10.0.0.100', at: 5 * S }, 'label: write window:'],
    [{ metric: 'ipvs.active', of: 'b1', is: 0 }, 'key-missing: write at:'],
    [{ metric: 'vip.owner', of: '10.0.0.100', at: 61 * S, is: 'b1' }, 'after-end: write an earlier time'],
    [{ metric: 'vip.owner', of: '10.0.0.100', at: 5 * S, window: 'after', is: 'b1' }, 'label: keep one of them'],
    [{ metric: 'link.offered', of: 'switch→b1', stat: 'total', is: 1 }, 'label: write one of mean'],
    [{ metric: 'window.verdict', of: 'b1', is: 'HOLDS' }, 'label: leave `of` out'],
  ] as [Partial<RawExpectation>, string][])('%o is refused', (raw, remedy) => {
    expect(codes(raw).join('\n')).toContain(remedy)
    expect(check(raw).expectation).toBeUndefined()
  })
})

describe('verdicts', () => {
  const fake = fakeRun({
    durationS: 60,
    windows: { after: [25, 60] },
    links: ['b1→switch', 'switch→b1'],
    traffic: { ingress: 'packets' },
    vips: {
      '10.0.0.100': [
        ['b1', 3, 20],
        ['b2', 23, Number.POSITIVE_INFINITY],
      ],
      '10.0.0.101': [],
    },
  })
  fake.each(25, 60, (i, seconds) => {
    fake.link('switch→b1').offeredWireBytes[i] = (1.025 * 1e9 * seconds) / 8
  })
  const view = viewRun(fake.result, fake.windows, [])
  const verdict = (raw: Partial<RawExpectation>) => {
    const { expectation, problems } = check(raw)
    expect(problems).toEqual([])
    return evaluateExpectations(expectation === undefined ? [] : [expectation], view)[0]
  }

  it('hold within their tolerance and fail outside of it, saying by how much', () => {
    expect(verdict({ metric: 'link.offered', of: 'switch→b1', window: 'after', is: '102.5 % ± 0.3 %' })).toMatchObject({
      ok: true,
      observed: '102.5 %',
    })
    const off = verdict({ metric: 'link.offered', of: 'switch→b1', window: 'after', is: '101 % ± 0.3 %' })
    expect(off).toMatchObject({ ok: false, reason: '101.0 % ± 0.30 % was expected; it is 1.50 % off' })
  })
  it('name the owner at an instant and in a window', () => {
    expect(verdict({ metric: 'vip.owner', of: '10.0.0.100', at: (10 * S) as never, is: 'b1' }).ok).toBe(true)
    expect(verdict({ metric: 'vip.owner', of: '10.0.0.100', at: (21 * S) as never, is: 'none' }).ok).toBe(true)
    expect(verdict({ metric: 'vip.owner', of: '10.0.0.100', window: 'run', is: 'b1, b2' }).ok).toBe(true)
    expect(verdict({ metric: 'vip.owner', of: '10.0.0.100', window: 'after', is: '!= b2' })).toMatchObject({ ok: false, observed: 'b2' })
  })
  it('compare durations exactly', () => {
    expect(verdict({ of: '10.0.0.100', is: '<= 3s' }).ok).toBe(true)
    expect(verdict({ of: '10.0.0.100', is: '< 3s' })).toMatchObject({ ok: false, observed: '3 s', reason: 'below 3 s was expected' })
  })
  it('fail when there is nothing to look at, and say why', () => {
    expect(verdict({ metric: 'vip.unserved', of: '10.0.0.101', is: '0s' })).toMatchObject({
      ok: false,
      reason: 'nothing was sent to 10.0.0.101 in the window run',
    })
    expect(verdict({ metric: 'ipvs.active', of: 'b1', at: (5 * S) as never, is: 0 }).reason).toContain('no tables of b1')
  })
  it('fail beyond the instant at which a run stopped', () => {
    const short = viewRun({ ...fake.result, simulatedNs: 30 * S, stopped: 'interrupted' }, fake.windows, [])
    const { expectation } = check({ of: '10.0.0.100', window: 'after' })
    const [v] = evaluateExpectations(expectation === undefined ? [] : [expectation], short)
    expect(v).toMatchObject({ ok: false, reason: 'the run stopped at 30 s: interrupted' })
  })
})
