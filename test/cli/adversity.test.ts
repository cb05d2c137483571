/**
 * Goal: whatever happens around it, the command says what is wrong, keeps what it has and marks it, and leaves what was
 * there before as it was. And a scenario from a stranger reads nothing outside its folder.
 * Method: the built command with disks that are full (/dev/full, a limit on file sizes), a folder that may not be
 * written to (/sys, for root too), readers that go away, and interrupts.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesBeside } from '../../cli/files.ts'
import { formatProblem } from '../../sim-core/base/problem.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'
import { readCapture } from '../report/pcapng/reader.ts'
import { type Ended, environment, lvsim, program } from './lvsim.ts'

let folder = ''
let cli = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-adversity-'))
  cli = await program()
  writeFileSync(join(folder, 's.yaml'), scenario(2))
  writeFileSync(join(folder, 'long.yaml'), scenario(100_000))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const scenario = (durationS: number, b = '') =>
  `scenario: two hosts\nduration: ${durationS}s\nhosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"]${b} } }\ntraffic: { t: { from: a, to: "10.0.0.2:5000", start: 0s, udp: { rate: 10Mbit } } }\nexpect: [{ metric: traffic.loss, is: 0 }]\n`
const inside = (...args: string[]) => lvsim(args, {}, { cwd: folder })
const shell = (line: string): Promise<Ended> =>
  new Promise(resolve => {
    const child = execFile(
      'bash',
      ['-c', line, 'bash', process.execPath, cli],
      { cwd: folder, env: environment() },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
const leftovers = () => readdirSync(folder, { recursive: true }).filter(f => String(f).endsWith('.new'))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

describe('a full disk', () => {
  it('behind the output: a sentence and exit code 2', async () => {
    for (const command of ['run s.yaml --json', 'test s.yaml']) {
      const ended = await shell(`"$1" "$2" ${command} > /dev/full`)
      expect([command, ended.code, ended.stderr]).toEqual([
        command,
        2,
        'error: the output cannot be written: no space is left on the device\n',
      ])
    }
  })
  it.each(['--trace', '--series', '--pcap'])('under %s: the answer is printed, the old file stays whole', async option => {
    const out = option === '--pcap' ? 'captures' : option === '--series' ? 'out.csv' : 'out.lvsim'
    const file = option === '--pcap' ? 'captures/a-eth0.pcapng' : out
    mkdirSync(join(folder, 'captures'), { recursive: true })
    writeFileSync(join(folder, file), 'what was there')
    // One block of 1024 bytes a file: the kernel refuses the rest.
    const ended = await shell(`ulimit -f 1; "$1" "$2" run s.yaml ${option} ${out} | cat`)
    expect(ended.stdout).toContain('HOLDS: all that was sent was delivered')
    expect(ended.stderr).toContain('cannot be written: it would be larger than this system allows\n  name a')
    expect([read(file), leftovers()]).toEqual(['what was there', []])
  })
})

describe('a folder that may not be written to', () => {
  it.each([
    ['run', 's.yaml', '--trace', '/sys/lvsim.trace'],
    ['run', 's.yaml', '--pcap', '/sys/lvsim'],
    ['test', 's.yaml', '--reporter', 'junit=/sys/junit.xml'],
    ['init', '/sys/lvsim'],
  ])('%s', async (...args) => {
    const ended = await inside(...args)
    expect(ended.stderr).toMatch(
      /^\/sys\/\S+:1:1: error\[cannot-write\]: .*cannot be written: (permission denied|the file system is read-only)\n {2}name a/,
    )
    expect(ended.code).toBe(2)
  })
})

describe('a reader that goes away', () => {
  it('is no error', async () => {
    for (const command of ['run s.yaml', 'schema', 'test s.yaml']) {
      const ended = await shell(`"$1" "$2" ${command} | head -1; echo "\${PIPESTATUS[0]}"`)
      expect([command, ended.stdout.trim().split('\n').pop(), ended.stderr]).toEqual([command, '0', ''])
    }
  })
  it('takes nothing from the files that were asked for', async () => {
    await shell('"$1" "$2" test s.yaml --reporter junit=junit.xml | true; "$1" "$2" run s.yaml --series series.csv | true')
    expect(read('junit.xml')).toContain('<testsuites tests="1" failures="0"')
    expect(read('series.csv')).toContain('traffic.sent,t,0,1,')
  })
})

describe('an interrupt', () => {
  /** Ends when `ready` is true and then some time has passed. */
  async function interrupted(
    args: readonly string[],
    ready: () => boolean,
    afterMs: number,
    signal: NodeJS.Signals = 'SIGINT',
  ): Promise<{ ended: unknown; stdout: string }> {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env: environment() })
    let stdout = ''
    child.stdout.on('data', chunk => (stdout += chunk))
    const closed = new Promise(resolve => child.on('close', (code, signal) => resolve(code ?? signal)))
    while (!ready()) await new Promise(resolve => setTimeout(resolve, 10))
    await new Promise(resolve => setTimeout(resolve, afterMs))
    child.kill(signal)
    return { ended: await closed, stdout }
  }
  const begun = (where: string) => () => existsSync(join(folder, where)) && readdirSync(join(folder, where)).length > 0

  it.each([
    [0, 'SIGINT'],
    [300, 'SIGTERM'],
  ] as const)('%s ms after the run began (%s) keeps what there is, and marks it', async (afterMs, signal) => {
    const out = `cut-${afterMs}`
    const args = ['run', 'long.yaml', '--pcap', out, '--series', `${out}.json`, '--trace', `${out}.lvsim`]
    const { ended, stdout } = await interrupted(args, begun(out), afterMs, signal)
    expect(ended).toBe(130)
    expect(stdout).toContain('The run stopped early: interrupted')
    expect(leftovers()).toEqual([])
    const capture = readCapture(readFileSync(join(folder, out, 'a-eth0.pcapng')))
    expect(capture.statistics.comment).toContain('interrupted')
    const { series } = JSON.parse(read(`${out}.json`))
    expect(series.find((x: { metric: string }) => x.metric === 'run.stopped').points[0][2]).toBe('interrupted')
  })
  it('before anything was done leaves everything as it was', async () => {
    writeFileSync(join(folder, 'old.csv'), 'what was there')
    for (const afterMs of [30, 90]) {
      const { ended } = await interrupted(['run', 's.yaml', '--series', 'old.csv'], () => true, afterMs)
      const text = read('old.csv')
      // It was too late, and the new file is whole; or the old one is.
      if (ended === 0 || ended === 130) expect(text).toMatch(/^(what was there|metric,of[\s\S]*\r\n)$/)
      else expect([ended, text]).toEqual(['SIGINT', 'what was there'])
      expect(leftovers()).toEqual([])
      writeFileSync(join(folder, 'old.csv'), 'what was there')
    }
  })
})

