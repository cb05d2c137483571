/** `lvsim worker`: does the runs that `lvsim sweep --queue` puts into a queue, until it is told to stop. */
import type { Command } from 'commander'
import { seconds, usageError, wholeNumber } from './arguments.ts'
import { EXIT, write } from './output.ts'
import { type BullMq, connectionTo, loadBullMq, queueNameFor } from './sweep/bullmq.ts'
import type { ReplicateTask } from './tasks.ts'
import { engineId } from './version.ts'
import { defaultJobs, Workers } from './workers.ts'

interface WorkerOptions {
  readonly queue?: string
  readonly jobs?: number
  readonly silence?: number
}

const SILENCE_UNLESS_GIVEN_S = 6
const SILENCE_MIN_S = 1
/** A run that kills every worker that takes it must not go round for ever. */
const STALLS_MAX = 10

const HELP = `
It takes runs of any sweep of the same version, simulates them on threads of its own, and gives back the values: files
come with the run, nothing is read or written here. SIGTERM ends it when the runs under way are done, a second one at
once. A worker that dies leaves nothing behind: others take its runs over after --silence.
BullMQ is not installed with lvsim: npm install bullmq ioredis.

Example:
  lvsim worker --queue redis://127.0.0.1:6379 &
  lvsim sweep my.yaml --vary vips=2..8 --seeds 30 --queue redis://127.0.0.1:6379`

export function addWorker(program: Command): void {
  program
    .command('worker')
    .summary('do the runs of sweeps that use a queue')
    .description('Takes runs of `lvsim sweep --queue` from a Redis and simulates them.')
    .option('--queue <url>', 'the Redis, redis://host:port')
    .option('--jobs <n>', 'runs at a time; one a core unless given', wholeNumber('--jobs'))
    .option(
      '--silence <time>',
      `a worker not heard of for so long is taken for dead; ${SILENCE_UNLESS_GIVEN_S}s unless given`,
      seconds('--silence'),
    )
    .addHelpText('after', HELP)
    .action(async (options: WorkerOptions) => {
      process.exitCode = await serve(options)
    })
}

async function serve(options: WorkerOptions): Promise<number> {
  if (options.queue === undefined) throw usageError('a worker needs --queue redis://host:port')
  const silenceS = options.silence ?? SILENCE_UNLESS_GIVEN_S
  if (silenceS < SILENCE_MIN_S) throw usageError(`--silence takes ${SILENCE_MIN_S}s or longer`)
  const connection = connectionTo(options.queue)
  const bullMq = await loadBullMq()
  const jobs = Math.max(1, options.jobs ?? defaultJobs())
  const threads = new Workers(jobs)
  const worker = start(bullMq, connection, threads, jobs, silenceS)
  const ended = stopSignal()
  let done = 0
  let trouble = ''
  worker.on('completed', () => done++)
  worker.on('error', error => {
    const reason = (error as NodeJS.ErrnoException).code ?? error.message
    if (reason !== trouble) process.stderr.write(`the queue at ${options.queue}: ${reason}; waiting for it\n`)
    trouble = reason
  })
  void worker.waitUntilReady().then(
    () => process.stderr.write(`lvsim ${engineId()} works for ${options.queue}, ${jobs} runs at a time\n`),
    () => undefined,
  )
  const signal = await ended
  await worker.close()
  await threads.close()
  await write(process.stdout, `stopped after ${done} runs\n`)
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.ok
}

function start({ Worker }: BullMq, connection: Readonly<Record<string, unknown>>, threads: Workers, jobs: number, silenceS: number) {
  // The runs are on threads, so this one is always free to say that they are alive.
  const lockDuration = 1000 * silenceS
  return new Worker(
    queueNameFor(engineId()),
    async job => {
      const answer = await threads.ask(job.data as ReplicateTask)
      if (answer === undefined) throw new Error('the worker was stopped')
      return answer
    },
    { connection, concurrency: jobs, lockDuration, stalledInterval: lockDuration / 2, maxStalledCount: STALLS_MAX },
  )
}

/** The first signal is waited for; a second one ends at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        process.on(signal, () => process.exit(EXIT.interrupted))
        resolve(signal)
      })
  })
}
