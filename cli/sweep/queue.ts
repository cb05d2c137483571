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
import type { Job, Undone } from './run-sweep.ts'
import type { ThreadRunner } from './threads.ts'

/** Runs in the queue at a time: enough for many workers, few enough to lose little when the sweep ends early. */
export const OUTSTANDING = 64
const LOOK_EVERY_MS = 100
const CONNECT_WITHIN_MS = 30_000
const CLOSE_WITHIN_MS = 2_000
const HINT_AFTER_MS = 10_000
/** A run whose worker fails (not: is killed) is tried again by another. */
const ATTEMPTS = 3
/** What a sweep that never came back has left in Redis. */
const KEEP_S = 86_400

export async function queueRunner(url: string, outstanding: number, stop: AbortSignal): Promise<ThreadRunner> {
  const connection = connectionTo(url)
  const { Queue } = await loadBullMq()
  const queue = new Queue(queueNameFor(engineId()), { connection })
  const told = new Told(url)
  queue.on('error', error => told.trouble(error))
  const reason = await Promise.race([
    queue.waitUntilReady().then(
      () => undefined,
      (error: Error) => error.message,
    ),
    // Interrupted meanwhile: then nothing is asked either.
    wait(CONNECT_WITHIN_MS, 'nothing answers', { ref: false, signal: stop }).catch(() => undefined),
  ])
  if (reason !== undefined) {
    await shut(queue)
    throw usageError(`the queue at ${url}: ${reason}; start a Redis there, or name another with --queue`)
  }
  const desk = new Desk(queue, told)
  void desk.look(stop)
  return {
    width: outstanding,
    run: job => desk.ask(job),
    kept: job => desk.forget(idOf(job)),
    close: async () => {
      // Commands to a Redis that is gone are held back until it returns; the end does not wait for that.
      desk.end()
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
  readonly answered: (answer: ReplicateAnswer | Undone | undefined) => void
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

  ask(job: Job): Promise<ReplicateAnswer | Undone | undefined> {
    return new Promise(answered => {
      if (this.ended) answered(undefined)
      else this.asked.set(idOf(job), { job, answered })
    })
  }

  /** What nobody has begun is taken back. */
  end(): void {
    this.ended = true
    for (const [id, { answered }] of this.asked) {
      answered(undefined)
      this.forget(id)
    }
    this.asked.clear()
  }

  /** A run that somebody is at cannot be removed; Redis forgets it after a day. */
  forget(id: string): void {
    this.queue.remove(id).catch(() => undefined)
  }

  async look(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => this.end(), { once: true })
    if (stop.aborted) this.end()
    while (!this.ended) {
      await Promise.all([...this.asked].map(([id, asked]) => this.lookAt(id, asked)))
      await wait(LOOK_EVERY_MS)
    }
  }

  private async lookAt(id: string, { job, answered }: Asked): Promise<void> {
    try {
      const state = await this.queue.getJobState(id)
      if (state === 'unknown') await this.put(id, job)
      if (state !== 'completed' && state !== 'failed') return this.told.waiting()
      const found = await this.queue.getJob(id)
      if (found === undefined) return
      // One that failed shall be tried anew by the next sweep; one that is done is removed when it is on the disk.
      if (state === 'failed') this.forget(id)
      this.asked.delete(id)
      this.told.answered()
      answered(
        state === 'completed' ? (found.returnvalue as ReplicateAnswer) : { ok: false, undone: found.failedReason ?? 'its worker failed' },
      )
    } catch (error) {
      if (!this.ended) this.told.trouble(error as Error)
    }
  }

  private put(id: string, job: Job): Promise<unknown> {
    const keep = { removeOnComplete: { age: KEEP_S }, removeOnFail: { age: KEEP_S } }
    return this.queue.add('run', job.task, { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: 500 }, ...keep })
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
