/**
 * Goal: the command behaves as people and scripts expect: exit codes, stdout for results and stderr for the rest,
 * colours only where wanted, JSON that follows its schema, a reader that goes away.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSchema } from '../../sim-core/report/index.ts'
import { checkout, lvsim } from './lvsim.ts'

const CURLS = 'scenarios/coursework/inactconn.yaml'
const SHORT = ['--set', 'duration=6.5s', '--set', 'windows={}', '--set', 'expect=[]']
const ESCAPE = String.fromCharCode(27)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A scenario of two hosts, with the expectations given. */
function scenario(expectations: string): string {
  const file = join(folder, 's.yaml')
  writeFileSync(
    file,
    `scenario: two hosts\nduration: 2s\nhosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }\ntraffic: { t: { from: a, to: 10.0.0.2:5000, start: 0s, stop: 1s, udp: { rate: 1Mbit } } }\nexpect: [${expectations}]\n`,
  )
  return file
}

describe('exit codes', () => {
  it('0 when every expectation holds', async () => {
    const ended = await lvsim(['run', scenario('{ metric: traffic.loss, is: 0 }')])
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toMatch(/\n\nHOLDS: all that was sent was delivered\.\n$/)
  })
  it('1 when one fails, with what was seen', async () => {
    const ended = await lvsim(['run', scenario('{ metric: traffic.loss, is: "> 5 %" }')])
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('observed  0 %: above 5.00 % was expected')
  })
  it.each([
    [['rn'], "unknown command 'rn'", 'Did you mean run?'],
    [['run'], "missing required argument 'file'", 'lvsim help run'],
    [['run', 'x.yaml', '--seed', 'b'], '--seed takes a whole number', 'lvsim help run'],
    [['run', 'x.yaml', '--at', '5'], '"5" has no unit', 'write 5s or 5ms'],
    [['run', 'x.yaml', '--sed', '5'], "unknown option '--sed'", '--seed'],
    [['schema', 'runs'], 'Allowed choices are scenario, plan, run, test, sweep, causes, markdown, causes-markdown', 'lvsim help schema'],
    [['run', 'nowhere.yaml'], 'nowhere.yaml:1:1: error[file-missing]', 'give the path of a scenario'],
    [['run', CURLS, '--at', '500s'], '--at 500s:1:1: error[after-end]', 'write an earlier time'],
  ])('2 for %j, with what to write', async (args, message, remedy) => {
    const ended = await lvsim(args)
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain(message)
    expect(ended.stderr).toContain(remedy)
  })
})

describe('help', () => {
  it.each([[[]], [['--help']], [['help']]])('%j teaches the first command', async args => {
    const ended = await lvsim(args)
    expect(ended.code).toBe(0)
    expect(ended.stdout).toContain('lvsim run scenarios/capacity/three-vips.yaml')
  })
  it('of run explains the report and the exit codes', async () => {
    expect((await lvsim(['help', 'run'])).stdout).toMatch(/the story[\s\S]*Exit codes:[\s\S]*Examples:/)
  })
  it('the version is the package’s, also through the checkout’s bin', async () => {
    const { default: pkg } = await import('../../package.json')
    expect((await checkout(['--version'])).stdout).toBe(`${pkg.version}\n`)
  })
})

describe('output', () => {
  it('has no colours unless asked for, and NO_COLOR forbids them', async () => {
    const run = (env: Record<string, string>) => lvsim(['run', CURLS, ...SHORT], env)
    const [plain, forced, forbidden] = await Promise.all([run({}), run({ FORCE_COLOR: '1' }), run({ FORCE_COLOR: '1', NO_COLOR: '1' })])
    expect(plain.stdout).not.toContain(ESCAPE)
    expect(forced.stdout).toContain(`${ESCAPE}[`)
    expect(forbidden.stdout).not.toContain(ESCAPE)
    expect(forced.stdout.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '')).toBe(plain.stdout)
  })
  it('with --json is one document that follows its schema', async () => {
    const ended = await lvsim(['run', CURLS, ...SHORT, '--json', '--at', '6s'])
    const parsed = runSchema.safeParse(JSON.parse(ended.stdout))
    expect(parsed.error).toBeUndefined()
    expect(ended.stderr).toBe('')
    const fates = parsed.data?.requests.map(r => `${r.fate} ${r.server} ${r.syn_retransmits}`) ?? []
    expect([fates.length, new Set(fates)]).toEqual([50, new Set(['ok s1 0', 'ok s2 0'])])
    expect(parsed.data?.tables.map(t => [t.t_s, t.host])).toEqual([
      [6, 'b1'],
      [6, 'b2'],
      [6.5, 'b1'],
      [6.5, 'b2'],
    ])
    expect(parsed.data?.tables[0].ipvsadm).toContain('  -> 172.28.128.31:80             Route   1      0          25')
    expect(parsed.data?.tables[0].conns.map(c => c.state)).toEqual(new Array(50).fill('FIN_WAIT'))
  })
  it('of several files is a list, and one that is wrong does not stop the others', async () => {
    const ended = await lvsim(['run', 'nowhere.yaml', scenario(''), '--json'])
    const documents = JSON.parse(ended.stdout)
    expect(documents.map((d: { problems: unknown[]; digest?: string }) => [d.problems.length, d.digest !== undefined])).toEqual([
      [1, false],
      [0, true],
    ])
    expect(ended.code).toBe(2)
  })
  it('the same scenario and seed give the same digest and report', async () => {
    const [one, two] = await Promise.all([lvsim(['run', CURLS, ...SHORT]), lvsim(['run', CURLS, ...SHORT])])
    expect(one.stdout).toBe(two.stdout)
  })
  it('metrics and schemas are documents too', async () => {
    expect(JSON.parse((await lvsim(['metrics', '--json'])).stdout).metrics.length).toBeGreaterThan(20)
    expect(JSON.parse((await lvsim(['schema', 'run'])).stdout).title).toBe('lvsim run')
  })
  it('ends quietly when its reader goes away', async () => {
    await lvsim(['--version'])
    const child = spawn(process.execPath, ['dist/cli.mjs', 'schema'])
    let stderr = ''
    child.stderr.on('data', chunk => (stderr += chunk))
    child.stdout.destroy()
    const code = await new Promise(resolve => child.on('close', resolve))
    expect([code, stderr]).toEqual([0, ''])
  })
})
