/**
 * Goal: `lvsim test` in a folder of a user's own: what is found, what fails and how it is told, reports for CI systems,
 * golden tables, shards, an interrupt. Method: the built command in a temporary folder with two small hosts, and a copy
 * of the coursework with one priority changed.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { testSchema } from '../../sim-core/report/index.ts'
import { type Ended, environment, lvsim, program } from './lvsim.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inside = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> => lvsim(args, env, { cwd: folder })
const lastLine = (ended: Ended): string => ended.stdout.trimEnd().split('\n').pop() ?? ''

/** Two hosts, some traffic from one to the other for a second. */
function put(name: string, expectations: string, title = 'two hosts', durationS = 2, rate = '1Mbit'): void {
  const text = `scenario: ${title}\nduration: ${durationS}s\nhosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }\ntraffic: { t: { from: a, to: 10.0.0.2:5000, start: 0s, stop: ${durationS - 1}s, udp: { rate: ${rate} } } }\n${expectations === '' ? '' : `expect: [${expectations}]\n`}`
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), text)
}
const HOLDS = '{ metric: traffic.loss, is: 0 }'
const FAILS = '{ metric: traffic.loss, is: "> 5 %" }'

describe('what is tested', () => {
  beforeAll(() => {
    put('found/a.yaml', HOLDS)
    put('found/deep/b.yaml', HOLDS, 'the deep one')
    put('found/silent.yaml', '')
    put('found/.hidden/c.yaml', FAILS)
    writeFileSync(join(folder, 'found/values.yaml'), 'replicas: 3\n')
  })
  it('are the scenarios with expectations below a folder, or that match a pattern', async () => {
    const [all, some, title] = await Promise.all([
      inside(['test', 'found']),
      inside(['test', 'found/**/b.yaml', 'found/*/b.yaml']),
      inside(['test', 'found', '--grep', 'DEEP']),
    ])
    expect([all.code, all.stderr]).toEqual([0, ''])
    expect(all.stdout).toMatch(/^ok {4}found\/a\.yaml {2}1 of 1 held, .* s\nok {4}found\/deep\/b\.yaml /)
    expect(lastLine(all)).toBe('1 without expectations were left out')
    expect(lastLine(some)).toMatch(/^1 scenario: 1 passed; 1 of 1 expectations held/)
    expect(title.stdout).toMatch(/^ok {4}found\/deep\/b\.yaml/)
  })
  it('shards together test each once', async () => {
    const files = async (shard: string) =>
      JSON.parse((await inside(['test', 'found', '--json', '--shard', shard])).stdout).scenarios.map((s: { file: string }) => s.file)
    expect(await Promise.all([files('1/2'), files('2/2')])).toEqual([['found/a.yaml'], ['found/deep/b.yaml']])
  })
  it.each([
    [['nowhere'], 'there is no scenario "nowhere"'],
    [['found/silent.yaml'], 'no scenario has expectations'],
    [['found', '--grep', '('], '--grep: Invalid regular expression'],
    [['found', '--shard', '3/2'], 'there is no shard 3/2'],
    [['found', '--reporter', 'junitt'], 'there is no reporter "junitt": write one of terminal, junit'],
    [['found', '--reporter', 'json', '--reporter', 'terminal'], 'cannot share stdout'],
  ])('%j is a usage error', async (args, message) => {
    const ended = await inside(['test', ...args])
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain(message)
  })
})