describe('a scenario from a stranger', () => {
  const SECRET = 'a-secret-that-is-nobody-s-business'
  beforeAll(() => {
    mkdirSync(join(folder, 'outside'))
    mkdirSync(join(folder, 'theirs/conf'), { recursive: true })
    writeFileSync(join(folder, 'outside/secret.conf'), `${SECRET}\n`)
    symlinkSync(join(folder, 'outside/secret.conf'), join(folder, 'theirs/conf/link.conf'))
    symlinkSync(join(folder, 'outside'), join(folder, 'theirs/conf/folder'))
    symlinkSync('loop.conf', join(folder, 'theirs/conf/loop.conf'))
  })
  it.each([
    ['../../../../../../etc/passwd', 'outside of the scenario’s folder'],
    ['/etc/passwd', 'outside of the scenario’s folder'],
    ['../outside/secret.conf', 'outside of the scenario’s folder'],
    ['conf/link.conf', 'outside of the scenario’s folder'],
    ['conf/folder/secret.conf', 'outside of the scenario’s folder'],
    ['conf/loop.conf', 'its symbolic links form a loop'],
    ['conf', 'it is a folder'],
  ])('that names %s reads nothing of it', (path, why) => {
    writeFileSync(join(folder, 'theirs/conf/k.conf'), `include ${path.replace(/^conf\b/, '.')}\n`)
    const [direct, included] = [path, 'conf/k.conf'].map(conf => told(scenario(2, `, keepalived: ${conf}`)))
    expect(direct.replaceAll("'", '’')).toContain(why)
    const all = direct + included
    expect([all.includes(SECRET), all.includes('root:')]).toEqual([false, false])
  })
  it('that includes patterns gets what is in its folder', () => {
    writeFileSync(join(folder, 'theirs/conf/k.conf'), 'include ../../outside/*.conf\ninclude /etc/*.conf\ninclude folder/*\n')
    expect(told(scenario(2, ', keepalived: conf/k.conf')).includes(SECRET)).toBe(false)
  })
  it('is refused with exit code 2', async () => {
    writeFileSync(join(folder, 'theirs/s.yaml'), scenario(2, ', keepalived: /etc/passwd'))
    expect((await inside('run', 'theirs/s.yaml')).code).toBe(2)
  })

  /** Everything that the scenario's author would get to know. */
  function told(text: string): string {
    const file = join(folder, 'theirs/s.yaml')
    writeFileSync(file, text)
    const { model, problems } = loadScenario(file, filesBeside(file))
    return [...problems.map(formatProblem), JSON.stringify(model?.hosts ?? [])].join('\n')
  }
})
