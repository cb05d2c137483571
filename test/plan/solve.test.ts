/** Goal: what the solver adds is right: proofs agree with enumeration, wrong answers are not believed, time limits leave a gap. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { highsSolver } from '../../cli/solver.ts'
import type { Instance, Solver } from '../../sim-core/plan/index.ts'
import {
  constructPlan,
  equalInstance,
  failureFamily,
  greatestCommonDivisor,
  linearProgramText,
  makeInstance,
  planProgram,
  recount,
  satisfies,
  solvePlan,
  UNEQUAL_STEP,
} from '../../sim-core/plan/index.ts'
import { permutations } from './exhaustive.ts'

/** The smallest worst ratio after any loss over every choice of orders: (n!)^V plans. */
function bestByEnumeration(instance: Instance): number {
  const all = permutations(instance.capacities.length)
  let best = Number.POSITIVE_INFINITY
  const choose = (orders: number[][]): void => {
    if (orders.length === instance.shares.length) best = Math.min(best, recount(instance, orders).worstAfter.ratio)
    else for (const order of all) choose([...orders, order])
  }
  choose([])
  return best
}

const lcg = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

describe('solvePlan', { timeout: 240_000 }, () => {
  it('unequal shares and links, three balancers, up to four VIPs: the optimum of all plans, within the step that counts', async () => {
    const solver = highsSolver()
    const question = fc.record({
      links: fc.array(fc.constantFrom(1, 1, 2, 10), { minLength: 3, maxLength: 3 }),
      shares: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      survive: fc.integer({ min: 1, max: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(question, async ({ links, shares, survive }) => {
        const unit = greatestCommonDivisor(links)
        const instance = makeInstance(
          links.map(l => l / unit),
          shares,
          failureFamily(3, survive),
        )
        const best = bestByEnumeration(instance)
        const plan = await solvePlan(instance, { solver })
        expect(plan.after.atLeast).toBeLessThanOrEqual(best)
        expect(plan.after.ratio).toBeGreaterThanOrEqual(best)
        expect(plan.after.ratio).toBeLessThanOrEqual(best * (1 + UNEQUAL_STEP))
      }),
      { numRuns: 40 },
    )
  })

  it('no solver is asked when the constructed plan meets the bound', async () => {
    const never: Solver = { name: 'never', solve: () => Promise.reject(new Error('asked')) }
    const plan = await solvePlan(equalInstance(20, 60, 1), { solver: never })
    expect(plan).toMatchObject({ solverCalls: 0, after: { ratio: 4, optimal: true, by: 'counting' } })
  })

  it('a solver that lies is not believed', async () => {
    const instance = makeInstance([1, 1, 1], [5, 4, 3, 3, 2, 2], failureFamily(3, 1))
    const honest = constructPlan(instance)
    const liar: Solver = {
      name: 'liar',
      solve: async program => ({ status: 'feasible', values: program.upper.map(() => 1), elapsedS: 0.01 }),
    }
    const plan = await solvePlan(equalInstance(8, 24, 3), { solver: liar })
    expect(plan.after.ratio).toBe(constructPlan(equalInstance(8, 24, 3)).after.ratio)
    expect((await solvePlan(instance, { solver: liar })).after.ratio).toBe(honest.after.ratio)
  })

  it('when time runs out the gap to what is proven remains', async () => {
    const slow: Solver = { name: 'slow', solve: async () => ({ status: 'time-limit', values: [], elapsedS: 8 }) }
    const plan = await solvePlan(equalInstance(8, 24, 3), { solver: slow })
    expect(plan.after).toMatchObject({ ratio: 6, atLeast: 5, optimal: false, by: 'counting' })
    expect(plan.after.gap).toBeCloseTo(0.2, 12)
    expect(plan).toMatchObject({ solverCalls: 1, undecided: 'slow' })
  })
})

describe('the large questions', { timeout: 240_000 }, () => {
  it('20 balancers, 60 VIPs, one loss: 4, proven', async () => {
    expect(await solvePlan(equalInstance(20, 60, 1))).toMatchObject({
      after: { ratio: 4, optimal: true },
      before: { ratio: 3, optimal: true },
      count: { idle: [] },
    })
  })

  it('12 balancers, 36 VIPs, two losses: 4, proven', async () => {
    expect(await solvePlan(equalInstance(12, 36, 2))).toMatchObject({
      after: { ratio: 4, optimal: true },
      before: { optimal: true },
      count: { idle: [] },
    })
  })

  it.each([
    ['uniform', (r: () => number) => 1 + Math.floor(r() * 100)],
    ['nearly alike', (r: () => number) => 80 + Math.floor(r() * 40)],
    ['heavy-tailed', (r: () => number) => Math.round(100 / Math.sqrt(r() + 1e-4))],
  ])('40 balancers, 400 VIPs of %s shares, one loss: within 1 % of a proven bound', async (_name, draw) => {
    const random = lcg(5)
    const shares = Array.from({ length: 400 }, () => draw(random))
    const plan = await solvePlan(makeInstance(new Array(40).fill(1), shares, failureFamily(40, 1)), { solver: highsSolver() })
    expect(plan.after.gap).toBeLessThanOrEqual(0.01)
    expect(plan.count.worstAfter.ratio).toBe(plan.after.ratio)
  })
})

describe('the integer program', () => {
  it('needs k places of an order when shares are equal, k + 1 otherwise', () => {
    const two = new Array<number>(12).fill(4)
    expect(planProgram(equalInstance(12, 36, 2), two, two)?.types).toHaveLength(12 * 11)
    expect(planProgram(equalInstance(12, 36, 2), two, two, false)?.types).toHaveLength(12 * 11 * 10)
  })

  it('reads as CPLEX LP text', () => {
    const program = { upper: [3, 2], rows: [{ columns: [0, 1], coefficients: [1, -2], sense: '<=' as const, right: 1 }] }
    expect(linearProgramText(program).split('\n')).toEqual([
      'Minimize',
      ' cost: 0 x0',
      'Subject To',
      ' r0:',
      '  + 1 x0 - 2 x1',
      '  <= 1',
      'Bounds',
      ' 0 <= x0 <= 3',
      ' 0 <= x1 <= 2',
      'General',
      ' x0 x1',
      'End',
      '',
    ])
    expect([satisfies(program, [3, 1]), satisfies(program, [3, 0]), satisfies(program, [4, 2]), satisfies(program, [1, 0.5])]).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  it('is refused when it would be larger than is worth solving', () => {
    const limits = new Array<number>(40).fill(11)
    const shares = Array.from({ length: 400 }, (_, i) => i + 1)
    expect(planProgram(makeInstance(new Array(40).fill(1), shares, failureFamily(40, 1)), limits, limits)).toBeUndefined()
  })
})
