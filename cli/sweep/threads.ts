/** Runs of a sweep on worker threads of this machine. */
import type { ReplicateAnswer } from '../tasks.ts'
import { Workers } from '../workers.ts'
import type { Runner } from './run-sweep.ts'

export interface ThreadRunner extends Runner {
  close(): Promise<void>
}

export function threadRunner(jobs: number, stop: AbortSignal): ThreadRunner {
  const workers = new Workers(jobs)
  stop.addEventListener('abort', () => workers.stop())
  if (stop.aborted) workers.stop()
  return {
    // One waits for each that runs, so that no thread idles while an answer is written down.
    width: 2 * jobs,
    run: job => workers.ask<ReplicateAnswer>(job.task),
    kept: () => undefined,
    close: () => workers.close(),
  }
}
