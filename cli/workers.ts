/**
 * Worker threads for tasks (tinypool). Answers come back to whoever asked, in any order; what is made of them must not
 * depend on it. Stopping ends the threads at once: a task leaves nothing behind but its answer.
 */
import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Tinypool } from 'tinypool'
import type { Task } from './tasks.ts'

export const defaultJobs = (): number => availableParallelism()

export class Workers {
  private readonly pool: Tinypool
  private readonly stopping = new AbortController()

  constructor(jobs: number) {
    const program = join(dirname(fileURLToPath(import.meta.url)), 'worker.mjs')
    this.pool = new Tinypool({ filename: pathToFileURL(program).href, minThreads: 0, maxThreads: jobs, idleTimeout: 1000 })
    // Every task that runs or waits listens for the stop.
    setMaxListeners(0, this.stopping.signal)
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted
  }

  /** Undefined when the workers were stopped before the answer came. */
  async ask<T>(task: Task): Promise<T | undefined> {
    if (this.stopped) return undefined
    try {
      return (await this.pool.run(task, { signal: this.stopping.signal })) as T
    } catch (error) {
      if (this.stopped) return undefined
      throw error
    }
  }

  stop(): void {
    this.stopping.abort()
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }
}
