/**
 * Goal: `always`, `never` and `within` mean what they say, to the instant for owners of VIPs and to the bin for what is
 * counted. Method: one made-up run of 60 s: b1 owns the VIP from 3 s to 20 s, nobody until 23 s, b2 from then on, and
 * b1 again beside it from 40 s to 40.5 s; a link is offered 110 % of its rate from 20 s to 24 s.
 */
import { describe, expect, it } from 'vitest'
import { checkExpectation, evaluateExpectations, type KnownNames, type RawExpectation } from '../../sim-core/expect/index.ts'
import { viewRun } from '../../sim-core/metrics/index.ts'
import { fakeRun, S } from '../metrics/fake-run.ts'

const VIP = '10.0.0.100'
const fake = fakeRun({
  durationS: 60,
  windows: { after: [25, 60], late: [45, 60] },
  links: ['b1→switch', 'switch→b1'],
  vips: {
    [VIP]: [
      ['b1', 3, 20],
      ['b2', 23, Number.POSITIVE_INFINITY],
      ['b1', 40, 40.5],
    ],
  },
})
fake.each(20, 24, (i, seconds) => {
  fake.link('switch→b1').offeredWireBytes[i] = (1.1e9 * seconds) / 8
})
const view = viewRun(fake.result, fake.windows, [])
const names: KnownNames = {
  link: ['b1→switch', 'switch→b1'],
  traffic: [],
  vip: [VIP],
  director: ['b1'],
  windows: ['run', 'after', 'late'],
  durationNs: 60 * S,
}
type Raw = Partial<Record<keyof RawExpectation, string | number>>
const check = (raw: Raw) =>
  checkExpectation(raw as unknown as RawExpectation, 'expect[0]', () => ({ file: 's.yaml', line: 1, column: 1 }), names)

function verdict(raw: Raw) {
  const { expectation, problems } = check(raw)
  expect(problems).toEqual([])
  return evaluateExpectations(expectation === undefined ? [] : [expectation], view)[0]
}

describe('never', () => {
  it('is broken by the shortest time, unless some is allowed', () => {
    expect(verdict({ metric: 'vip.masters', of: VIP, never: '> 1' })).toMatchObject({
      ok: false,
      observed: '2 from 40.000 s to 40.500 s, for 500 ms',
      whenNs: 40 * S,
      reason: 'never > 1 was expected',
    })
    expect(verdict({ metric: 'vip.masters', of: VIP, never: '> 1', longer_than: 0.5 * S })).toMatchObject({
      ok: true,
      observed: 'for 500 ms at most',
    })
    expect(verdict({ metric: 'vip.masters', of: VIP, never: '> 1', window: 'late' })).toMatchObject({ ok: true, observed: '1 throughout' })
  })
  it('joins neighbouring stretches: a link too full in four bins was so for 4 s', () => {
    expect(verdict({ metric: 'link.offered', of: 'switch→b1', never: '> 100 %', longer_than: 3 * S })).toMatchObject({
      ok: false,
      observed: '110.0 % from 20.000 s to 24.000 s, for 4 s',
    })
    expect(verdict({ metric: 'link.offered', of: 'switch→b1', never: '> 100 %', longer_than: 4 * S }).ok).toBe(true)
  })
})

describe('always', () => {
  it('holds throughout its window, and outside it does not matter', () => {
    expect(verdict({ metric: 'vip.owner', of: VIP, window: 'late', always: 'b2' })).toMatchObject({ ok: true, observed: 'b2 throughout' })
    expect(verdict({ metric: 'vip.owner', of: VIP, window: 'after', always: 'b2' })).toMatchObject({
      ok: false,
      observed: 'b1, b2 from 40.000 s to 40.500 s, for 500 ms',
      reason: 'always b2 was expected',
    })
  })
  it('names the longest time when there are several', () => {
    expect(verdict({ metric: 'vip.masters', of: VIP, always: 1 }).observed).toBe('0 from 0.000 s to 3.000 s, for 3 s')
  })
})

describe('within', () => {
  it('asks for how it is from then on', () => {
    expect(verdict({ metric: 'vip.masters', of: VIP, after: 20 * S, within: 3 * S, is: '>= 1' })).toMatchObject({
      ok: true,
      observed: 'after 3 s',
    })
    expect(verdict({ metric: 'vip.masters', of: VIP, after: 20 * S, within: 2.9 * S, is: '>= 1' })).toMatchObject({
      ok: false,
      observed: '0 from 22.900 s to 23.000 s, for 100 ms',
      reason: 'within 2.9 s after 20 s: >= 1 was expected',
    })
    expect(verdict({ metric: 'vip.owner', of: VIP, after: 20 * S, within: 4 * S, is: 'b2' })).toMatchObject({ ok: false, whenNs: 40 * S })
  })
  it('leaves out the bin in which the time ran out', () => {
    const is = { metric: 'link.offered', of: 'switch→b1', is: '<= 100 %', after: 20 * S }
    expect(verdict({ ...is, within: 3.5 * S }).ok).toBe(true)
    expect(verdict({ ...is, within: 3 * S }).ok).toBe(false)
    expect(verdict({ ...is, within: 39.5 * S })).toMatchObject({ ok: false, reason: expect.stringContaining('the window ends before') })
  })
})

describe('what makes no sense is refused', () => {
  it.each([
    [{ metric: 'vip.owner', of: VIP }, 'is missing', 'write is: and a comparison, or always:, or never:'],
    [{ metric: 'vip.owner', of: VIP, is: 'b1', always: 'b1' }, '`is` and `always` exclude each other', 'for each of them'],
    [{ metric: 'vip.owner', of: VIP, always: 'b1', longer_than: S }, 'longer_than: it belongs to `never`', 'write never:'],
    [{ metric: 'vip.owner', of: VIP, is: 'b1', after: S }, 'after: it belongs to `within`', 'write within:'],
    [{ metric: 'vip.owner', of: VIP, is: 'b1', within: S }, 'after what?', 'write after: and a time'],
    [{ metric: 'vip.owner', of: VIP, is: 'b1', after: 59 * S, within: S }, 'after the end of the run', 'a shorter time'],
    [{ metric: 'vip.owner', of: VIP, always: 'b1', at: S }, '`at` is one instant', 'leave one of them out'],
    [{ metric: 'vip.outage', of: VIP, never: '> 1s' }, 'vip.outage is one number for a window', 'vip.owner, vip.masters'],
    [{ metric: 'ipvs.active', of: 'b1', never: '> 1' }, 'is only known at the instants', 'write is: with at:'],
    [{ metric: 'vip.masters', of: VIP, never: '> 1s' }, 'the metric counts hosts', 'write 1 or "<= 1"'],
  ] as [Raw, string, string][])('%o', (raw, message, remedy) => {
    const { expectation, problems } = check(raw)
    const text = problems.map(p => `${p.message} ${p.remedy}`).join('\n')
    expect(text).toContain(message)
    expect(text).toContain(remedy)
    expect(expectation).toBeUndefined()
  })
})
