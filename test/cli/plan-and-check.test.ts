/**
 * Goal: `lvsim plan` and `lvsim check` as a user runs them: answers, exit codes, files, wrong inputs; and the whole way:
 * plan --write --verify, real `keepalived -t` on each file where it is installed, check on the folder, the same
 * failure matrix (issue 6, must show 4, 5 and 8).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lvsim } from './lvsim.ts'

const QUESTION = ['--balancers', '3', '--link', '1Gbit', '--traffic', '1.5Gbit', '--survive', '1']
const THREE = 'scenarios/capacity/conf/three-vips'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** keepalived -t wants an interface that exists and is not lo. */
const nic = Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some(a => !a.internal))?.[0]
const askable = nic !== undefined && spawnSync('keepalived', ['--version']).error === undefined

interface Row {
  readonly failed: readonly string[]
  readonly owners: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, { offered: number }>>
}

describe('lvsim plan', () => {
  it('the question of the coursework', async () => {
    const { code, stdout, stderr } = await lvsim(['plan', ...QUESTION])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('4 VIPs: any 1 loss puts at most 76.9 % on a link')
  })

  it('nothing fits: exit 1 with the smallest change', async () => {
    const { code, stdout } = await lvsim(['plan', '--balancers', '3', '--link', '1Gbit', '--traffic', '2.5Gbit'])
    expect(code).toBe(1)
    expect(stdout.replace(/\s+/g, ' ')).toContain('Smallest change: 1 more balancer')
  })

  it('wrong questions: exit 2, every problem at once; as JSON with --json', async () => {
    const wrong = ['plan', '--balancers', '0', '--link', '1', '--traffic', 'much', '--survive', '-1', '--failover', '1']
    const { code, stdout, stderr } = await lvsim(wrong)
    expect([code, stdout]).toEqual([2, ''])
    expect(Array.from(stderr.matchAll(/error\[([a-z-]+)\]/g), m => m[1]).length).toBeGreaterThanOrEqual(4)
    const json = await lvsim([...wrong, '--json'])
    expect(json.code).toBe(2)
    expect(JSON.parse(json.stdout).problems.length).toBeGreaterThanOrEqual(4)
    const missing = await lvsim(['plan', 'no-such-file.yaml'])
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('no-such-file.yaml:1:1: error[file-missing]')])
  })

  it('--write never replaces anything without --force, and leaves no temporary file', async () => {
    const target = join(folder, 'kept')
    mkdirSync(target)
    writeFileSync(join(target, 'dns.zone'), 'mine')
    const refused = await lvsim(['plan', ...QUESTION, '--write', target])
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('error[file-exists]: dns.zone would be overwritten')
    expect(readdirSync(target)).toEqual(['dns.zone'])
    const forced = await lvsim(['plan', ...QUESTION, '--write', target, '--force'])
    expect(forced.code).toBe(0)
    expect(readFileSync(join(target, 'dns.zone'), 'utf8')).toContain('IN A')
    expect(readdirSync(folder).filter(name => name.includes('.new-'))).toEqual([])
    expect(existsSync(join(target, '.old'))).toBe(false)
  })
})

describe('plan, write, verify, keepalived, check', () => {
  it('the same failure matrix all the way', async () => {
    const question = join(folder, 'question.yaml')
    const lines = ['balancers: 3', 'link: 1Gbit', 'traffic: 1.5Gbit', 'survive: 2', `deploy: { interface: "${nic ?? 'eth0'}" }`]
    writeFileSync(question, `${lines.join('\n')}\n`)
    const target = join(folder, 'cluster')
    const planned = await lvsim(['plan', question, '--vips', '6', '--traffic', '900Mbit', '--write', target, '--verify', '--json'])
    expect([planned.code, planned.stderr]).toEqual([0, ''])
    const plan = JSON.parse(planned.stdout)
    expect(plan.verification).toMatchObject({ agrees: true, sets: 1 + 3 + 3, differences: [] })

    expect(statSync(target).mode & 0o777).toBe(0o755)
    const checked = await lvsim(['check', target, '--json'])
    const check = JSON.parse(checked.stdout)
    expect(check.findings.filter((f: { severity: string }) => f.severity === 'error')).toEqual([])
    expect(checked.code).toBe(0)
    const addresses = Object.values(plan.recommended.addresses as Record<string, string>)
    for (const row of plan.recommended.matrix as Row[]) {
      const same = (check.matrix as Row[]).find(r => r.failed.join() === row.failed.join()) as Row
      expect(Object.values(row.owners)).toEqual(addresses.map(a => same.owners[a]))
      for (const [link, { offered }] of Object.entries(row.links)) expect(same.links[link].offered).toBeCloseTo(offered, 12)
    }

    if (askable)
      for (const name of readdirSync(target).filter(n => n.endsWith('.keepalived.conf'))) {
        const said = spawnSync('keepalived', ['-t', '-f', join(target, name)], { encoding: 'utf8' })
        expect([name, said.status, said.stderr]).toEqual([name, 0, ''])
      }
    const again = JSON.parse((await lvsim(['plan', join(target, 'plan.yaml'), '--json'])).stdout)
    expect(Object.values(again.recommended.orders)).toEqual(Object.values(plan.recommended.orders))
  })

  if (!askable)
    it('real keepalived was NOT asked about the written files: it is not installed here, or there is no network interface but lo', () =>
      expect(askable).toBe(false))
})

