/**
 * Goal: simulating the written files agrees with the plan in every failure set, and says so when it does not: a plan that
 * is not the files', a priority changed by hand, a rule that is missing.
 */
import { describe, expect, it } from 'vitest'
import type { ChosenPlan, DeploymentOptions, PlanModel, PlanResult, Verification } from '../../sim-core/plan/index.ts'
import { makePlan, solveFailover, verifyPlan, writePlan } from '../../sim-core/plan/index.ts'
import { modelOf } from './questions.ts'

interface Tampered {
  readonly plan?: (plan: ChosenPlan) => ChosenPlan
  readonly file?: (name: string, text: string) => string
  readonly progress?: (share: number) => boolean
  readonly packetsMax?: number
}

async function verified(model: PlanModel, options: DeploymentOptions = {}, t: Tampered = {}): Promise<[Verification, PlanResult]> {
  const result = await makePlan(model, { deployment: options, ...(options.failover === undefined ? {} : { failover: options.failover }) })
  const written = writePlan(model, result.plan.answer, options)
  if (!written.ok) throw new Error(written.problems.map(p => p.message).join('\n'))
  const files = new Map([...written.files].map(([name, text]): [string, string] => [name, t.file?.(name, text) ?? text]))
  const plan = t.plan?.(result.plan) ?? result.plan
  const found = verifyPlan({
    model,
    plan,
    failover: result.failover,
    files,
    groups: written.groups,
    ...(t.progress === undefined ? {} : { progress: t.progress }),
    ...(t.packetsMax === undefined ? {} : { packetsMax: t.packetsMax }),
  })
  return [found, result]
}

const fast = solveFailover(3, 1, 1)

describe('verification', { timeout: 240_000 }, () => {
  it.each([
    ['the coursework’s question', modelOf(), {}],
    ['unicast, takeover within a second', modelOf(), { unicast: true, ...(fast.ok ? { failover: fast.failover } : {}) }],
    [
      'unequal shares and links, two losses',
      modelOf({
        balancers: [1e9, 1e9, 2.5e9, 1e10].map((linkBps, i) => ({ name: `b${i}`, linkBps })),
        survive: 2,
        vips: [{ share: 5 }, { share: 3 }, { share: 1 }],
      }),
      {},
    ],
    [
      'tunnels, small packets, a rack',
      modelOf({ forwarding: 'TUN', packetBytes: 576, groups: [{ name: 'rack', members: ['b1', 'b2'] }], trafficBps: 5e8 }),
      {},
    ],
    // Gratuitous ARPs weigh more beside small packets: fast takeovers send their second block in the middle of it all.
    [
      'NAT, small packets, takeover within a second',
      modelOf({ forwarding: 'NAT', responseRatio: 8, packetBytes: 200, trafficBps: 1e8 }),
      fast.ok ? { failover: fast.failover } : {},
    ],
    ['jumbo frames, payload counted', modelOf({ packetBytes: 9000, layer: 'payload', headerBytes: 40, trafficBps: 1e9 }), {}],
    ['nothing is lost', modelOf({ survive: 0 }), {}],
  ])('%s: every failure set agrees', async (_name, model, options) => {
    const [found, { plan }] = await verified(model, options)
    expect(found).toMatchObject({ differences: [], complete: true, problems: [], sets: plan.matrix.length })
  })

  it('with rates instead of packets: the same answer', async () => {
    const [found, { plan }] = await verified(modelOf(), {}, { packetsMax: 0 })
    expect(found).toMatchObject({ by: 'rates', differences: [], complete: true, sets: plan.matrix.length })
    const swap = (name: string, text: string): string =>
      name === 'b3.keepalived.conf' ? text.replace('priority 200', 'priority 255') : text
    const [changed] = await verified(modelOf(), {}, { packetsMax: 0, file: swap })
    expect(changed.differences[0]).toMatchObject({ lost: [], simulated: 'b3' })
    expect(changed.differences.map(d => d.of)).toContain('switch→b3')
  })

  it('a priority changed by hand: another owner and another load, in the sets that it matters in', async () => {
    const swap = (name: string, text: string): string =>
      name === 'b3.keepalived.conf' ? text.replace('priority 200', 'priority 255') : text
    const [found] = await verified(modelOf(), {}, { file: swap })
    expect(found.differences.length).toBeGreaterThan(0)
    expect(found.differences[0]).toMatchObject({ lost: [], simulated: 'b3' })
    expect(found.differences.map(d => d.of)).toContain('switch→b3')
  })

  it('two MASTERs are a difference', async () => {
    const deaf = (name: string, text: string): string =>
      name === 'b2.keepalived.conf' ? text.replace('auth_pass lvs51', 'auth_pass other') : text
    const [found] = await verified(modelOf(), {}, { file: deaf })
    expect(found.differences.map(d => d.simulated)).toContain('b1 and b2')
  })

  it('a load that the plan states wrongly is a difference', async () => {
    const doubled = (plan: ChosenPlan): ChosenPlan => ({
      ...plan,
      matrix: plan.matrix.map(row => (row.lost.length === 0 ? { ...row, loads: [1, 2, 1] } : row)),
    })
    const [found] = await verified(modelOf(), {}, { plan: doubled })
    expect(found.differences.map(d => [d.lost.length, d.of])).toEqual([
      [0, 'switch→b1'],
      [0, 'switch→b2'],
    ])
  })

  it('interrupted: says that it is not complete', async () => {
    const [found] = await verified(modelOf(), {}, { progress: share => share < 0.5 })
    expect(found).toMatchObject({ complete: false, sets: 2 })
  })
})
