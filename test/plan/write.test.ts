/**
 * Goal: what is written is accepted by real keepalived, read back by our readers without a problem, and does what the
 * plan says: the owners that its priorities elect are the plan's owners in every failure set.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { parseIpvsadmRules, parseKeepalived } from '../../sim-core/config/index.ts'
import type { DeploymentOptions, PlanModel, PlanQuestion, Written } from '../../sim-core/plan/index.ts'
import { constructPlan, failureMatrix, instanceOf, solveFailover, writePlan } from '../../sim-core/plan/index.ts'
import { simulate } from '../../sim-core/compile/index.ts'
import { evaluateExpectations } from '../../sim-core/expect/index.ts'
import { viewRun } from '../../sim-core/metrics/index.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'
import { modelOf } from './questions.ts'

/** keepalived -t wants an interface that exists and is not lo. */
const nic = Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some(a => !a.internal))?.[0]
const askable = nic !== undefined && spawnSync('keepalived', ['--version']).error === undefined

type Files = Written & { ok: true }

function written(model: PlanModel, vips: number | undefined, options?: DeploymentOptions): Files {
  const result = writePlan(model, constructPlan(instanceOf(model, vips)), options)
  if (!result.ok) throw new Error(result.problems.map(p => p.message).join('\n'))
  return result
}

const conf = (files: Files, name: string) =>
  parseKeepalived(`${name}.keepalived.conf`, mapFiles(Object.fromEntries(files.files)), { configId: name })
const balancers = (n: number): PlanQuestion['balancers'] => Array.from({ length: n }, (_, i) => ({ name: `b${i + 1}`, linkBps: 1e9 }))

const fast = solveFailover(3, 1, 1)
const cases: [string, PlanModel, number | undefined, DeploymentOptions][] = [
  ["the coursework's four VIPs", modelOf(), 4, {}],
  ['unicast, takeover within 1 s (version 3)', modelOf(), 6, { unicast: true, ...(fast.ok ? { failover: fast.failover } : {}) }],
  [
    'unequal shares and links, two losses',
    modelOf({ balancers: [...balancers(3), { name: 'big', linkBps: 1e10 }], survive: 2, vips: [{ share: 5 }, { share: 3 }, { share: 1 }] }),
    undefined,
    {},
  ],
  ['tunnels, no authentication', modelOf({ forwarding: 'TUN' }), 4, { authPass: 'none' }],
  ['many VIPs an order', modelOf({ balancers: balancers(2) }), 70, {}],
]

