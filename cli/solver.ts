/**
 * HiGHS for the planner, in Node. Loaded on first use: its WebAssembly is 3.5 MB and most questions never need it.
 *
 * It runs in a worker thread (bin/solver-worker.mjs), so that the command stays alive meanwhile. `stop` is asked ten
 * times a second; when it says yes, or when the solver overstays its time limit (it looks at the clock between its own
 * steps only), the thread is ended and the answer is what a time limit gives: nothing more is known.
 * Tested in test/plan/solve.test.ts and test/cli/solver.test.ts.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { plan } from '../sim-core/index.ts'

/** Both cli/ and dist/ are folders beside bin/. */
const WORKER = join(fileURLToPath(import.meta.url), '../../bin/solver-worker.mjs')
const POLL_MS = 100
/** Beyond its time limit: to start the thread, load the WebAssembly and reach a step at which HiGHS looks at the clock. */
const OVERSTAY_S = 5

export interface HighsOptions {
  readonly stop?: () => boolean
  /** Called while it runs, with the seconds since it was asked. */
  readonly onWait?: (elapsedS: number) => void
}

export function highsSolver({ stop = () => false, onWait }: HighsOptions = {}): plan.Solver {
  let worker: Worker | undefined
  return {
    name: 'HiGHS',
    solve: (program, { timeLimitS }) => {
      worker ??= new Worker(WORKER)
      const asked = worker
      const started = performance.now()
      const elapsedS = (): number => (performance.now() - started) / 1000
      return new Promise(resolve => {
        const poll = setInterval(() => {
          onWait?.(elapsedS())
          if (stop() || elapsedS() > timeLimitS + OVERSTAY_S) giveUp()
        }, POLL_MS)
        // By name: removeAllListeners would take Node's own listeners too, and no later message would arrive.
        const done = (answer: plan.SolverAnswer): void => {
          clearInterval(poll)
          asked.off('message', done)
          asked.off('error', giveUp)
          asked.off('exit', giveUp)
          asked.unref()
          resolve(answer)
        }
        // A solver that breaks (memory, a bug of its own) proves nothing; the plan in hand and its gap stay.
        const giveUp = (): void => {
          worker = undefined
          done({ status: 'time-limit', values: [], elapsedS: elapsedS() })
          void asked.terminate()
        }
        asked.on('message', done)
        asked.on('error', giveUp)
        asked.on('exit', giveUp)
        asked.ref()
        asked.postMessage({ text: plan.linearProgramText(program), columns: program.upper.length, timeLimitS })
      })
    },
  }
}
