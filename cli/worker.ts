/** The program of a worker thread: dist/worker.mjs, beside dist/cli.mjs. */
import { performTask, type Task } from './tasks.ts'

export default (task: Task) => performTask(task)
