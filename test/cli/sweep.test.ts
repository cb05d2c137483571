/**
 * Goal: `lvsim sweep` and `lvsim merge` as a user runs them: the same bytes whatever the parallelism, shares or kills;
 * exit codes; what is refused. Method: the built command on two hosts with a random source in a temporary folder. Kills
 * come at random moments; the seed is printed and LVSIM_TEST_SEED repeats it, LVSIM_TEST_KILLS sets their number.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { randomStream } from '../../sim-core/base/random.ts'
import { type SweepDocument, sweepSchema } from '../../sim-core/report/index.ts'
import { type Ended, environment, lvsim, program } from './lvsim.ts'

const LONG_MS = 240_000
const KILLS = Number(process.env['LVSIM_TEST_KILLS'] ?? 2)
const SEED = Number(process.env['LVSIM_TEST_SEED'] ?? Math.floor(Date.now() % 1e9))

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-sweep-'))
  writeFileSync(join(folder, 's.yaml'), SCENARIO)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SCENARIO = `scenario: a Poisson source
duration: 1.1s
hosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }
links: { default: { rate: 10Mbit, delay: 20us, queue: 1000 packets } }
traffic: { t: { from: a, to: 10.0.0.2:5000, start: 0s, stop: 1s, udp: { rate: 800kbit, size: 1000B, arrivals: poisson } } }
expect: [{ metric: traffic.loss, of: t, is: 0 }]
`

const inside = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> => lvsim(args, env, { cwd: folder })
const sweep = (...args: string[]): Promise<Ended> => inside(['sweep', 's.yaml', ...args])
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const parsed = (text: string): SweepDocument => sweepSchema.parse(JSON.parse(text))

const AXES = [
  '--vary',
  'traffic.t.udp.rate=400kbit,800kbit',
  '--vary',
  'links.default.delay=20us,1ms,5ms',
  '--seeds',
  '4',
  '--metric',
  'traffic.delay:t:run:max',
]
const FORMS = (name: string) => [`--json=${name}.json`, `--csv=${name}.csv`, `--markdown=${name}.md`, `--svg=${name}.svg`]
const bytes = (name: string) => ['json', 'csv', 'md', 'svg'].map(form => read(`${name}.${form}`))

describe('a sweep', () => {
  let whole: Ended
  beforeAll(async () => {
    whole = await sweep(...AXES, '--jobs', '1', '--out', 'whole', ...FORMS('whole'))
  }, LONG_MS)

  it('says where all holds, with every form at once', async () => {
    expect([whole.code, whole.stderr]).toEqual([0, ''])
    expect(whole.stdout).toContain('2 × 3 = 6 points, 4 seeds each (1 to 4): 24 runs')
    expect(whole.stdout).toContain('All that is expected holds at 6 of 6 points')
    const document = parsed(read('whole.json'))
    expect([document.verdict, document.complete, document.points.length]).toEqual(['held', true, 6])
    expect(document.points[4].at).toEqual({ 'traffic.t.udp.rate': '800kbit', 'links.default.delay': '1ms' })
    expect(read('whole.csv').split('\n')).toHaveLength(1 + 6 * 2 + 1)
    expect(read('whole.md')).toContain('| 400kbit | 0 % holds | 0 % holds | 0 % holds |')
    const wellFormed = await validateXML({
      xml: [{ fileName: 'whole.svg', contents: read('whole.svg') }],
      extension: 'schema',
      schema: [ANYTHING],
    })
    expect(wellFormed.errors).toEqual([])
  })

  it('every point has the same seeds: what was not varied is the same', () => {
    const slowest = parsed(read('whole.json')).points.map(p => p.measures[1].values)
    // The slowest is the first, which waits until ARP has asked and heard: three times over two cables, 4 ms more on each.
    const later = [0, 3].flatMap(i => slowest[i + 2].map((slow, r) => Number(slow) - Number(slowest[i + 1][r])))
    for (const s of later) expect(s).toBeCloseTo(0.024, 9)
  })

  it('its runs can be repeated alone: the command is in the result', async () => {
    const { points } = parsed(read('whole.json'))
    const repeat = points[5].repeat.split(' ').slice(1)
    const alone = JSON.parse((await inside([...repeat, '--json'])).stdout)
    expect(alone.windows.run.traffic.t.delay_s.max).toBeCloseTo(points[5].measures[1].values[0] as number, 9)
  })

  it(
    'is the same with several threads, in shares put together, and after being stopped',
    async () => {
      const shares = [1, 2, 3].map(i => sweep(...AXES, '--shard', `${i}/3`, '--out', `part-${i}`))
      const [parallel, ...parts] = await Promise.all([sweep(...AXES, '--jobs', '4', ...FORMS('parallel')), ...shares])
      expect([parallel.code, ...parts.map(p => p.code)]).toEqual([0, 0, 0, 0])
      expect(parts[0].stdout).toMatch(/^shard 1\/3: 8 runs are in part-1/)
      const merged = await inside(['merge', 'part-2', 'part-3', 'part-1', ...FORMS('merged')])
      expect([merged.code, merged.stdout]).toEqual([0, whole.stdout])
      expect(bytes('parallel')).toEqual(bytes('whole'))
      expect(bytes('merged')).toEqual(bytes('whole'))
      expect(parallel.stdout).toBe(whole.stdout)
    },
    LONG_MS,
  )

  it(
    'goes on from what a broken log still holds, and does nothing again that is there',
    async () => {
      const lines = read('whole/runs.ndjson').split('\n')
      mkdirSync(join(folder, 'torn'))
      writeFileSync(
        join(folder, 'torn/runs.ndjson'),
        `${lines.slice(0, 9).join('\n')}\n\0\0garbage\n{"h":"x","r":1}\n${lines[9].slice(0, 40)}`,
      )
      const again = await sweep(...AXES, '--out', 'torn', ...FORMS('torn'))
      expect([again.code, again.stderr]).toEqual([0, ''])
      expect(bytes('torn')).toEqual(bytes('whole'))
      expect(
        read('torn/runs.ndjson')
          .split('\n')
          .filter(l => l.endsWith('}') && l.includes('"v"')),
      ).toHaveLength(24)
      expect(read('torn/result.json')).toBe(read('whole.json'))
    },
    LONG_MS,
  )

  it(
    'killed at random moments it goes on, and nothing is lost or done twice in the result',
    async () => {
      console.info(`kills of the sweep: LVSIM_TEST_SEED=${SEED} LVSIM_TEST_KILLS=${KILLS}`)
      const random = randomStream(SEED, 'kills')
      const args = ['sweep', 's.yaml', ...AXES, '--seeds', String(8 * (KILLS + 1)), '--jobs', '2']
      const undisturbed = inside([...args, ...FORMS('calm')])
      let killed = 0
      for (let i = 0; i < KILLS; i++) if (await killedAfter([...args, '--out', 'killed'], Math.floor(random.next() * 40))) killed++
      const last = await inside([...args, '--out', 'killed', ...FORMS('killed')])
      expect([(await undisturbed).code, last.code]).toEqual([0, 0])
      expect(bytes('killed')).toEqual(bytes('calm'))
      expect(killed).toBe(KILLS)
    },
    LONG_MS * KILLS,
  )
})

/** Kills the command without warning once its log has grown by so many runs; false: it had ended by itself. */
async function killedAfter(args: readonly string[], runs: number): Promise<boolean> {
  const child = spawn(process.execPath, [await program(), ...args], { cwd: folder, stdio: 'ignore', env: environment() })
  const log = join(folder, args[args.indexOf('--out') + 1], 'runs.ndjson')
  const count = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length : 0)
  const before = count()
  const ended = new Promise<NodeJS.Signals | null>(resolve => child.once('exit', (_, signal) => resolve(signal)))
  const timer = setInterval(() => count() >= before + runs && existsSync(log) && child.kill('SIGKILL'), 5)
  const signal = await ended
  clearInterval(timer)
  return signal === 'SIGKILL'
}

