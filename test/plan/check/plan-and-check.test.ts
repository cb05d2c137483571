/**
 * Goal: what is planned is what is checked. Method: random questions; the plan's files are written, read by the
 * checker, and both must say the same owners and loads in every failure set, to the last bit; no survivor above the stated
 * worst link; one more balancer never makes the bound worse.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlanModel, PlanQuestion } from '../../../sim-core/plan/index.ts'
import {
  boundAfter,
  constructPlan,
  equalInstance,
  failureMatrix,
  instanceOf,
  makeModel,
  RULES,
  utilisation,
  writePlan,
} from '../../../sim-core/plan/index.ts'
import { checkFiles } from './folders.ts'

const question: fc.Arbitrary<PlanQuestion> = fc
  .record({
    balancers: fc.integer({ min: 2, max: 5 }),
    links: fc.array(fc.constantFrom(1e9, 1e9, 2.5e9, 1e10), { minLength: 5, maxLength: 5 }),
    survive: fc.integer({ min: 0, max: 2 }),
    trafficBps: fc.integer({ min: 1, max: 40 }).map(x => x * 1e8),
    vips: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 }),
    headroom: fc.constantFrom(0, 0.2),
    packetBytes: fc.constantFrom(1500, 576, 64),
    forwarding: fc.constantFrom('DR' as const, 'TUN' as const),
  })
  .map(({ balancers, links, survive, vips, ...rest }) => ({
    ...rest,
    balancers: Array.from({ length: balancers }, (_, i) => ({ name: `b${i + 1}`, linkBps: links[i] })),
    survive: Math.min(survive, balancers - 1),
    vips: vips.map(share => ({ share })),
  }))

function modelOf(q: PlanQuestion): PlanModel {
  const made = makeModel(q)
  if (!made.ok) throw new Error(made.problems.map(p => p.message).join('\n'))
  return made.model
}

/** The written folder as `lvsim check` reads it. */
function checkedPlan(model: PlanModel) {
  const instance = instanceOf(model)
  const answer = constructPlan(instance)
  const written = writePlan(model, answer)
  if (!written.ok) throw new Error(written.problems.map(p => p.message).join('\n'))
  const files = Object.fromEntries(written.files)
  const { 'plan.yaml': facts, ...rest } = files
  return { instance, answer, result: checkFiles(rest, facts), addresses: answer.orders.map((_, v) => `10.10.2.${v + 1}`) }
}

describe('check(plan(x)) = plan(x)', { timeout: 240_000 }, () => {
  it('the same owners and the same loads in every failure set', () => {
    fc.assert(
      fc.property(question, q => {
        const model = modelOf(q)
        const { instance, answer, result, addresses } = checkedPlan(model)
        for (const planned of failureMatrix(instance, answer.orders)) {
          const lost = planned.lost.map(b => model.names[b])
          const row = result.matrix.find(r => r.failed.join() === lost.join())
          expect(row?.failed).toEqual(lost)
          for (const [v, vip] of addresses.entries()) expect(row?.owners.get(vip)).toEqual([model.names[planned.owners[v]]])
          model.names.forEach((name, b) => {
            if (planned.lost.includes(b)) expect(row?.offered?.has(name)).toBe(false)
            else expect(row?.offered?.get(name)).toBeCloseTo(utilisation(model, instance, planned.loads[b] / model.capacities[b]), 12)
          })
        }
      }),
      { numRuns: 30 },
    )
  })

  it('no survivor is above the worst link that the plan states', () => {
    fc.assert(
      fc.property(question, q => {
        const model = modelOf(q)
        const { instance, answer, result } = checkedPlan(model)
        const stated = utilisation(model, instance, answer.after.ratio)
        for (const row of result.matrix.filter(r => r.failed.length <= model.family.survive))
          for (const offered of row.offered?.values() ?? []) expect(offered).toBeLessThanOrEqual(stated * (1 + 1e-12))
      }),
      { numRuns: 20 },
    )
  })

  it('what is written has no mistake but its load, idle balancers and what many losses do', () => {
    const allowed = ['link-overloaded', 'idle-balancer', 'same-heir', 'backups-on-one-host']
    expect(RULES.map(r => r.id)).toEqual(expect.arrayContaining(allowed))
    fc.assert(
      fc.property(question, q => {
        const rules = new Set(checkedPlan(modelOf(q)).result.findings.map(f => f.rule))
        expect([...rules].filter(rule => !allowed.includes(rule))).toEqual([])
      }),
      { numRuns: 20 },
    )
  })
})

describe('one more balancer', () => {
  it('never makes the bound worse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 3 }), (n, vips, k) => {
        if (k >= n) return
        expect(boundAfter(equalInstance(n + 1, vips, k)).ratio).toBeLessThanOrEqual(boundAfter(equalInstance(n, vips, k)).ratio)
      }),
      { numRuns: 200 },
    )
  })
})
