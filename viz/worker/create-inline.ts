/** The simulation's thread from the page itself, for the one-file form: it works from a disk or a mail, without a server. */
import SimulateWorker from './simulate.worker.ts?worker&inline'

export function createWorker(): Worker {
  return new SimulateWorker()
}
