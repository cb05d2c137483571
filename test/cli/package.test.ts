/**
 * Goal: what `npm pack` makes works in an empty folder, with the dependencies that it names and nothing else of the
 * checkout: the command, its threads, the solver, the page in one file, the library and its types.
 * Method: the package and the dependencies of production, laid out as npm lays them.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkout, environment } from './lvsim.ts'

const ROOT = process.cwd()
let folder = ''
const inside = (file: string, args: readonly string[], cwd = folder) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve => {
    const child = execFile(file, args, { cwd, env: environment(), maxBuffer: 64e6 }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
const installed = (...args: string[]) => inside(process.execPath, ['node_modules/lvsim/bin/lvsim.mjs', ...args])

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-package-'))
  // What prepack does, but only what is missing or older than its sources.
  await checkout(['run', 'scenarios/coursework/inactconn.yaml', '--html', join(folder, 'page.html')])
  await inside('npm', ['run', 'build:types'], ROOT)
  const packed = await inside('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], ROOT)
  const archive = packed.stdout.trim().split('\n').pop() as string
  mkdirSync(join(folder, 'node_modules/lvsim'), { recursive: true })
  await inside('tar', ['-xzf', archive, '--strip-components=1', '-C', 'node_modules/lvsim'])
  const needed = (await inside('npm', ['ls', '--omit=dev', '--all', '--parseable'], ROOT)).stdout.split('\n')
  for (const path of needed.map(p => relative(ROOT, p)).filter(p => p.startsWith('node_modules')))
    if (existsSync(path)) cpSync(path, join(folder, path), { recursive: true })
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('has what runs and what is read, and no sources or tests', () => {
    const names = readdirSync(join(folder, 'node_modules/lvsim'))
    expect(names.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'README.ru.md',
      'bench',
      'bin',
      'dist',
      'docs',
      'package.json',
      'scenarios',
    ])
    expect(readdirSync(join(folder, 'node_modules/lvsim/bench'))).toEqual(['peers'])
    expect(readdirSync(join(folder, 'node_modules')).includes('vite')).toBe(false)
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(scripts.prepack).toBe('npm run build && npm run build:cli && npm run build:types')
  })
  it('runs, tests and plans', async () => {
    expect((await installed('init', 'lab')).code).toBe(0)
    const tested = await installed('test', 'lab', '--json')
    expect([tested.code, tested.stderr, JSON.parse(tested.stdout).passed]).toEqual([0, '', 1])
    const shares = 'a: { share: 5 }, b: { share: 3 }, c: { share: 2 }, d: { share: 7 }, e: { share: 4 }'
    const balancers = 'b1: 10Gbit, b2: 10Gbit, b3: 4Gbit, b4: 7Gbit'
    writeFileSync(join(folder, 'plan.yaml'), `balancers: { ${balancers} }\ntraffic: 9Gbit\nsurvive: 1\nvips: { ${shares} }\n`)
    const planned = await installed('plan', 'plan.yaml')
    expect([planned.code, planned.stderr]).toEqual([0, ''])
    expect(planned.stdout).toContain('HiGHS proves')
    const html = await installed('run', 'lab/scenario.yaml', '--html', 'lab.html')
    expect([html.code, html.stderr]).toEqual([0, ''])
    expect(readFileSync(join(folder, 'lab.html'), 'utf8')).toContain('"scenario":"lab/scenario.yaml"')
  })
  it('shows where its scenarios are, and they run from there', async () => {
    const command = /lvsim run (\S+inactconn\.yaml)/.exec((await installed('--help')).stdout)?.[1] ?? ''
    expect(command).toBe('node_modules/lvsim/scenarios/coursework/inactconn.yaml')
    expect((await installed('run', command)).code).toBe(0)
  })
  it('without recordings, says so', async () => {
    const ended = await installed('conform')
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toMatch(/^error: |error\[/)
  })
  it('is a library: the example of its documentation, and its types', async () => {
    const example = readFileSync('docs/api/example.mjs', 'utf8')
    // Ten lines, the scenario's text not counted.
    expect(
      example
        .replace(/`[^`]*`/, '')
        .split('\n')
        .filter(l => l.trim() !== '' && !l.startsWith('//')).length,
    ).toBeLessThanOrEqual(10)
    writeFileSync(join(folder, 'example.mjs'), example)
    const ended = await inside(process.execPath, ['example.mjs'])
    expect([ended.stderr, ended.stdout]).toEqual([
      '',
      expect.stringMatching(/^held {2}traffic\.loss of queries[^\n]* → 0 %\nHOLDS [0-9a-f]{16}\n$/),
    ])
    writeFileSync(
      join(folder, 'typed.mts'),
      "import { loadScenario, mapFiles } from 'lvsim'\nexport const n: number = loadScenario('s', mapFiles({})).problems\n",
    )
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const typed = await inside(process.execPath, [tsc, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', 'typed.mts'])
    expect(typed.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^typed\.mts\(2,14\): error TS2322: Type 'readonly Problem\[\]' is not assignable/),
    ])
  })
})
