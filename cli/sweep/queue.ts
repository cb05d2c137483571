/**
 * Runs of a sweep by workers anywhere, through a queue in Redis. The queue is only a way to get answers: what is done is
 * known from the runs on disk, so a queue that forgets everything (Redis killed without persistence) costs time and
 * nothing else. A run's name is its job's id, so that it stands in the queue once, however often it is put there; a run
 * that was done twice has the same answer twice, of which one is taken.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { usageError } from '../arguments.ts'
import type { ReplicateAnswer } from '../tasks.ts'
import { engineId } from '../version.ts'
import { connectionTo, type JobQueue, loadBullMq, queueNameFor } from './bullmq.ts'
import type { Job } from './run-sweep.ts'
import type { ThreadRunner } from './threads.ts'

/** Runs in the queue at a time: enough for many workers, few enough to lose little when the sweep ends early. */
export const OUTSTANDING = 64
const LOOK_EVERY_MS = 100
const CONNECT_WITHIN_MS = 30_000
const CLOSE_WITHIN_MS = 2_000
const HINT_AFTER_MS = 10_000
/** A run whose worker fails (not: is killed) is tried again by another. */
const ATTEMPTS = 3

export async function queueRunner(url: string, outstanding: number, stop: AbortSignal): Promise<ThreadRunner> {
  const connection = connectionTo(url)
  const { Queue } = await loadBullMq()
  const queue = new Queue(queueNameFor(engineId()), { connection })
  const told = new Told(url)
  queue.on('error', error => told.trouble(error))
  const ready = await Promise.race([
    queue.waitUntilReady().then(() => true),
    wait(CONNECT_WITHIN_MS, false, { ref: false, signal: stop }).catch(() => true),
  ])
  if (!ready) {
    await shut(queue)
    throw usageError(`nothing answers at ${url}: start a Redis there, or name another with --queue`)
  }
  const desk = new Desk(queue, told)
  const looking = desk.look(stop)
  return {
    width: outstanding,
    run: job => desk.ask(job),
    kept: async job => {
      await queue.remove(idOf(job))
    },
    close: async () => {
      desk.end()
      await looking
      await shut(queue)
    },
  }
}

const idOf = ({ task, replication }: Job): string => `${task.hash}-${replication}`

async function shut(queue: JobQueue): Promise<void> {
  const closed = await Promise.race([queue.close().then(() => true), wait(CLOSE_WITHIN_MS, false)])
  if (!closed) await Promise.race([queue.disconnect(), wait(CLOSE_WITHIN_MS)])
}

interface Asked {
  readonly job: Job
  readonly answered: (answer: ReplicateAnswer | undefined) => void
}

/** Puts runs into the queue, looks after them, and hands their answers on. */
class Desk {
  private readonly queue: JobQueue
  private readonly told: Told
  private readonly asked = new Map<string, Asked>()
  private ended = false

  constructor(queue: JobQueue, told: Told) {
    this.queue = queue
    this.told = told
  }

  ask(job: Job): Promise<ReplicateAnswer | undefined> {
    return new Promise(answered => {
      if (this.ended) answered(undefined)
      else this.asked.set(idOf(job), { job, answered })
    })
  }

  end(): void {
    this.ended = true
    for (const { answered } of this.asked.values()) answered(undefined)
    this.asked.clear()
  }

  async look(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => this.end())
    if (stop.aborted) this.end()
    while (!this.ended) {
      // Commands to a Redis that is gone are held back until it returns; an end does not wait for that.
      await Promise.race([Promise.all([...this.asked].map(([id, asked]) => this.lookAt(id, asked))), this.atEnd()])
      await wait(LOOK_EVERY_MS)
    }
  }

  private async atEnd(): Promise<void> {
    while (!this.ended) await wait(LOOK_EVERY_MS)
  }

  private async lookAt(id: string, { job, answered }: Asked): Promise<void> {
    try {
      const state = await this.queue.getJobState(id)
      if (state === 'unknown') await this.put(id, job)
      if (state !== 'completed' && state !== 'failed') return this.told.waiting()
      const found = await this.queue.getJob(id)
      if (found === undefined) return
      this.asked.delete(id)
      this.told.answered()
      answered(
        state === 'completed'
          ? (found.returnvalue as ReplicateAnswer)
          : { ok: false, bug: `its worker failed: ${found.failedReason ?? ''}` },
      )
    } catch (error) {
      this.told.trouble(error as Error)
    }
  }

  private put(id: string, job: Job): Promise<unknown> {
    return this.queue.add('run', job.task, { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: 500 } })
  }
}

/** What a person must know, each once: Redis is gone, or nobody works. */
class Told {
  private readonly url: string
  private readonly begun = performance.now()
  private last = ''
  private heard = false

  constructor(url: string) {
    this.url = url
  }

  trouble(error: Error): void {
    const reason = (error as NodeJS.ErrnoException).code ?? error.message
    if (reason !== this.last) process.stderr.write(`the queue at ${this.url}: ${reason}; waiting for it\n`)
    this.last = reason
  }

  answered(): void {
    this.heard = true
    this.last = ''
  }

  waiting(): void {
    if (this.heard || performance.now() - this.begun < HINT_AFTER_MS) return
    this.heard = true
    process.stderr.write(
      `no run has been answered yet; workers are started with: lvsim worker --queue ${this.url} (of lvsim ${engineId()})\n`,
    )
  }
}