describe('a promise that is not kept', () => {
  beforeAll(() => {
    cpSync('scenarios/coursework', join(folder, 'lab'), { recursive: true })
    const conf = join(folder, 'lab/conf/b2.keepalived.conf')
    writeFileSync(conf, readFileSync(conf, 'utf8').replace('priority 50', 'priority 150'))
    rmSync(join(folder, 'lab/failover-crash.golden.txt'))
  })
  const crash = 'lab/failover-crash.yaml'

  it('a wrong priority turns exactly those red that are about who owns the VIP', async () => {
    const reporters = ['junit=out/junit.xml', 'gitlab=out/quality.json', 'json=out/test.json', 'markdown=out/summary.md']
    const ended = await inside(['test', crash, ...reporters.flatMap(r => ['--reporter', r])])
    expect([ended.code, ended.stderr]).toEqual([1, ''])
    const read = (name: string) => readFileSync(join(folder, 'out', name), 'utf8')
    const document = testSchema.parse(JSON.parse(read('test.json')))
    const red = document.scenarios[0].verdicts.filter(v => !v.ok).map(v => v.expect)
    expect(red).toEqual([
      'requests.failed of curl, window change: 23..24',
      'requests.retried of curl, window change: 33..34',
      'vip.owner of 172.28.128.200, window first: b1',
      'vip.owner of 172.28.128.200, at 28.7 s: b1',
      'vip.outage of 172.28.128.200, window change: 3.364s ± 1ms',
      'vip.unserved of 172.28.128.200, window change: 3.45s ± 60ms',
    ])
    expect(ended.stdout).toContain(`FAIL  ${crash}:37  vip.owner of 172.28.128.200, window first: b1
  happened    b2: b1 was expected
  at          5.000 s to 15.000 s, window first
  cause       3.414 s b2 has 172.28.128.200: MASTER holds the VIP: no advert that counts since its start at 0 s; 3 × 1
              s + skew (256 − 150)/256 s = 3.414062 s
  repeat      lvsim run ${crash} --seed 1
  look        lvsim `)
    const schema = readFileSync('test/fixtures/junit.xsd', 'utf8')
    const validity = await validateXML({ xml: [{ fileName: 'junit.xml', contents: read('junit.xml') }], schema: [schema] })
    expect(validity.errors).toEqual([])
    expect(read('junit.xml')).toContain('<testsuites tests="10" failures="6" errors="0" skipped="0">')
    expect(JSON.parse(read('quality.json'))).toHaveLength(6)
    expect(read('summary.md')).toContain('1 of 1 scenarios do not hold')
  })
  it('on GitHub it is annotated at its line, and the summary gets a table', async () => {
    put('one.yaml', FAILS)
    const summary = join(folder, 'summary.md')
    writeFileSync(summary, 'before\n')
    const ended = await inside(['test', 'one.yaml'], { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary })
    expect(ended.stdout).toContain(
      '::error file=one.yaml,line=5,col=20,title=traffic.loss of t%3A > 5 %25::0 %25: above 5.00 %25 was expected',
    )
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n## lvsim: 1 of 1 scenarios do not hold\n/)
  })
  it('--bail leaves out what has not begun', async () => {
    for (const name of ['a', 'b', 'c']) put(`bail/${name}.yaml`, FAILS)
    const ended = await inside(['test', 'bail', '--bail', '--jobs', '1', '--json'])
    expect(JSON.parse(ended.stdout).scenarios.map((s: { state: string }) => s.state)).toEqual(['failed', 'interrupted', 'interrupted'])
    expect(ended.code).toBe(1)
  })
  it('a scenario that is wrong is told with all its problems, and the others are still run', async () => {
    put('mixed/good.yaml', HOLDS)
    put('mixed/wrong.yaml', '{ metric: trafic.loss, is: 0 }')
    const ended = await inside(['test', 'mixed'])
    expect(ended.code).toBe(2)
    expect(ended.stdout).toContain('WRONG mixed/wrong.yaml\nmixed/wrong.yaml:5:20: error[unknown-metric]')
    expect(ended.stdout).toContain('did you mean "traffic.loss"?')
    expect(lastLine(ended)).toMatch(/^2 scenarios: 1 could not be judged, 1 passed/)
  })
})

describe('golden tables', () => {
  it('are written by --update, compared from then on, and never written in CI', async () => {
    put('golden/a.yaml', HOLDS)
    const update = ['test', 'golden', '--update']
    const refused = await inside(update, { CI: 'true' })
    expect([refused.code, existsSync(join(folder, 'golden/a.golden.txt'))]).toEqual([2, false])
    expect(refused.stderr).toContain('--update would hide what changed from the review')
    expect((await inside(update)).code).toBe(0)
    expect(lastLine(await inside(['test', 'golden'], { CI: 'true' }))).toMatch(/^1 scenario: 1 passed; 2 of 2 expectations held/)
    put('golden/a.yaml', HOLDS, 'two hosts', 3)
    const ended = await inside(['test', 'golden'])
    expect(ended.code).toBe(1)
    expect(ended.stdout).toMatch(/FAIL {2}golden\/a\.golden\.txt:\d+ {2}golden table golden\/a\.golden\.txt/)
  })
})

describe('while it runs', () => {
  it('an interrupt keeps what is done, marks the rest, and exits with 130', async () => {
    put('slow/quick.yaml', HOLDS)
    put('slow/slow.yaml', HOLDS, 'slow', 5000, '1Gbit')
    const reporters = ['--reporter', 'terminal', '--reporter', 'json=slow.json']
    const child = spawn(process.execPath, [await program(), 'test', 'slow', '--jobs', '2', ...reporters], {
      cwd: folder,
      env: environment(),
    })
    child.stdout.on('data', chunk => String(chunk).includes('ok    slow/quick.yaml') && child.kill('SIGINT'))
    expect(await new Promise(resolve => child.on('close', resolve))).toBe(130)
    const { scenarios } = JSON.parse(readFileSync(join(folder, 'slow.json'), 'utf8'))
    expect(scenarios.map((s: { state: string }) => s.state)).toEqual(['passed', 'interrupted'])
  })
  it('--watch runs again what lies beside a changed file', async () => {
    put('watch/a.yaml', HOLDS)
    const child = spawn(process.execPath, [await program(), 'test', 'watch', '--watch'], { cwd: folder, env: environment() })
    const ended = new Promise(resolve => child.on('close', resolve))
    let waits = 0
    child.stderr.on('data', chunk => {
      waits += String(chunk).split('waiting for changes').length - 1
      if (waits === 1) put('watch/a.yaml', FAILS)
      if (waits === 2) child.kill('SIGINT')
    })
    let stdout = ''
    child.stdout.on('data', chunk => (stdout += chunk))
    expect(await ended).toBe(1)
    expect(stdout).toMatch(/1 passed;[\s\S]*1 failed;/)
  })
})