describe.each(cases)('%s', (_name, model, vips, options) => {
  const files = written(model, vips, options)

  it('every keepalived.conf reads back without a problem', () => {
    for (const name of model.names) expect(conf(files, name).problems).toEqual([])
  })

  it('the priorities elect the plan’s owner of every VIP in every failure set', () => {
    const instance = instanceOf(model, vips)
    const configs = model.names.map(name => conf(files, name).config)
    const addresses = files.groups.flatMap(group => group.vips.map(v => ({ v, vrid: group.vrid }))).sort((a, b) => a.v - b.v)
    for (const row of failureMatrix(instance, constructPlan(instance).orders)) {
      const owners = addresses.map(({ vrid }) => {
        const bids = configs.map((config, b) => (row.lost.includes(b) ? -1 : (config.instances.find(i => i.vrid === vrid)?.priority ?? -1)))
        expect(new Set(bids.filter(p => p >= 0)).size).toBe(bids.filter(p => p >= 0).length)
        return bids.indexOf(Math.max(...bids))
      })
      expect(owners).toEqual(row.owners)
    }
  })

  it('all balancers list the same VIPs in the same instance, at most 20 advertised, each VIP once', () => {
    const lists = model.names.map(name =>
      conf(files, name).config.instances.map(i => [i.vrid, i.vips.map(a => a.address), i.excludedVips.map(a => a.address)]),
    )
    for (const list of lists) expect(list).toEqual(lists[0])
    const all = lists[0].flatMap(([, advertised, excluded]) => [...(advertised as string[]), ...(excluded as string[])])
    expect(new Set(all).size).toBe(vips ?? 3)
    for (const [, advertised] of lists[0]) expect((advertised as string[]).length).toBeLessThanOrEqual(20)
  })

  it('the rules read back: every VIP a service of every real server', () => {
    const rules = parseIpvsadmRules('ipvsadm.rules', files.files.get('ipvsadm.rules')!)
    expect(rules.problems).toEqual([])
  })

  it('the scenario loads without a problem', () => {
    const loaded = loadScenario('scenario.yaml', mapFiles(Object.fromEntries(files.files)))
    expect(loaded.problems).toEqual([])
    expect(loaded.model).toBeDefined()
  })

  const asked = () => {
    const folder = mkdtempSync(join(tmpdir(), 'lvsim-plan-'))
    try {
      for (const name of model.names) {
        const file = join(folder, 'keepalived.conf')
        writeFileSync(file, files.files.get(`${name}.keepalived.conf`)!.replaceAll('eth0', nic!))
        const said = spawnSync('keepalived', ['-t', '-f', file], { encoding: 'utf8' })
        expect([said.status, said.stderr]).toEqual([0, ''])
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  if (askable) it('real keepalived accepts every file', asked)
  else
    it('real keepalived was NOT asked: it is not installed here, or there is no network interface but lo', () =>
      expect(askable).toBe(false))
})

describe('the other files', () => {
  const files = written(modelOf(), 4)

  it('VIPs on lo with arp_ignore and arp_announce for DR, on tunl0 for TUN', () => {
    expect(files.files.get('real-servers.sh')).toContain('ip address replace 10.10.2.4/32 dev lo')
    expect(files.files.get('real-servers.sysctl.conf')).toContain('net.ipv4.conf.all.arp_ignore = 1')
    expect(written(modelOf({ forwarding: 'TUN' }), 4).files.get('real-servers.sh')).toContain('dev tunl0')
  })

  it('a DNS record for each VIP', () => {
    expect(files.files.get('dns.zone')!.match(/IN A/g)).toHaveLength(4)
  })

  it('the README promises what was counted', () => {
    const text = files.files.get('README.md')!
    expect(text).toContain('Worst link after any 1 loss: 76.9 %; no plan with these VIPs does better.')
    expect(text).toContain('| b1 | – | 76.9 % | 76.9 % |')
  })

  it('the scenario loses the worst set and expects the plan’s loads', () => {
    const text = files.files.get('scenario.yaml')!
    expect(text).toMatch(/crash: b\d/)
    expect(text).toMatch(/window: after, stat: mean, is: 76\.9 % ± 0\.\d %/)
  })
})

describe('simulated at a hundredth of the rates', () => {
  const slow = { balancers: balancers(3).map(b => ({ ...b, linkBps: 1e7 })), trafficBps: 1.5e7 }
  it.each([
    ['four VIPs, DR', modelOf(slow), 4],
    ['unequal shares', modelOf({ ...slow, vips: [{ share: 3 }, { share: 2 }, { share: 2 }, { share: 1 }] }), undefined],
  ] as const)('%s: losing the worst set, every expectation of the written scenario holds', (_name, model, vips) => {
    const loaded = loadScenario('scenario.yaml', mapFiles(Object.fromEntries(written(model, vips).files)))
    const result = simulate(loaded.model!)
    const view = viewRun(result, loaded.model!.windows, [])
    const failed = evaluateExpectations(loaded.model!.expectations, view).filter(verdict => !verdict.ok)
    expect(failed.map(verdict => verdict.expectation.text)).toEqual([])
    expect(loaded.model!.expectations.length).toBeGreaterThanOrEqual(2 + 3 + 1 + 2)
  })
})

describe('what cannot be written', () => {
  const codes = (result: Written): string[] => result.problems.map(p => p.code)
  const plan = (model: PlanModel, vips: number, options?: DeploymentOptions) =>
    writePlan(model, constructPlan(instanceOf(model, vips)), options)

  it('more orders than a segment has virtual_router_ids: another segment is needed', () => {
    const model = modelOf({ balancers: balancers(20), trafficBps: 1e9 })
    expect(codes(plan(model, 300))).toEqual(['too-many-instances'])
    expect(plan(model, 250).ok).toBe(true)
  })

  it('addresses: too few, twice, none', () => {
    expect(codes(plan(modelOf(), 4, { vipAddresses: ['10.0.0.1'] }))).toEqual(['address-count'])
    expect(codes(plan(modelOf(), 2, { vipAddresses: ['10.0.0.1', '10.0.0.1'] }))).toEqual(['duplicate-address'])
    expect(codes(plan(modelOf(), 2, { vipAddresses: ['10.0.0.1', '224.0.0.1'] }))).toEqual(['bad-address'])
  })

  it('passwords and names that keepalived.conf would read otherwise', () => {
    expect(codes(plan(modelOf(), 2, { authPass: 'a b' }))).toEqual(['bad-auth-pass'])
    expect(codes(plan(modelOf(), 2, { authPass: 'ninechars' }))).toEqual(['bad-auth-pass'])
    expect(codes(plan(modelOf({ balancers: [{ name: 'b 1', linkBps: 1e9 }, ...balancers(2)] }), 2))).toEqual(['bad-name'])
  })

  it('NAT with several active balancers is written with a warning', () => {
    expect(codes(plan(modelOf({ forwarding: 'NAT', responseRatio: 0 }), 4))).toEqual(['nat-several-active'])
  })
})