const ANYTHING = {
  fileName: 'svg.xsd',
  contents:
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/svg" elementFormDefault="qualified"><xs:element name="svg"><xs:complexType mixed="true"><xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element></xs:schema>',
}

describe('exit codes', () => {
  const expecting = (is: string) => ['--set', `expect=[{ metric: traffic.sent, of: t, is: "${is}" }]`]
  it(
    '0 held, 1 failed, 3 undecided: 100 packets are sent on average',
    async () => {
      const [held, failed, open, both] = await Promise.all([
        sweep(...expecting('< 130'), '--seeds', '5'),
        sweep(...expecting('> 130'), '--seeds', '5'),
        sweep(...expecting('100 ± 0.5'), '--seeds', '5'),
        sweep('--vary', 'expect=[{ metric: traffic.sent; of: t }]', '--seeds', '5'),
      ])
      expect([held.code, failed.code, open.code, both.code]).toEqual([0, 1, 3, 2])
      expect(open.stdout).toContain('Undecided at 1')
      expect(failed.stdout).toContain('lvsim run s.yaml --seed 1 --set')
    },
    LONG_MS,
  )
  it(
    '130 when interrupted, with what is done, marked',
    async () => {
      const child = spawn(
        process.execPath,
        [await program(), 'sweep', 's.yaml', ...AXES, '--seeds', '5000', '--out', 'stopped', '--json=stopped.json'],
        { cwd: folder, env: environment() },
      )
      let text = ''
      child.stdout.on('data', chunk => (text += chunk))
      const ended = new Promise(resolve => child.once('close', resolve))
      while (!existsSync(join(folder, 'stopped/runs.ndjson')) || read('stopped/runs.ndjson').length < 500) await wait(20)
      child.kill('SIGINT')
      const code = await ended
      expect(code).toBe(130)
      expect(text).toContain('PARTIAL: 6 points of 6 lack runs')
      expect(parsed(read('stopped.json')).complete).toBe(false)
    },
    LONG_MS,
  )
  it.each([
    [['--vary', 'links.default.rate=1,2'], '(at links.default.rate=1)'],
    [['--shard', '1/2'], '--shard needs --out DIR'],
    [['--shard', '1/2', '--out', 'x', '--csv'], 'give --json, --csv, --markdown and --svg to lvsim merge'],
    [['--csv=s.yaml'], 'would overwrite an input'],
    [['--csv', '--svg', '--precision', '1%'], 'cannot share stdout'],
    [['--queue', 'http://127.0.0.1'], 'write the address of a Redis'],
  ])('2 for %j', async (args, message) => {
    const ended = await sweep(...args)
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain(message)
  })
})