describe('lvsim check', () => {
  it('the three-VIP cluster of the coursework: exit 1, b2 carries 102.5 %, four and six VIPs are proposed', async () => {
    const { code, stdout } = await lvsim(['check', THREE])
    expect(code).toBe(1)
    expect(stdout).toContain('when b1 is lost, b2 carries 10.10.1.10, 10.10.1.20: 102.5 % of its link')
    expect(stdout).toMatch(/4 VIPs: .*76\.9 % after a loss[\s\S]*6 VIPs: .*even before and after/)
  })

  it('files instead of a folder; without facts it holds, and --strict counts warnings', async () => {
    const files = ['b1', 'b2', 'b3'].map(name => `${THREE}/${name}.keepalived.conf`)
    const { code, stdout } = await lvsim(['check', ...files])
    expect([code, stdout]).toEqual([0, expect.stringContaining('HOLDS: every VIP has one owner')])
    expect((await lvsim(['check', ...files, '--strict'])).code).toBe(1)
  })

  it('SARIF', async () => {
    const { stdout } = await lvsim(['check', THREE, '--link', '1Gbit', '--traffic', '1.5Gbit', '--sarif'])
    expect(JSON.parse(stdout)).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'lvsim' } } }] })
  })

  it('--against: what a change alters', async () => {
    const { stdout } = await lvsim([
      'check',
      'scenarios/capacity/conf/four-vips',
      '--against',
      THREE,
      '--link',
      '1Gbit',
      '--traffic',
      '1.5Gbit',
    ])
    expect(stdout).toMatch(/^Compared with scenarios\/capacity\/conf\/three-vips$/m)
    expect(stdout).toContain('findings gone: link-overloaded')
  })

  it('--explain and --rules', async () => {
    expect((await lvsim(['check', '--explain', 'equal-priority'])).stdout).toMatch(/^equal-priority \(warning\): /)
    expect((await lvsim(['check', '--rules'])).stdout).toContain('vip-lists-differ')
    const wrong = await lvsim(['check', '--explain', 'equal-prioritie'])
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean equal-priority?')])
  })

  it('wrong input: exit 2, with places', async () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'b1.keepalived.conf'), 'vrrp_instance VI_1 {\n    virtual_router_id 300\n')
    writeFileSync(join(broken, 'b2.keepalived.conf'), '')
    const { code, stderr } = await lvsim(['check', broken])
    expect(code).toBe(2)
    expect(stderr).toMatch(/b1\.keepalived\.conf:2:\d+: error\[value-out-of-range\]/)
    expect(stderr).toMatch(/b2\.keepalived\.conf:1:1: error\[file-empty\]/)
    const good = readFileSync(join(THREE, 'b2.keepalived.conf'), 'utf8')
    writeFileSync(join(broken, 'b1.keepalived.conf'), good.replace('virtual_router_id 55', 'virtual_router_id 300'))
    writeFileSync(join(broken, 'b2.keepalived.conf'), good)
    const partly = await lvsim(['check', broken])
    expect([partly.code, partly.stderr]).toEqual([2, ''])
    expect(partly.stdout).toMatch(/b1\.keepalived\.conf:\d+:\d+: error\[value-out-of-range\]/)
    expect(partly.stdout).toMatch(/^ +55 +10\.10\.1\.10 +b2 +b2/m)
    for (const args of [['check'], ['check', join(folder, 'nowhere')], ['check', broken, THREE], ['check', THREE, '--link', '5']])
      expect((await lvsim(args)).code).toBe(2)
  })
})
