/**
 * Goal: a sweep through a queue gives the same bytes as one without, whatever dies meanwhile. Method: a real redis-server
 * and real workers on loopback. At random moments a worker is killed, one is frozen until another has done its run (which
 * is so done twice), Redis is killed with all it held, or the sweep itself; each kind comes before any comes again.
 * LVSIM_TEST_SEED repeats a run, LVSIM_TEST_KILLS says how many blows there are (20 by hand).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomStream, uniformInteger } from '../../sim-core/base/random.ts'
import { program } from '../cli/lvsim.ts'
import { freePort, hasRedis, installBullMq, linesOf, Processes, type Started } from './processes.ts'

const BLOWS = ['kill a worker', 'freeze a worker', 'kill Redis', 'kill the sweep'] as const

const KILLS = Number(process.env['LVSIM_TEST_KILLS'] ?? BLOWS.length)
const SEED = Number(process.env['LVSIM_TEST_SEED'] ?? 724_507_820)
/** Enough runs that there is something left to disturb after every blow. */
const RUNS_A_BLOW = 20
const SEEDS = Math.ceil((RUNS_A_BLOW * (KILLS + 1)) / 2)
const SILENCE = '2s'
const LONG_MS = 75_000 * (KILLS + 1)

const SCENARIO = `scenario: a Poisson source
duration: 1.1s
hosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }
links: { default: { rate: 100Mbit, delay: 20us, queue: 1000 packets } }
traffic: { t: { from: a, to: 10.0.0.2:5000, start: 0s, stop: 1s, udp: { rate: 20Mbit, size: 1000B, arrivals: poisson } } }
expect: [{ metric: traffic.loss, of: t, is: 0 }]
`
const SWEEP = ['--vary', 'links.default.delay=20us,1ms', '--metric', 'link.wait:a→switch', '--seeds', String(SEEDS)]

const redisIsHere = hasRedis()
let folder = ''
let file = ''
let processes: Processes
let port = 0
let redis: Started

beforeAll(async () => {
  if (!redisIsHere) return
  await installBullMq()
  folder = mkdtempSync(join(tmpdir(), 'lvsim-queue-'))
  file = join(folder, 's.yaml')
  writeFileSync(file, SCENARIO)
  processes = new Processes(await program(), import.meta.dirname)
  port = await freePort()
  redis = await processes.redis(port)
}, LONG_MS)
afterAll(() => {
  processes?.killAll()
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

const queue = () => ['--queue', `redis://127.0.0.1:${port}`]
const worker = () => processes.lvsim('worker', ...queue(), '--jobs', '1', '--silence', SILENCE)
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

describe.runIf(redisIsHere)('a sweep through a queue', () => {
  it(
    'survives whatever dies: the result is that of one process, byte for byte',
    async () => {
      console.info(`blows to the queue: LVSIM_TEST_SEED=${SEED} LVSIM_TEST_KILLS=${KILLS}`)
      const random = randomStream(SEED, 'blows')
      const log = join(folder, 'out/runs.ndjson')
      const start = () =>
        processes.lvsim(
          'sweep',
          file,
          ...SWEEP,
          ...queue(),
          '--out',
          join(folder, 'out'),
          '--jobs',
          '8',
          `--json=${join(folder, 'queue.json')}`,
        )
      const workers = [worker(), worker()]
      const frozen: Started[] = []
      let sweep = start()
      const blow = {
        'kill a worker': async () => {
          const [victim] = workers.splice(uniformInteger(random, workers.length), 1)
          expect(await victim.kill('SIGKILL')).toBe('SIGKILL')
          workers.push(worker())
        },
        'freeze a worker': async () => {
          const [victim] = workers.splice(uniformInteger(random, workers.length), 1)
          victim.signal('SIGSTOP')
          frozen.push(victim)
          workers.push(worker())
        },
        'kill Redis': async () => {
          await redis.kill('SIGKILL')
          redis = await processes.redis(port)
        },
        'kill the sweep': async () => {
          expect(await sweep.kill('SIGKILL')).toBe('SIGKILL')
          sweep = start()
        },
      }
      let order: (typeof BLOWS)[number][] = []
      for (let i = 0; i < KILLS; i++) {
        if (order.length === 0) order = [...BLOWS]
        const [next] = order.splice(uniformInteger(random, order.length), 1)
        const from = linesOf(log).length + 1 + uniformInteger(random, RUNS_A_BLOW - 8)
        while (linesOf(log).length < from && sweep.running) await wait(10)
        expect(sweep.running, `the sweep ended before blow ${i + 1} (${next}): ${sweep.stderr}`).toBe(true)
        await blow[next]()
        // The frozen ones wake up when others have taken over, and answer a second time.
        if (frozen.length > 0 && next !== 'freeze a worker') workers.push(thawed(frozen))
      }
      while (frozen.length > 0) workers.push(thawed(frozen))
      const code = await sweep.ended
      expect([code, sweep.stderr.includes('bug')]).toEqual([0, false])
      const alone = processes.lvsim('sweep', file, ...SWEEP, `--json=${join(folder, 'alone.json')}`)
      expect(await alone.ended).toBe(0)
      expect(read('queue.json')).toBe(read('alone.json'))
      expect(new Set(linesOf(log).map(line => line.slice(0, line.indexOf('"v"')))).size).toBe(2 * SEEDS)
      for (const w of workers) w.signal('SIGKILL')
    },
    LONG_MS,
  )

  it(
    'a worker that is asked to stop finishes its run first',
    async () => {
      // Runs of its own: results of the test before may still be in Redis, and would be taken from there.
      const own = join(folder, 'graceful.yaml')
      writeFileSync(own, SCENARIO.replace('rate: 20Mbit', 'rate: 19Mbit'))
      const one = worker()
      await one.said('works for')
      const sweep = processes.lvsim(
        'sweep',
        own,
        ...SWEEP,
        '--seeds',
        '12',
        ...queue(),
        '--out',
        join(folder, 'graceful'),
        `--json=${join(folder, 'graceful.json')}`,
      )
      while (linesOf(join(folder, 'graceful/runs.ndjson')).length < 3 && sweep.running) await wait(10)
      expect(await one.kill('SIGTERM')).toBe(0)
      expect(one.stdout).toMatch(/^stopped after \d+ runs\n$/)
      const other = worker()
      expect(await sweep.ended).toBe(0)
      expect(await other.kill('SIGTERM')).toBe(0)
      // Each run was done once: neither worker was taken for dead.
      const done = [one, other].map(w => Number(/\d+/.exec(w.stdout)?.[0]))
      expect(done[0] + done[1]).toBe(24)
    },
    LONG_MS,
  )
})

function thawed(frozen: Started[]): Started {
  const worker = frozen.pop() as Started
  worker.signal('SIGCONT')
  return worker
}
