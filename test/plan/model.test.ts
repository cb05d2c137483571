/** Goal: rates become wire rates as counted by hand, and every mistake is reported at once, with what to write instead. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlanQuestion } from '../../sim-core/plan/index.ts'
import { fits, instanceOf, makeModel, requiredLinkBps, serverLoads, utilisation, wholeShares } from '../../sim-core/plan/index.ts'
import { COURSEWORK, modelOf } from './questions.ts'

describe('traffic on the wire', () => {
  it('1.5 Gbit/s of 1500-byte IP packets is 1.538 Gbit/s on the wire', () => {
    expect(modelOf().trafficWireBps).toBeCloseTo(1.538e9, 0)
  })

  it.each([
    ['wire', 1.5e9],
    ['frame', (1.5e9 * 1538) / 1514],
    ['ip', (1.5e9 * 1538) / 1500],
    ['payload', (1.5e9 * 1538) / 1460],
  ] as const)('counted at layer %s', (layer, wireBps) => {
    expect(modelOf({ layer }).trafficWireBps).toBeCloseTo(wireBps, 0)
  })

  it('40-byte packets still take 84 bytes on the wire', () => {
    expect(modelOf({ packetBytes: 40 }).trafficWireBps).toBeCloseTo((1.5e9 * 84) / 40, 0)
  })

  it('TUN adds 20 bytes on the way out; NAT carries the replies too; DR neither', () => {
    expect(modelOf({ forwarding: 'TUN' }).trafficWireBps).toBeCloseTo((1.5e9 * 1558) / 1500, 0)
    expect(modelOf({ forwarding: 'NAT', responseRatio: 2 }).trafficWireBps).toBeCloseTo(3 * 1.538e9, 0)
    expect(modelOf({ forwarding: 'DR', responseRatio: 20 }).trafficWireBps).toBeCloseTo(1.538e9, 0)
  })

  it('two VIPs of three on one link are 102.5 %, and need a link of 1.0253 Gbit/s', () => {
    const model = modelOf()
    const instance = instanceOf(model, 3)
    expect(utilisation(model, instance, 2)).toBeCloseTo(1.02533, 5)
    expect(requiredLinkBps(model, instance, 2)).toBeCloseTo(1.025333e9, -3)
    expect([fits(model, instance, 2), fits(model, instance, 1)]).toEqual([false, true])
  })

  it('a link that is exactly full fits; headroom takes its part', () => {
    const model = modelOf({ trafficBps: 2e9, layer: 'wire' })
    expect(fits(model, instanceOf(model, 2), 1)).toBe(true)
    const careful = modelOf({ trafficBps: 2e9, layer: 'wire', headroom: 0.01 })
    expect(fits(careful, instanceOf(careful, 2), 1)).toBe(false)
  })

  it("real servers' links carry requests in or replies out, whichever is more, by weight", () => {
    const servers = [
      { name: 's1', linkBps: 1e9, weight: 3 },
      { name: 's2', linkBps: 1e10 },
    ]
    expect(serverLoads(modelOf({ layer: 'wire', trafficBps: 1e9, servers, responseRatio: 2 })).map(s => s.utilisation)).toEqual([1.5, 0.05])
  })
})

describe('whole numbers', () => {
  it('links lose their common divisor', () => {
    const model = modelOf({ balancers: [1e9, 1e10, 2.5e10].map((linkBps, i) => ({ name: `b${i}`, linkBps })) })
    expect([model.capacities, model.capacityUnitBps]).toEqual([[1, 10, 25], 1e9])
  })

  it('shares keep their proportions', () => {
    expect(wholeShares([0.5, 0.25, 0.25])).toEqual([2, 1, 1])
    expect(wholeShares([30, 60])).toEqual([1, 2])
    expect(wholeShares([0.1, 0.2])).toEqual([1, 2])
  })

  it('shares without short decimals are rounded to a millionth of the whole', () => {
    const [a, b] = wholeShares([1 / 3, 2 / 7])
    expect(a / b).toBeCloseTo(7 / 6, 4)
  })
})

describe('mistakes', () => {
  const codes = (question: PlanQuestion): string[] => {
    const made = makeModel(question)
    return made.ok ? [] : made.problems.map(p => p.code)
  }

  it('are all reported at once', () => {
    const wrong: PlanQuestion = {
      balancers: [
        { name: 'b1', linkBps: 0 },
        { name: 'b1', linkBps: 1e9 },
      ],
      groups: [{ name: 'rack', members: ['b2'] }],
      survive: 2,
      trafficBps: Number.NaN,
      layer: 'ethernet' as never,
      headroom: 1,
      forwarding: 'NAT',
      vips: [{ share: -1 }],
    }
    expect(codes(wrong)).toEqual([
      'bad-rate',
      'duplicate-name',
      'unknown-balancer',
      'nothing-survives',
      'bad-rate',
      'unknown-layer',
      'bad-headroom',
      'ratio-missing',
      'bad-share',
    ])
  })

  it('say where they are, what is wrong and what to write', () => {
    const made = makeModel({ ...COURSEWORK, groups: [{ name: 'rack', members: ['b4'] }] }, path => ({
      file: 'plan.yaml',
      line: 3,
      column: path.length,
    }))
    expect(made.ok ? [] : made.problems).toEqual([
      {
        at: { file: 'plan.yaml', line: 3, column: 18 },
        severity: 'error',
        code: 'unknown-balancer',
        message: 'groups.0.members.0: there is no balancer "b4"',
        remedy: 'did you mean "b1"?',
      },
    ])
  })

  it('a group that takes everybody down cannot be survived', () => {
    expect(codes({ ...COURSEWORK, groups: [{ name: 'feed', members: ['b1', 'b2', 'b3'] }] })).toEqual(['nothing-survives'])
  })

  it('too many failure sets to enumerate are refused, not begun', () => {
    const balancers = Array.from({ length: 60 }, (_, i) => ({ name: `b${i}`, linkBps: 1e9 }))
    expect(codes({ ...COURSEWORK, balancers, survive: 10 })).toEqual(['too-many-failure-sets'])
  })

  it('no question, however odd, throws', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -2, max: 70 }), fc.constant(1e9))
    const question = fc.record(
      {
        balancers: fc.array(fc.record({ name: fc.constantFrom('', 'a', 'b', 'c'), linkBps: number }), { maxLength: 4 }),
        groups: fc.array(fc.record({ name: fc.string(), members: fc.array(fc.constantFrom('a', 'b', 'x'), { maxLength: 3 }) }), {
          maxLength: 2,
        }),
        survive: number,
        trafficBps: number,
        packetBytes: number,
        headerBytes: number,
        headroom: number,
        responseRatio: number,
        layer: fc.constantFrom('ip', 'payload', 'x'),
        forwarding: fc.constantFrom('DR', 'NAT', 'x'),
        vips: fc.array(fc.record({ share: number }), { maxLength: 3 }),
      },
      { requiredKeys: ['balancers', 'survive', 'trafficBps'] },
    )
    fc.assert(
      fc.property(question, q => {
        const made = makeModel(q as PlanQuestion)
        if (made.ok) expect(made.model.trafficWireBps).toBeGreaterThan(0)
        else expect(made.problems.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })
})