describe('until it is precise', () => {
  it(
    'a point ends when its intervals are narrow, the same in shares of points',
    async () => {
      const args = ['--metric', 'traffic.sent:t', '--vary', 'traffic.t.udp.rate=800kbit,8Mbit', '--precision', '4%', '--seeds', '60']
      const [whole, ...parts] = await Promise.all([
        sweep(...args, '--json', '--jobs', '3'),
        sweep(...args, '--shard', '1/2', '--out', 'precise-1'),
        sweep(...args, '--shard', '2/2', '--out', 'precise-2'),
      ])
      expect(parts.map(p => p.code)).toEqual([0, 0])
      const { points } = parsed(whole.stdout)
      // By hand: half of 4 % of a mean of 100 takes about (1.96 × 10 / 4)² = 24 runs; of 1000, a few, and never fewer than ten.
      expect(points[0].replications).toBeGreaterThan(12)
      expect(points[0].replications).toBeLessThan(45)
      expect([points[1].replications, points.map(p => p.precise)]).toEqual([10, [true, true]])
      const merged = await inside(['merge', 'precise-1', 'precise-2', '--json'])
      expect(merged.stdout).toBe(whole.stdout)
    },
    LONG_MS,
  )
})

describe('merge refuses', () => {
  beforeAll(() => {
    const copy = (from: string, to: string, file: string, change: (text: string) => string) => {
      cpSync(join(folder, from), join(folder, to), { recursive: true })
      writeFileSync(join(folder, to, file), change(read(`${from}/${file}`)))
    }
    copy('part-2', 'aged', 'sweep.json', text => text.replace(/"engine": "[^"]+"/, '"engine": "0.0.1+0"'))
    copy('part-3', 'other', 'sweep.json', text => text.replace(/"config": "[^"]+"/, '"config": "another"'))
    copy('part-3', 'short', 'runs.ndjson', text => `${text.split('\n').slice(0, 4).join('\n')}\n{"h":`)
  })
  it.each([
    [['part-1', 'part-2'], 'shard 3/3:1:1: error[shard-missing]'],
    [['part-1', 'part-2', 'part-3', 'part-3'], 'error[shard-twice]'],
    [['part-1', 'part-2', 'other'], 'error[mixed-sweeps]'],
    [['part-1', 'aged', 'part-3'], 'error[mixed-versions]: it was made by lvsim 0.0.1+0'],
    [['part-1', 'part-2', 'short'], 'error[shard-unfinished]: shard 3/3 lacks 4 runs'],
    [['part-1', 'nowhere'], 'error[no-sweep]'],
  ])('%j', async (folders, message) => {
    const ended = await inside(['merge', ...folders])
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain(message)
  })
  it('unless partial results shall do, and then says what is missing', async () => {
    const ended = await inside(['merge', 'part-1', 'part-2', '--allow-partial', '--json'])
    expect(ended.stderr).toContain('warning[shard-missing]')
    expect(parsed(ended.stdout).complete).toBe(false)
  })
})
